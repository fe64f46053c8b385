import * as pulumi from "@pulumi/pulumi";
import { defined } from "../model/order";
import type { DeepInput } from "../resources/inputs";
import type { EngineAddress } from "../servers/docker/engine";

/**
 * The Docker Engine that a docker provider talks to: what this package does to containers goes to the same one.
 *
 * @param provider the provider of a component's options; without one, the configuration of the default provider counts
 */
export function engineOf(provider: pulumi.ProviderResource | undefined): DeepInput<EngineAddress> {
  if (provider === undefined) {
    const config = new pulumi.Config("docker");
    return defined({ host: config.get("host"), ...secretMaterial(config) });
  }
  const { host, caMaterial, certMaterial, keyMaterial } = provider as unknown as ProviderSettings;
  const material = { caMaterial, certMaterial, keyMaterial: pulumi.secret(keyMaterial) };
  return pulumi.output({ host, ...material }).apply((address) => defined<EngineAddress>(address));
}

/** What a docker provider tells of how it reaches its engine. */
type ProviderSettings = Readonly<
  Record<"host" | "caMaterial" | "certMaterial" | "keyMaterial", pulumi.Output<string | undefined>>
>;

function secretMaterial(config: pulumi.Config): Record<string, pulumi.Input<string> | undefined> {
  return {
    caMaterial: config.get("caMaterial"),
    certMaterial: config.get("certMaterial"),
    keyMaterial: config.getSecret("keyMaterial"),
  };
}
