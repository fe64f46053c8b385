import * as pulumi from "@pulumi/pulumi";
import { containerLimitsDiagnostics } from "../../model/cluster/container-limits";
import type { PerServer } from "../../model/cluster/servers";
import { formatDiagnostic, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../../model/form/order";
import type { ClusterConfigurationArgs } from "../../resources/cluster-configuration";
import { STORE as CONTAINER_STORE } from "../../servers/docker/layout";
import type { JetStreamCheck } from "../../servers/jetstream-health";
import { LOG_FILE, STORE as PROCESS_STORE } from "../../servers/process/layout";
import { portAddresses } from "./addresses";
import type { ClusterArgs } from "./cluster-args";
import { type ListenerSettings } from "../configuration/model";
import { dockerTarget, processTarget } from "./target";
import { normalizeStorage, sortProxyKeys } from "../configuration/shared-settings";
import type { DeclaredServer } from "../configuration/declared-server";

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
