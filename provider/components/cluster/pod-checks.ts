import * as pulumi from "@pulumi/pulumi";
import { diagnose, joinPath, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { labelDiagnostics } from "../../kubernetes/labels";
import { isQuantity } from "../../kubernetes/quantities";
import { SERVER_STORAGE, type ServerStorage } from "../../model/cluster/server-storage";
import { INVALID_SIZE, parseSize, type Size } from "../../model/form/quantities";
import { checkShape, hasShape, isRecord, listOf, mapOf, matching, optional, stringShape } from "../../model/form/shape";
import { entryName } from "../../servers/kubernetes/layout";
import type { DeclaredServer } from "../configuration/declared-server";
import type { ClusterArgs } from "./cluster-args";
import { targetOf } from "./host-targets";
import { onePerEntry } from "./pods";
import type { KubernetesTarget } from "./target";

/** The most characters of a StatefulSet's name, to which Kubernetes adds a hash in a label of its pods. */
const MAX_NAME = 52;

/** The diagnostics for a program without packages that other platforms do not need. */
export function packagesDiagnostics(missing: readonly string[]): Diagnostic[] {
  return diagnose({
    code: "NA2204",
    path: "target.kubernetes",
    problem: missing.length === 0 ? undefined : `requires packages that are not installed: ${missing.join(", ")}`,
    remedy: `Run \`npm install ${missing.join(" ")}\` in the folder of the program.`,
  });
}

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
      pulumi.output(target[key]).apply((value) => emptyDiagnostics(joinPath(path, key), value)),
    ),
    ...(args.jetstream === undefined
      ? []
      : [
          pulumi
            .all([pulumi.output(volume), pulumi.output(args.jetstream as pulumi.Input<unknown>)])
            .apply(([known, storage]) => {
              const { size } = isRecord(known) ? (known as { readonly size?: Size }) : {};
              return hasShape(SERVER_STORAGE.shape, storage)
                ? volumeDiagnostics(size, storage, joinPath(path, "volume.size"))
                : [];
            }),
        ]),
  ];
}

/** Finds an empty name of a cluster: the provider of Kubernetes would use the current context. */
function emptyDiagnostics(path: string, value: unknown): Diagnostic[] {
  return diagnose({
    code: "NA2200",
    path,
    problem: value === "" ? "is empty, so it is unknown which cluster is meant" : undefined,
    remedy: "Use the name of a context of your kubeconfig, or the content of a kubeconfig.",
  });
}

const QUANTITIES = optional(
  mapOf(matching('an amount such as "500m" or "2Gi"', "Use a string in the notation of Kubernetes.", isQuantity)),
);
const SERVICE_TYPES: readonly unknown[] = ["ClusterIP", "NodePort", "LoadBalancer"];
const ROUTE_SERVICE_TYPES: readonly unknown[] = ["NodePort", "LoadBalancer"];
const ON_DESTROY: readonly unknown[] = ["retain", "delete"];

/** The shapes of settings, once they are known. */
const SHAPES = {
  context: stringShape,
  kubeconfig: stringShape,
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

/** Checks the size of volumes. Kubernetes does not choose one. @param path the path of the size */
export function volumeDiagnostics(
  size: Size | undefined,
  { fileStorage }: ServerStorage,
  path = "target.kubernetes.volume.size",
): Diagnostic[] {
  if (size === undefined) {
    return diagnose({
      code: "NA2205",
      path: "jetstream.fileStorage",
      problem: fileStorage === undefined ? "is missing: the size of the volumes depends on it" : undefined,
      remedy: `Set it, or \`volume.size\` of the target.`,
    });
  }
  const bytes = parseSize(size);
  const stored = fileStorage === undefined ? 0 : (parseSize(fileStorage) ?? 0);
  return bytes === undefined
    ? diagnose({ code: "NA1005", path, value: size, problem: INVALID_SIZE, remedy: 'Use a size such as "20GiB".' })
    : diagnose({
        code: "NA2206",
        path,
        value: size,
        problem: bytes > stored ? undefined : "is not larger than `jetstream.fileStorage`",
        remedy: "Use a larger volume: streams need space for their indexes and logs, too.",
      });
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
