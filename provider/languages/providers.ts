import type * as pulumi from "@pulumi/pulumi";

/** Providers of the resources of a component by their packages, as the SDK passes them to a plugin. */
type Providers = Readonly<Record<string, pulumi.ProviderResource>>;

/**
 * Returns options whose docker provider has its settings, from which the address of its Docker Engine is read. The SDK passes
 * providers without settings, unless their package is loaded, which takes long and is rarely needed.
 */
export async function withProviderSettings({
  providers: given,
  ...options
}: pulumi.ComponentResourceOptions): Promise<pulumi.ComponentResourceOptions> {
  const { docker: provider, ...others } = (given ?? {}) as Providers;
  if (provider === undefined || "host" in provider) {
    return { ...options, ...(given === undefined ? {} : { providers: given }) };
  }
  const urn = await new Promise<string>((resolve) => {
    provider.urn.apply(resolve);
  });
  const docker = await import("@pulumi/docker");
  const [name = ""] = urn.split("::").slice(-1);
  return { ...options, providers: { ...others, docker: new docker.Provider(name, undefined, { urn }) } };
}
