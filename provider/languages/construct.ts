import * as pulumi from "@pulumi/pulumi";
import { AuthConfiguration } from "../components/configuration/auth-configuration";
import type { ClusterArgs } from "../components/cluster/cluster-args";
import { MixedAuthCluster } from "../components/cluster/mixed-auth-cluster";
import { removeReservedKeys } from "../components/reserved-keys";
import { ClusterVerification } from "../components/verification/cluster-verification";
import { verificationContentDiagnostics } from "../components/verification/verification-content";
import {
  verificationArgsDiagnostics,
  type ClusterVerificationArgs,
  type VerificationUser,
} from "../components/verification/verification-args";
import { prefixPaths, type Diagnostic } from "../diagnostics/diagnostic";
import { getOwn, omitUndefined, sortEntries } from "../model/form/order";
import { isRecord } from "../model/form/shape";
import { childOptions, createModel, type CreatedModel } from "./create-model";
import type { ClusterData, ConfigurationData, VerificationData } from "./model-data";
import { createHelmValues, findHelmProblems, helmOutput } from "./helm";
import { modelDiagnostics, verificationDiagnostics } from "./model-shape";
import {
  joinTexts,
  modelOutputs,
  SECRET_OUTPUTS,
  secretFiles,
  secretTexts,
  type ClusterOutputs,
  type ConfigurationOutputs,
  type OutputsOf,
} from "./outputs";
import { checkParts } from "./problems";
import { resolveHosts } from "./providers";

/** The types of the components, by their names. */
export const COMPONENTS = {
  Cluster: "nats-auth:index:Cluster",
  Configuration: "nats-auth:index:Configuration",
} as const;

/** A created component with its outputs. */
interface Constructed {
  readonly urn: pulumi.Output<string>;
  readonly state: pulumi.Inputs;
}

/** A component that has no resources of its own: the components inside of it have them. */
class Container extends pulumi.ComponentResource {
  /** Registers the outputs. The state has the secrets once already. */
  finish(outputs: pulumi.Inputs): Constructed {
    this.registerOutputs(Object.fromEntries(Object.entries(outputs).filter(([key]) => !SECRET_OUTPUTS.includes(key))));
    return { urn: this.urn, state: outputs };
  }
}

/**
 * Creates a cluster with its operator and its accounts from plain data.
 *
 * @throws ProblemsError with the problems of all arguments
 */
export async function constructCluster(
  name: string,
  args: pulumi.Inputs,
  opts: pulumi.ComponentResourceOptions,
): Promise<Constructed> {
  const hosts = await resolveHosts(args.hosts, opts);
  const given = omitUndefined<object>({ ...args, hosts }) as Partial<ClusterData>;
  const { value, diagnostics: reserved } = removeReservedKeys(sortKeys(given));
  const { operator: _, accounts: __, ...rest } = value;
  const container = new Container(COMPONENTS.Cluster, name, {}, opts);
  const model = createModel(name, container, value);
  const { operator, accounts } = model;
  const clusterArgs = { ...withAccounts(rest, model), operator, accounts };
  const cluster = new MixedAuthCluster(name, clusterArgs, childOptions(container, name));
  await checkParts(
    `cluster ${JSON.stringify(name)}`,
    [...reserved, ...modelDiagnostics(value)],
    [...model.parts, { component: cluster, path: "" }],
  );
  return container.finish(clusterOutputs(model, cluster));
}

/**
 * Returns arguments with the keys of all objects sorted. The engine passes objects in random order, which would be the order of problems
 * and logs.
 */
function sortKeys<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map(sortKeys) as T;
  }
  return isRecord(value)
    ? (Object.fromEntries(sortEntries(value).map(([key, member]) => [key, sortKeys(member)])) as T)
    : value;
}

/** Returns arguments with accounts in place of their keys, in remotes of a cluster and of its servers. Other values remain unchanged. */
function withAccounts<T extends object>(args: T, { named }: CreatedModel): T {
  const changed = Object.entries(args).map(([key, value]: [string, unknown]): [string, unknown] => {
    switch (key) {
      case "remotes":
        return [key, mapMembers(value, (remote) => withAccount(remote, named))];
      case "staticServer":
      case "operatorServer":
        return [key, withRemotes(value, named)];
      case "servers":
        return [key, mapMembers(value, (server) => withRemotes(server, named))];
      default:
        return [key, value];
    }
  });
  return Object.fromEntries(changed) as T;
}

function withRemotes(server: unknown, named: CreatedModel["named"]): unknown {
  return isRecord(server) && server.remotes !== undefined
    ? { ...server, remotes: mapMembers(server.remotes, (remote) => withAccount(remote, named)) }
    : server;
}

function withAccount(remote: unknown, named: CreatedModel["named"]): unknown {
  const found = isRecord(remote) ? named.find(({ key }) => key === remote.account) : undefined;
  return found === undefined ? remote : { ...(remote as object), account: found.account };
}

function mapMembers(members: unknown, change: (member: unknown) => unknown): unknown {
  return isRecord(members)
    ? Object.fromEntries(Object.entries(members).map(([key, member]) => [key, change(member)]))
    : members;
}

