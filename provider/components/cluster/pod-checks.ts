import * as pulumi from "@pulumi/pulumi";
import { diagnose, formatDiagnostics, joinPath, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { accessDiagnostics } from "../../kubernetes/access-checks";
import { labelDiagnostics } from "../../kubernetes/labels";
import { fromQuantity, isQuantity } from "../../kubernetes/quantities";
import { streamMemoryDiagnostics } from "../../model/cluster/container-limits";
import { SERVER_STORAGE, type ServerStorage } from "../../model/cluster/server-storage";
import { INVALID_SIZE, parseSize, type Size } from "../../model/form/quantities";
import { checkShape, hasShape, isRecord, listOf, mapOf, matching, optional, stringShape } from "../../model/form/shape";
import { entryName } from "../../servers/kubernetes/layout";
import type { DeclaredServer } from "../configuration/declared-server";
import type { ClusterArgs } from "./cluster-args";
import { hostTargets, targetOf } from "./host-targets";
import { onePerEntry } from "./pods";
import type { KubernetesTarget, StreamVolume } from "./target";

/** The most characters of a StatefulSet's name, to which Kubernetes adds a hash in a label of its pods. */
const MAX_NAME = 52;

/**
 * Checks the settings of pods, and that everything has a name that Kubernetes accepts.
 *
 * @param path the path of the target
 * @param servers those in these pods
 */
export function podsDiagnostics(
  path: string,
  target: KubernetesTarget,
  args: ClusterArgs,
  servers: readonly DeclaredServer[],
  clusterName: pulumi.Output<string>,
): pulumi.Output<readonly Diagnostic[]>[] {
  const { namespace, volume } = target;
  return [
    clusterName.apply((cluster) =>
      onePerEntry(servers).flatMap((server) =>
        labelDiagnostics("StatefulSet", server.path, entryName(cluster, server.pod?.entry ?? server.name), MAX_NAME),
      ),
    ),
    ...(namespace === undefined
      ? []
      : [pulumi.output(namespace).apply((known) => labelDiagnostics("namespace", joinPath(path, "namespace"), known))]),
    ...settingsDiagnostics(path, target),
    ...(["context", "kubeconfig"] as const).map((key) =>
      pulumi.output(target[key]).apply((value) => accessDiagnostics(path, key, value)),
    ),
    ...(args.jetstream === undefined
      ? []
      : [
          pulumi
            .all([volume, target.resources?.limits, args.jetstream as pulumi.Input<unknown>])
            .apply(([known, limits, storage]) =>
              hasShape(SERVER_STORAGE.shape, storage) ? storageDiagnostics(path, known, limits, storage) : [],
            ),
        ]),
  ];
}

/** Checks the volumes and the memory of pods for streams. */
function storageDiagnostics(path: string, volume: unknown, limits: unknown, storage: ServerStorage): Diagnostic[] {
  const { size } = isRecord(volume) ? (volume as { readonly size?: Size }) : {};
  const { memory } = isRecord(limits) ? limits : {};
  const limit = typeof memory === "string" ? memory : undefined;
  const bytes = limit === undefined ? undefined : fromQuantity(limit);
  return [
    ...volumeDiagnostics(size, storage, joinPath(path, "volume.size")),
    ...streamMemoryDiagnostics(joinPath(path, "resources.limits.memory"), limit, bytes, storage),
  ];
}

const QUANTITIES = optional(
  mapOf(matching('an amount such as "500m" or "2Gi"', "Use a string in the notation of Kubernetes.", isQuantity)),
);
const SERVICE_TYPES: readonly unknown[] = ["ClusterIP", "NodePort", "LoadBalancer"];
const ROUTE_SERVICE_TYPES: readonly unknown[] = ["NodePort", "LoadBalancer"];
const ON_DESTROY: readonly unknown[] = ["retain", "delete"];

/** The shapes of settings, once they are known. */
const SHAPES = {
  serviceType: matching('"ClusterIP", "NodePort" or "LoadBalancer"', "Use one of these values.", (value) =>
    SERVICE_TYPES.includes(value),
  ),
  routeServiceType: matching('"NodePort" or "LoadBalancer"', "Use one of these values.", (value) =>
    ROUTE_SERVICE_TYPES.includes(value),
  ),
  imagePullSecrets: listOf(stringShape),
  "resources.requests": QUANTITIES,
  "resources.limits": QUANTITIES,
  "volume.storageClass": stringShape,
  "volume.onDestroy": matching('"retain" or "delete"', "Use one of these values.", (value) =>
    ON_DESTROY.includes(value),
  ),
};

function settingsDiagnostics(path: string, target: KubernetesTarget): pulumi.Output<readonly Diagnostic[]>[] {
  return Object.entries(SHAPES).flatMap(([setting, shape]) => {
    const value = setting.split(".").reduce<unknown>((part, key) => (isRecord(part) ? part[key] : undefined), target);
    return value === undefined
      ? []
      : [
          (pulumi.output(value) as pulumi.Output<unknown>).apply((known) =>
            checkShape(joinPath(path, setting), shape, known, () => []),
          ),
        ];
  });
}

/** The path of the size of volumes. */
const VOLUME_SIZE = "target.kubernetes.volume.size";

/** Checks the size of volumes. Kubernetes does not choose one. @param path the path of the size */
export function volumeDiagnostics(
  size: Size | undefined,
  { fileStorage }: ServerStorage,
  path = VOLUME_SIZE,
): Diagnostic[] {
  if (size === undefined) {
    return diagnose({
      code: "NA2205",
      path: "jetstream.fileStorage",
      problem: fileStorage === undefined ? "is missing: the size of the volumes depends on it" : undefined,
      remedy: `Set it, or \`volume.size\` of the target.`,
    });
  }
  const problem = parseSize(size) === undefined ? INVALID_SIZE : undefined;
  return diagnose({ code: "NA1005", path, value: size, problem, remedy: 'Use a size such as "20GiB".' });
}

/** Finds volumes that streams fill. @param path the path of the size */
export function fullVolumeDiagnostics(
  size: Size,
  { fileStorage = 0 }: ServerStorage,
  path = VOLUME_SIZE,
): Diagnostic[] {
  const [bytes, stored] = [parseSize(size), parseSize(fileStorage)];
  return diagnose({
    code: "NA2206",
    path,
    value: size,
    problem:
      bytes === undefined || stored === undefined || bytes > stored
        ? undefined
        : "is not larger than `jetstream.fileStorage`",
    remedy: "Resize the PersistentVolumeClaims of all pods; for a new cluster, use larger volumes.",
  });
}

/**
 * Warns of volumes that streams fill. They may have been resized: the size of those that a StatefulSet creates stays the same.
 *
 * @param subject what they belong to
 */
export function warnAboutVolumes(subject: string, args: ClusterArgs, cluster: pulumi.Resource): void {
  const targets = new Map(hostTargets(args).map(({ path, target }) => [path, target]));
  for (const [path, { kind, settings }] of targets) {
    const volume = kind === "kubernetes" ? settings.volume : undefined;
    const given: StreamVolume = isRecord(volume) ? volume : {};
    pulumi.all([given.size, args.jetstream as pulumi.Input<unknown>]).apply(async ([size, storage]) => {
      const found =
        size === undefined || !hasShape(SERVER_STORAGE.shape, storage)
          ? []
          : fullVolumeDiagnostics(size, storage, joinPath(path, "kubernetes.volume.size"));
      await (found.length === 0 ? undefined : pulumi.log.warn(formatDiagnostics(subject, found), cluster));
    });
  }
}

/** Finds certificates and keys of pods in files: pods do not see the files of their nodes. */
export function filesDiagnostics(
  cluster: Pick<ClusterArgs, "tls" | "remotes" | "servers" | "hosts" | "target">,
): Diagnostic[] {
  const inPods = membersOf("servers", cluster.servers).filter(([, { host }]) => {
    return targetOf(cluster, typeof host === "string" ? host : undefined).kind === "kubernetes";
  });
  const ofServers = inPods.flatMap(([path, server]) => filesOfConnections(path, server));
  return [...filesOfConnections("", cluster), ...ofServers].map((path): Diagnostic => ({
    code: "NA2207",
    path,
    problem: "is a file of a machine, which pods do not see",
    remedy: "Use the text of the certificate or key, such as that in a Secret.",
  }));
}

/** Returns the paths of the files in TLS, and in that of remotes, of a cluster or of one server. */
function filesOfConnections(path: string, { tls, remotes }: Readonly<Record<string, unknown>>): string[] {
  const ofRemotes = membersOf(joinPath(path, "remotes"), remotes);
  return [
    ...findFiles(joinPath(path, "tls"), tls),
    ...ofRemotes.flatMap(([remote, args]) => findFiles(joinPath(remote, "tls"), args.tls)),
  ];
}

/** Returns the members of an object that are objects, by their paths. */
function membersOf(path: string, value: unknown): [string, Readonly<Record<string, unknown>>][] {
  return Object.entries<unknown>(isRecord(value) ? value : {}).flatMap(([name, member]) =>
    isRecord(member) ? [[keyPath(path, name), member]] : [],
  );
}

/** Returns the paths of all properties called `file`. */
function findFiles(path: string, value: unknown): string[] {
  if (!isRecord(value)) {
    return [];
  }
  return "file" in value
    ? [joinPath(path, "file")]
    : Object.entries(value).flatMap(([key, member]) => findFiles(keyPath(path, key), member));
}
