import * as pulumi from "@pulumi/pulumi";
import { proxyDiagnostics, jetstreamDiagnostics } from "../../model/cluster/cluster";
import { containerLimitsDiagnostics } from "../../model/cluster/container-limits";
import type { PerServer } from "../../model/cluster/servers";
import { SERVER_STORAGE, type ServerStorage } from "../../model/cluster/server-storage";
import { formatDiagnostic, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined, sortUnique } from "../../model/form/order";
import { hasShape, listOf, optional, type Shape, checkShape, stringShape } from "../../model/form/shape";
import { type Rotation, versionOnlyDiagnostics } from "../../model/keys/rotation";
import { publicKeyProblem } from "../../nkeys/keys";
import { type KeyKind, KIND_LETTER } from "../../nkeys/key-kinds";
import type { ClusterConfigurationArgs } from "../../resources/cluster-configuration";
import type { DeepInput } from "../../resources/dynamic-resource";
import { STORE as CONTAINER_STORE } from "../../servers/docker/layout";
import type { JetStreamCheck } from "../../servers/jetstream-health";
import { LOG_FILE, STORE as PROCESS_STORE } from "../../servers/process/layout";
import type { ConfigurationArgs } from "../configuration/configuration-args";
import { portAddresses } from "./addresses";
import type { ClusterArgs } from "./cluster-args";
import { declarationsOf, type ListenerSettings } from "./cluster-model";
import type { DeclaredServer } from "./cluster-servers";
import { dockerTarget, processTarget } from "./target";

/** Returns the listener settings that all servers of a cluster share. */
export function listenerSettings(args: ClusterArgs, servers: readonly DeclaredServer[]): ListenerSettings {
  const { target, jetstream } = args;
  const alone = jetstream !== undefined && servers.length === 1 ? { isAlone: true } : {};
  const trustedProxies = sortProxyKeys(args);
  const storage = jetstream === undefined ? undefined : normalizeStorage(jetstream);
  if (processTarget(target) !== undefined) {
    const { bindAddress: address, clusterAddress, monitoringAddress } = portAddresses(args);
    const addresses = { address, clusterAddress, monitoringAddress };
    const files = { log: LOG_FILE, store: PROCESS_STORE };
    return omitUndefined<ListenerSettings>({ ...addresses, ...alone, files, jetstream: storage, trustedProxies });
  }
  const files = storage === undefined ? undefined : { store: CONTAINER_STORE };
  return omitUndefined<ListenerSettings>({ ...alone, files, jetstream: storage, trustedProxies });
}

/** Returns the storage of servers in normal form. */
export function normalizeStorage(storage: DeepInput<ServerStorage>): pulumi.Output<ServerStorage> {
  // A malformed argument is reported by `jetstreamArgsDiagnostics`.
  return pulumi
    .output(storage as pulumi.Input<ServerStorage>)
    .apply((known) => (hasShape(SERVER_STORAGE.shape, known) ? SERVER_STORAGE.normalize(known) : {}) as ServerStorage);
}

/** Checks the JetStream settings of the servers, and that no account needs JetStream without them. */
export function jetstreamArgsDiagnostics(
  args: ConfigurationArgs & Pick<ClusterArgs, "jetstream">,
): pulumi.Output<readonly Diagnostic[]>[] {
  const storage = pulumi
    .output(args.jetstream)
    .apply((known) =>
      checkShape("jetstream", optional(SERVER_STORAGE.shape), known, (settings) =>
        settings === undefined ? [] : SERVER_STORAGE.diagnostics(settings as ServerStorage),
      ),
    );
  const declarations = declarationsOf(args);
  return [storage, ...(args.jetstream === undefined ? [declarations.apply(jetstreamDiagnostics)] : [])];
}

/** Checks the limits of containers. */
export function limitsArgsDiagnostics(args: ClusterArgs): pulumi.Output<readonly Diagnostic[]>[] {
  const { target, jetstream } = args;
  return [
    pulumi
      .all([dockerTarget(target), jetstream])
      .apply(([limits, storage]) => prefixPaths("target.docker", containerLimitsDiagnostics(limits, storage))),
  ];
}

