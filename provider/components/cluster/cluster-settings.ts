import * as pulumi from "@pulumi/pulumi";
import { ROUTES_FILE } from "../../config/listener";
import { containerLimitsDiagnostics } from "../../model/cluster/container-limits";
import { formatDiagnostic, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../../model/form/order";
import type { ClusterConfigurationArgs } from "../../resources/cluster-configuration";
import { STORE as CONTAINER_STORE } from "../../servers/docker/layout";
import { fileInPod, STORE as POD_STORE } from "../../servers/kubernetes/layout";
import type { JetStreamCheck } from "../../servers/jetstream-health";
import { LOG_FILE, STORE as PROCESS_STORE } from "../../servers/process/layout";
import { reachesPods, targetOf } from "./host-targets";
import { routeAddress, serverAddresses } from "./hosts";
import type { ServerPlaces } from "./server-places";
import type { ClusterArgs } from "./cluster-args";
import { type ListenerSettings } from "../configuration/model";
import { resolveTarget } from "./target";
import { normalizeStorage, sortProxyKeys } from "../configuration/shared-settings";
import type { DeclaredServer } from "../configuration/declared-server";

/** Returns the listener settings of a server of a cluster. */
export function listenerSettings(
  args: ClusterArgs,
  servers: readonly DeclaredServer[],
  server: DeclaredServer,
): ListenerSettings {
  const { jetstream } = args;
  const advertise = reachesPods(args) ? advertised(args, server) : undefined;
  const alone = jetstream !== undefined && servers.length === 1 ? { isAlone: true } : {};
  const trustedProxies = sortProxyKeys(args);
  const storage = jetstream === undefined ? undefined : normalizeStorage(jetstream);
  const shared = { ...alone, jetstream: storage, trustedProxies, advertise };
  const storeIn = (store: string) => (storage === undefined ? undefined : { store });
  switch (targetOf(args, server.host).kind) {
    case "docker":
      return omitUndefined<ListenerSettings>({ ...shared, files: storeIn(CONTAINER_STORE) });
    case "process": {
      const { bindAddress: address, clusterAddress, monitoringAddress } = serverAddresses(args, server);
      const addresses = { address, clusterAddress, monitoringAddress };
      const files = { log: LOG_FILE, store: PROCESS_STORE };
      return omitUndefined<ListenerSettings>({ ...addresses, ...shared, files });
    }
    case "kubernetes":
      return omitUndefined<ListenerSettings>({
        ...shared,
        files: storeIn(POD_STORE),
        // All pods of an entry have the files of all of them.
        routesFile: server.pod?.name.apply((name) => fileInPod(name, ROUTES_FILE)),
      });
  }
}

/** Returns the address that a server advertises to the others. */
function advertised(args: ClusterArgs, server: DeclaredServer): pulumi.Output<string> {
  return pulumi
    .all([routeAddress(args, server), server.ports.clusterPort])
    .apply(([{ address, port }, clusterPort]) => `${address}:${port ?? clusterPort}`);
}

/** Checks the limits of containers. */
export function limitsArgsDiagnostics({
  target,
  jetstream,
}: Pick<ClusterArgs, "target" | "jetstream">): pulumi.Output<readonly Diagnostic[]>[] {
  const { kind, settings } = resolveTarget(target);
  if (kind !== "docker") {
    return [];
  }
  return [
    pulumi
      .all([settings, jetstream])
      .apply(([limits, storage]) => prefixPaths("target.docker", containerLimitsDiagnostics(limits, storage))),
  ];
}

/** Returns what determines where the servers find their streams, and what previews show of it. */
export function storeArgs(
  { operator, jetstream }: ClusterArgs,
  { stores: folders, volumes, claims }: Pick<ServerPlaces, "stores" | "volumes" | "claims">,
): Pick<ClusterConfigurationArgs, "store" | "volumes"> {
  const systemAccount = operator.systemAccount.publicKey;
  const more = volumes === undefined ? {} : { volumes };
  return jetstream === undefined || folders === undefined
    ? {}
    : { store: { systemAccount, folders, ...more }, ...(claims === undefined ? {} : { volumes: claims }) };
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
export function lateCluster(path: "jetstream" | "remotes" = "jetstream"): Diagnostic {
  const what = path === "jetstream" ? "the health of streams" : "connections with hubs";
  const problem = `was created after the program had waited for something, too late to permit the verification to ask for ${what}`;
  const remedy = "Create the operator and the cluster without `await` in between.";
  return { code: "NA1723", path, problem, remedy };
}
