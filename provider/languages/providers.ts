import * as pulumi from "@pulumi/pulumi";
import { isProvider } from "../components/cluster/host-args";
import { valueIfKnown } from "../components/validation";
import { isRecord } from "../model/form/shape";

/** The settings of a docker provider that lead to its Docker Engine. */
const ENGINE_SETTINGS = ["host", "caMaterial", "certMaterial", "keyMaterial", "certPath", "context", "sshOpts"];

/** The packages of providers, with the settings that components read. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = { docker: ENGINE_SETTINGS, kubernetes: [] };

/** A provider that the program has created, with its settings. */
class ProgramProvider extends pulumi.ProviderResource {
  constructor(pkg: string, name: string, urn: string) {
    const settings = PACKAGES[pkg] ?? [];
    // The SDK takes the values from the state.
    super(pkg, name, Object.fromEntries(settings.map((setting) => [setting, undefined])), { urn });
  }
}

/**
 * Lets the SDK create the providers to which options and arguments of components refer, with their settings. Without it, providers in
 * options have no settings, and those in arguments are ids. The packages of these providers register themselves, too, but take long
 * to load.
 */
export function registerProviders(): void {
  for (const pkg of Object.keys(PACKAGES)) {
    pulumi.runtime.registerResourcePackage(pkg, {
      constructProvider: (name, _, urn) => new ProgramProvider(pkg, name, urn),
    });
  }
}

/**
 * Returns the hosts of a cluster with one provider for each one of the program: the SDK creates one for each reference to it.
 *
 * @param options the options of the component, which can have one of these providers, too
 */
export async function resolveHosts(hosts: unknown, options: pulumi.ComponentResourceOptions): Promise<unknown> {
  // The SDK wraps an argument with references to resources.
  const value = pulumi.Output.isInstance(hosts) ? await valueIfKnown<unknown>(hosts) : hosts;
  const entries = Object.entries(isRecord(value) ? value : {});
  const found = entries.flatMap(([, host]) => (isRecord(host) && isProvider(host.provider) ? [host.provider] : []));
  if (found.length === 0) {
    return hosts;
  }
  const known = await Promise.all([...providersIn(options), ...found].map(withUrn));
  const byUrn = new Map(known.toReversed().map(({ urn, provider }) => [urn, provider]));
  const same = new Map(known.map(({ urn, provider }) => [provider, byUrn.get(urn)]));
  return Object.fromEntries(
    entries.map(([name, host]) => [
      name,
      isRecord(host) && isProvider(host.provider) ? { ...host, provider: same.get(host.provider) } : host,
    ]),
  );
}

function providersIn({ providers = {} }: pulumi.ComponentResourceOptions): readonly pulumi.ProviderResource[] {
  return Object.values(providers);
}

async function withUrn(provider: pulumi.ProviderResource) {
  return { urn: await valueIfKnown(provider.urn), provider };
}
