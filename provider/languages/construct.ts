import type * as pulumi from "@pulumi/pulumi";
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
import { getOwn, omitUndefined } from "../model/form/order";
import { isRecord } from "../model/form/shape";
import { readArguments } from "./arguments";
import { Container } from "./container";
import { createModel, type CreatedModel } from "./create-model";
import type { ClusterData, ConfigurationData, VerificationData } from "./model-data";
import { createHelmValues, findHelmProblems, helmOutput } from "./helm";
import { modelDiagnostics, verificationDiagnostics } from "./model-shape";
import {
  joinTexts,
  modelOutputs,
  secretFiles,
  secretTexts,
  type ClusterOutputs,
  type ConfigurationOutputs,
  type OutputsOf,
} from "./outputs";
import { checkParts, throwProblems } from "./problems";
import { resolveHosts } from "./providers";
import { findReplacedOperator } from "./replaced-operator";

/** A created component with its outputs. */
interface Constructed {
  readonly urn: pulumi.Output<string>;
  readonly state: pulumi.Inputs;
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
  const { args: known, dependsOn } = await readArguments(args);
  const hosts = await resolveHosts(known.hosts, opts);
  const given = omitUndefined<object>({ ...known, hosts }) as Partial<ClusterData>;
  const { value, diagnostics: reserved } = removeReservedKeys(given);
  const { operator: _, accounts: __, ...rest } = value;
  const container = new Container("Cluster", name, opts, dependsOn);
  const model = createModel(name, container, value);
  const { operator, accounts } = model;
  const clusterArgs = { ...withAccounts(rest, model), operator, accounts };
  const cluster = new MixedAuthCluster(name, clusterArgs, container.childOptions(name, name));
  const subject = `cluster ${JSON.stringify(name)}`;
  await checkParts(
    subject,
    [...reserved, ...modelDiagnostics(value)],
    [...model.parts, { component: cluster, path: "" }],
  );
  throwProblems(subject, await findReplacedOperator(model, value));
  return { urn: container.urn, state: clusterOutputs(model, cluster) };
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
    listenerNodePorts: ifDefined(cluster.listenerNodePorts),
    loadBalancers: ifDefined(cluster.loadBalancers),
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
  const { args: given, dependsOn } = await readArguments(args);
  const { value, diagnostics: reserved } = removeReservedKeys(given as Partial<ConfigurationData>);
  const { operator: _, accounts: __, verification, helmValues, ...rest } = value;
  const container = new Container("Configuration", name, opts, dependsOn);
  const model = createModel(name, container, value);
  const { operator, accounts } = model;
  const configurationArgs = { ...withAccounts(rest, model), operator, accounts };
  const configuration = new AuthConfiguration(name, configurationArgs, container.childOptions(name, name));
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
  const subject = `configuration ${JSON.stringify(name)}`;
  await checkParts(subject, own, parts);
  throwProblems(subject, await findReplacedOperator(model, value));
  const verified =
    verificationArgs && new ClusterVerification(name, verificationArgs, container.childOptions(name, name));
  const ofHelm = helm === undefined ? {} : { helmValues: helmOutput(helm) };
  return { urn: container.urn, state: { ...configurationOutputs(model, configuration, verified), ...ofHelm } };
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
