import * as pulumi from "@pulumi/pulumi";
import { diagnose, display, formatDiagnostic, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../../model/form/order";
import type { DeepInput } from "../../resources/dynamic-resource";
import { engineProblem, isUnprotected, type EngineAddress } from "../../servers/docker/engine-address";
import { presentSettings } from "./provider-settings";

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

/** A Docker Engine on which servers of a cluster run. */
export interface ServerEngine {
  /** Undefined for the default provider. */
  readonly provider: pulumi.ProviderResource | undefined;
  /** Name of the host that has the provider; undefined for the provider of the cluster. */
  readonly host: string | undefined;
}

/** Returns the path of a setting of a docker provider. */
function settingPath({ host }: ServerEngine, setting: string): string {
  return host === undefined ? `docker provider: ${setting}` : `${keyPath("hosts", host)}.provider.${setting}`;
}

/** Checks that this package can connect to the Docker Engines that docker providers use. */
export function enginesDiagnostics(engines: readonly ServerEngine[]): pulumi.Output<readonly Diagnostic[]>[] {
  // The docker plugin reads DOCKER_CONTEXT, which takes precedence over every host.
  const hasContext = engines.length > 0 && environmentVariable("DOCKER_CONTEXT") !== undefined;
  const context = hasContext ? [unsupportedDiagnostic("docker provider: DOCKER_CONTEXT")] : [];
  const inherited = environmentVariable("DOCKER_HOST");
  return [pulumi.output(context), ...engines.flatMap((engine) => engineDiagnostics(engine, inherited))];
}

/** @param inherited the address of the environment */
function engineDiagnostics(
  engine: ServerEngine,
  inherited: string | undefined,
): pulumi.Output<readonly Diagnostic[]>[] {
  const setting = providerSettings(engine.provider);
  const unsupported = UNSUPPORTED_SETTINGS.map((name) =>
    pulumi
      .output(setting(name))
      .apply((value) => (value === undefined ? [] : [unsupportedDiagnostic(settingPath(engine, name))])),
  );
  const address = pulumi
    .output(setting("host"))
    .apply((host) =>
      host === undefined
        ? hostDiagnostics("DOCKER_HOST", inherited)
        : hostDiagnostics(settingPath(engine, "host"), host),
    );
  return [address, ...unsupported];
}

/** Warns about a Docker Engine that is reached over a network without TLS. */
export function warnAboutEngine(engine: ServerEngine, cluster: pulumi.Resource): void {
  engineWarnings(engine).apply(async (found) => {
    await (found.length === 0 ? undefined : pulumi.log.warn(found.map(formatDiagnostic).join("\n"), cluster));
  });
}

/** Finds reasons to warn about the connection to the Docker Engine. */
export function engineWarnings(engine: ServerEngine): pulumi.Output<readonly Diagnostic[]> {
  // The environment is read at once: tests change it.
  const environment = { ...process.env };
  return pulumi
    .output(engineAddress(engine.provider))
    .apply((address) => unprotectedDiagnostics(settingPath(engine, "host"), address, environment));
}

function unprotectedDiagnostics(setting: string, address: EngineAddress, environment: NodeJS.ProcessEnv): Diagnostic[] {
  const { host } = address;
  const problem = isUnprotected(address, environment)
    ? "is reached without TLS: anyone on the network in between can read the password of the routes, and anyone who " +
      "reaches the engine is root on its machine"
    : undefined;
  const remedy =
    "Use TLS (`caMaterial`, `certMaterial`, `keyMaterial`), or forward the engine's socket to this machine (`ssh -L`), " +
    "and use its unix:// address.";
  const path = host === undefined ? "DOCKER_HOST" : setting;
  return diagnose({ code: "NA4080", path, value: host ?? environment.DOCKER_HOST, problem, remedy });
}

/** Settings by name; a provider that is not of this SDK may have plain values. */
type ProviderSettings = Readonly<Record<string, pulumi.Input<string | undefined>>>;

/** Returns the settings of a docker provider by name; without a provider, those of the default one. */
function providerSettings(
  provider: pulumi.ProviderResource | undefined,
): (name: string) => pulumi.Input<string | undefined> {
  if (provider === undefined) {
    const config = new pulumi.Config("docker");
    return (name) => config.get(name);
  }
  const settings = provider as unknown as ProviderSettings;
  if (!pulumi.runtime.isDryRun()) {
    return (name) => settings[name];
  }
  const correct = presentSettings(provider);
  return (name) => {
    const { [name]: value } = settings;
    return pulumi.Output.isInstance(value) ? correct(name, value) : value;
  };
}

function unsupportedDiagnostic(path: string): Diagnostic {
  const problem = "is not supported by this package, which connects to the same Docker Engine";
  const remedy = "Use `host` and, for TLS, `caMaterial`, `certMaterial` and `keyMaterial`.";
  return { code: "NA4030", path, problem, remedy };
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