function clusterOutputs(
  model: CreatedModel,
  cluster: MixedAuthCluster<NonNullable<ClusterArgs["target"]>, string>,
): pulumi.Inputs {
  const { network, checked } = cluster;
  return omitUndefined<OutputsOf<ClusterOutputs>>({
    ...modelOutputs(model, cluster.parity),
    clientUrls: joinTexts(cluster.clientUrls),
    networkUrls: ifDefined(cluster.networkUrls),
    serviceUrls: ifDefined(cluster.serviceUrls),
    nodePorts: ifDefined(cluster.nodePorts),
    monitoringUrls: joinTexts(cluster.monitoringUrls),
    leafNodeUrls: joinTexts(cluster.leafNodeUrls),
    websocketUrls: joinTexts(cluster.websocketUrls),
    mqttUrls: joinTexts(cluster.mqttUrls),
    network,
    networks: ifDefined(cluster.networks),
    containers: ifDefined(cluster.containers),
    processes: ifDefined(cluster.processes),
    configs: joinTexts(cluster.configs),
    checked,
  });
}

function ifDefined<T>(texts: Readonly<Record<string, pulumi.Output<T | undefined>>> | undefined) {
  return texts === undefined ? undefined : joinTexts(texts);
}

/**
 * Creates the configurations of both modes from plain data, and verifies servers that have them.
 *
 * @throws ProblemsError with the problems of all arguments
 */
export async function constructConfiguration(
  name: string,
  args: pulumi.Inputs,
  opts: pulumi.ComponentResourceOptions,
): Promise<Constructed> {
  const { value, diagnostics: reserved } = removeReservedKeys(sortKeys(args as Partial<ConfigurationData>));
  const { operator: _, accounts: __, verification, helmValues, ...rest } = value;
  const container = new Container(COMPONENTS.Configuration, name, {}, opts);
  const model = createModel(name, container, value);
  const { operator, accounts } = model;
  const options = childOptions(container, name);
  const configuration = new AuthConfiguration(name, { ...withAccounts(rest, model), operator, accounts }, options);
  const helm = helmValues === undefined ? undefined : createHelmValues(name, configuration, helmValues);
  const verificationArgs = isRecord(verification)
    ? argsOfVerification({ configuration, model, verification })
    : undefined;
  const own = [
    ...reserved,
    ...modelDiagnostics(value),
    ...verificationDiagnostics(verification),
    ...(verificationArgs === undefined ? [] : await findVerificationProblems(verificationArgs)),
    ...(helm === undefined ? [] : await findHelmProblems(helm, configuration)),
  ];
  const parts = [...model.parts, { component: configuration, path: "" }];
  await checkParts(`configuration ${JSON.stringify(name)}`, own, parts);
  const verified = verificationArgs && new ClusterVerification(name, verificationArgs, options);
  const ofHelm = helm === undefined ? {} : { helmValues: helmOutput(helm) };
  return container.finish({ ...configurationOutputs(model, configuration, verified), ...ofHelm });
}

/** What a verification is made of. */
interface Verification {
  readonly configuration: AuthConfiguration;
  readonly model: CreatedModel;
  readonly verification: VerificationData;
}

/** Returns the arguments of a verification, with the user in place of its name. */
function argsOfVerification({ configuration, model, verification }: Verification): ClusterVerificationArgs {
  const users: Readonly<Record<string, VerificationUser>> = model.operator.systemAccount.users;
  // `verificationArgsDiagnostics` reports other values.
  const user = typeof verification.user === "string" ? getOwn(users, verification.user) : verification.user;
  return { ...verification, configuration, user } as ClusterVerificationArgs;
}

/** Finds the problems of a verification. Its handler would find those of its content only after all others. */
async function findVerificationProblems(args: ClusterVerificationArgs): Promise<Diagnostic[]> {
  const malformed = verificationArgsDiagnostics(args);
  const content = await verificationContentDiagnostics(args);
  // Malformed arguments have no content.
  const isMalformed = ({ path }: Diagnostic) => malformed.some((one) => `${path}.`.startsWith(`${one.path}.`));
  return prefixPaths("verification", [...malformed, ...content.filter((one) => !isMalformed(one))]);
}

function configurationOutputs(
  model: CreatedModel,
  configuration: AuthConfiguration,
  verified: ClusterVerification | undefined,
): pulumi.Inputs {
  const { operator } = configuration;
  return omitUndefined<OutputsOf<ConfigurationOutputs>>({
    ...modelOutputs(model, configuration.parity),
    staticAuthorization: configuration.static.authorization,
    operatorAuthorization: operator.authorization,
    systemAccount: operator.systemAccount,
    resolverPreload: operator.resolverPreload,
    configs: joinTexts(configuration.configs),
    routes: secretTexts(configuration.routes),
    tlsFiles: secretFiles(configuration.tlsFiles),
    remoteFiles: secretFiles(configuration.remoteFiles),
    clientUrls: joinTexts(configuration.clientUrls),
    leafNodeUrls: joinTexts(configuration.leafNodeUrls),
    websocketUrls: joinTexts(configuration.websocketUrls),
    mqttUrls: joinTexts(configuration.mqttUrls),
    verified: verified?.verified,
    condition: verified?.condition,
  });
}