/** Returns what determines where the servers find their streams. */
export function storeArgs(
  { operator, jetstream }: ClusterArgs,
  folders: PerServer<pulumi.Output<string>> | undefined,
): Pick<ClusterConfigurationArgs, "store"> {
  const systemAccount = operator.systemAccount.publicKey;
  return jetstream === undefined || folders === undefined ? {} : { store: { systemAccount, folders } };
}

/** Returns what verifications ask about JetStream; undefined if the servers do not run it. Warns if it is not everything. */
export function jetstreamCheck(
  { operator, jetstream }: ClusterArgs,
  cluster: pulumi.Resource,
): JetStreamCheck | undefined {
  const check = jetstream === undefined ? undefined : operator.checkScope.includeJetStream();
  if (check === "members") {
    pulumi.log.warn(formatDiagnostic(lateCluster()), cluster).catch(() => undefined);
  }
  return check;
}

/** The diagnostic for a cluster that is created after the permissions of its verification were determined. */
export function lateCluster(): Diagnostic {
  const problem =
    "was created after the program had waited for something, too late to permit the verification to ask for the health of streams";
  const remedy = "Create the operator and the cluster without `await` in between.";
  return { code: "NA1723", path: "jetstream", problem, remedy };
}

/** Checks the route settings of a cluster. */
export function routesArgsDiagnostics(args: Pick<ClusterArgs, "routes">): pulumi.Output<readonly Diagnostic[]>[] {
  return [routesRotation(args).apply((known) => prefixPaths("routes.rotation", versionOnlyDiagnostics(known)))];
}

/** Returns the version of the route password; undefined if the program sets none. */
export function routesVersion(args: Pick<ClusterArgs, "routes">): pulumi.Output<string | undefined> {
  return routesRotation(args).apply((known) => (known?.version === undefined ? undefined : String(known.version)));
}

function routesRotation({ routes }: Pick<ClusterArgs, "routes">): pulumi.Output<Pick<Rotation, "version"> | undefined> {
  return pulumi.output(routes?.rotation);
}

const KEYS: Shape = listOf(stringShape);

/** Returns the keys of trusted proxies in a stable order. {@link proxyArgsDiagnostics} reports malformed lists. */
export function sortProxyKeys({
  trustedProxies,
}: Pick<ClusterArgs, "trustedProxies">): pulumi.Output<readonly string[]> | undefined {
  return trustedProxies === undefined
    ? undefined
    : pulumi.output(trustedProxies).apply((keys) => (hasShape(KEYS, keys) ? sortUnique(keys) : []));
}

/** Checks the keys of trusted proxies, and that no user needs a proxy without them. */
export function proxyArgsDiagnostics(
  args: ConfigurationArgs & Pick<ClusterArgs, "trustedProxies">,
): pulumi.Output<readonly Diagnostic[]>[] {
  const keys = pulumi.output(args.trustedProxies);
  const declarations = declarationsOf(args);
  return [
    keys.apply((known) =>
      checkShape("trustedProxies", optional(KEYS), known, (list = []) => list.flatMap(proxyKeyDiagnostics)),
    ),
    ...(args.trustedProxies === undefined ? [declarations.apply(proxyDiagnostics)] : []),
  ];
}

/** nats-server accepts public keys of every kind of nkey that signs. */
function proxyKeyDiagnostics(key: string, index: number): Diagnostic[] {
  const kinds = Object.keys(KIND_LETTER) as KeyKind[];
  const problem = "is not a valid public key: it must be an nkey of 56 characters that can sign";
  const remedy = "Use the public key of the key pair that the proxy signs with.";
  // The value is not shown, because it may be a seed.
  return kinds.some((kind) => publicKeyProblem(kind, key) === undefined)
    ? []
    : [{ code: "NA4023", path: `[${index}]`, problem, remedy }];
}
