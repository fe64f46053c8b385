import * as pulumi from "@pulumi/pulumi";
import { shown, type Diagnostic } from "../../model/form/diagnostics";
import { defined } from "../../model/form/order";
import type { DeepInput } from "../../resources/inputs";
import { engineProblem, type EngineAddress } from "../../servers/docker/address";

/**
 * The Docker Engine that a docker provider talks to: what this package does to containers goes to the same one.
 *
 * @param provider the provider of a component's options; without one, the configuration of the default provider counts
 */
export function engineOf(provider: pulumi.ProviderResource | undefined): DeepInput<EngineAddress> {
  const setting = settingsOf(provider);
  return pulumi
    .output({
      host: setting("host"),
      caMaterial: setting("caMaterial"),
      certMaterial: setting("certMaterial"),
      keyMaterial: pulumi.output(setting("keyMaterial")).apply(secretIfGiven),
    })
    .apply((address) => defined<EngineAddress>(address));
}

function secretIfGiven(value: string | undefined): pulumi.Output<string | undefined> {
  return value === undefined ? pulumi.output(undefined) : pulumi.secret(value);
}

/** Settings of docker providers that say how to reach an engine in a way that this package does not. */
const UNSUPPORTED = ["certPath", "context", "sshOpts"] as const;

/** What keeps this package from reaching the engine that a docker provider talks to. */
export function engineFindings(provider: pulumi.ProviderResource | undefined): pulumi.Output<readonly Diagnostic[]>[] {
  const setting = settingsOf(provider);
  const unsupportedOnes = UNSUPPORTED.map((name) =>
    pulumi.output(setting(name)).apply((given) => (given === undefined ? [] : [unsupported(name)])),
  );
  // The docker plugin reads this variable, and puts it above every host.
  const context = setIn("DOCKER_CONTEXT") === undefined ? [] : [unsupported("DOCKER_CONTEXT")];
  const address = pulumi
    .output(setting("host"))
    .apply((host) => [
      ...hostDiagnostics("docker provider: host", host),
      ...(host === undefined ? hostDiagnostics("DOCKER_HOST", setIn("DOCKER_HOST")) : []),
    ]);
  return [address, pulumi.output(context), ...unsupportedOnes];
}

/** A docker provider's settings by name; without a provider, those of the default one. */
function settingsOf(provider: pulumi.ProviderResource | undefined): (name: string) => pulumi.Input<string | undefined> {
  const config = new pulumi.Config("docker");
  const settings = provider as unknown as Readonly<Record<string, pulumi.Input<string | undefined>>> | undefined;
  return (name) => (settings === undefined ? config.get(name) : settings[name]);
}

function unsupported(name: string): Diagnostic {
  const problem = "is a setting by which this package cannot reach the Docker Engine";
  return { path: `docker provider: ${name}`, problem, remedy: "Say `host` and, for TLS, the three `…Material` texts." };
}

/** A variable of the environment; an empty one is none, as for every Docker client. */
function setIn(variable: string): string | undefined {
  const value = process.env[variable];
  return value === "" ? undefined : value;
}

function hostDiagnostics(path: string, host: string | undefined): Diagnostic[] {
  const problem = host === undefined ? undefined : engineProblem(host);
  const remedy = "Forward the engine's socket to this machine (`ssh -L`), and say its unix:// address.";
  return problem === undefined ? [] : [{ path, value: shown(host), problem, remedy }];
}
