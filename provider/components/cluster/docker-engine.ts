import * as pulumi from "@pulumi/pulumi";
import { diagnose, display, formatDiagnostic, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../../model/form/order";
import type { DeepInput } from "../../resources/dynamic-resource";
import { engineProblem, isUnprotected, type EngineAddress } from "../../servers/docker/engine-address";

/**
 * Returns the address of the Docker Engine that a docker provider uses, so that this package controls containers through
 * the same engine.
 *
 * @param provider provider from a component's options; without one, the configuration of the default provider applies
 */
export function engineAddress(provider: pulumi.ProviderResource | undefined): DeepInput<EngineAddress> {
  const setting = providerSettings(provider);
  return pulumi
    .output({
      host: setting("host"),
      caMaterial: setting("caMaterial"),
      certMaterial: setting("certMaterial"),
      keyMaterial: pulumi.output(setting("keyMaterial")).apply(toSecret),
    })
    .apply((address) => omitUndefined<EngineAddress>(address));
}

function toSecret(value: string | undefined): pulumi.Output<string | undefined> {
  return value === undefined ? pulumi.output(undefined) : pulumi.secret(value);
}

/** Connection settings of docker providers that this package does not support. */
const UNSUPPORTED_SETTINGS = ["certPath", "context", "sshOpts"] as const;

/** Checks that this package can connect to the Docker Engine that a docker provider uses. */
export function engineDiagnostics(
  provider: pulumi.ProviderResource | undefined,
): pulumi.Output<readonly Diagnostic[]>[] {
  const setting = providerSettings(provider);
  const unsupported = UNSUPPORTED_SETTINGS.map((name) =>
    pulumi.output(setting(name)).apply((value) => (value === undefined ? [] : [unsupportedDiagnostic(name)])),
  );
  // The docker plugin reads DOCKER_CONTEXT, which takes precedence over every host.
  const context = environmentVariable("DOCKER_CONTEXT") === undefined ? [] : [unsupportedDiagnostic("DOCKER_CONTEXT")];
  const inherited = environmentVariable("DOCKER_HOST");
  const address = pulumi
    .output(setting("host"))
    .apply((host) =>
      host === undefined ? hostDiagnostics("DOCKER_HOST", inherited) : hostDiagnostics("docker provider: host", host),
    );
  return [address, pulumi.output(context), ...unsupported];
}

/** Warns about a Docker Engine that is reached over a network without TLS. */
export function warnAboutEngine(provider: pulumi.ProviderResource | undefined, cluster: pulumi.Resource): void {
  engineWarnings(provider).apply(async (found) => {
    await (found.length === 0 ? undefined : pulumi.log.warn(found.map(formatDiagnostic).join("\n"), cluster));
  });
}

/** Finds reasons to warn about the connection to the Docker Engine. */
export function engineWarnings(provider: pulumi.ProviderResource | undefined): pulumi.Output<readonly Diagnostic[]> {
  // The environment is read at once: tests change it.
  const environment = { ...process.env };
  return pulumi.output(engineAddress(provider)).apply((address) => unprotectedDiagnostics(address, environment));
}

function unprotectedDiagnostics(address: EngineAddress, environment: NodeJS.ProcessEnv): Diagnostic[] {
  const { host } = address;
  const problem = isUnprotected(address, environment)
    ? "is reached without TLS: anyone on the network in between can read the password of the routes, and anyone who " +
      "reaches the engine is root on its machine"
    : undefined;
  const remedy =
    "Use TLS (`caMaterial`, `certMaterial`, `keyMaterial`), or forward the engine's socket to this machine (`ssh -L`), " +
    "and use its unix:// address.";
  const path = host === undefined ? "DOCKER_HOST" : "docker provider: host";
  return diagnose({ code: "NA4080", path, value: host ?? environment.DOCKER_HOST, problem, remedy });
}

/** Returns the settings of a docker provider by name; without a provider, those of the default one. */
function providerSettings(
  provider: pulumi.ProviderResource | undefined,
): (name: string) => pulumi.Input<string | undefined> {
  const config = new pulumi.Config("docker");
  const settings = provider as unknown as Readonly<Record<string, pulumi.Input<string | undefined>>> | undefined;
  return (name) => (settings === undefined ? config.get(name) : settings[name]);
}

function unsupportedDiagnostic(name: string): Diagnostic {
  const problem = "is not supported by this package, which connects to the same Docker Engine";
  const remedy = "Use `host` and, for TLS, `caMaterial`, `certMaterial` and `keyMaterial`.";
  return { code: "NA4030", path: `docker provider: ${name}`, problem, remedy };
}

/** Returns an environment variable; an empty one counts as not set, as in every Docker client. */
function environmentVariable(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

function hostDiagnostics(path: string, host: string | undefined): Diagnostic[] {
  const problem = host === undefined ? undefined : engineProblem(host);
  const remedy = "Forward the engine's socket to this machine (`ssh -L`), and use its unix:// address.";
  return problem === undefined ? [] : [{ code: "NA4031", path, value: display(host), problem, remedy }];
}
