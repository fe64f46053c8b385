import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Size } from "../../model/form/quantities";
import { anyValue, isRecord, matching, objectOf, optional, type Shape } from "../../model/form/shape";
import type { KubernetesAccessArgs } from "../kubernetes-access";

/** Settings of servers that run in containers. A change of one restarts both servers, one at a time. */
export interface DockerTarget {
  /**
   * Memory of each container, without swap, such as `"8GiB"` or a number of bytes, at least 64 MiB. The engine kills and restarts a server
   * that needs more. Nine tenths are the soft limit of Go (`GOMEMLIMIT`), above which the server frees memory more often.
   *
   * The default is room for the 65,536 connections that nats-server accepts by default, plus memory streams. Clients that
   * read too slowly take up to 64 MiB each.
   *
   * @default 4 GiB, plus four thirds of `jetstream.memoryStorage`. No limit if JetStream is enabled without
   * `memoryStorage`: streams may then take three quarters of the machine's memory, and a limit would reduce that
   */
  memoryLimit?: pulumi.Input<Size>;
  /**
   * Number of processes and threads of each container, from 64 to 4,194,304. A server that cannot start another thread ends,
   * and the engine restarts it.
   *
   * The default leaves room for a thread for each processor. With JetStream, nats-server starts up to 4,096 file operations
   * at a time, each of which can occupy a thread.
   *
   * @default 1024, with JetStream 8192
   */
  pidsLimit?: pulumi.Input<number>;
}

/** Settings of servers that run as local processes. */
export interface ProcessTarget {
  /**
   * nats-server executable, version 2.11 or newer: a path, or a name that is looked up on `PATH`.
   *
   * @default nats-server
   */
  binary?: pulumi.Input<string>;
  /**
   * Parent folder for the state of programs. The cluster creates `pulumi-nats-auth/<project>-<stack>-<name>-…` in it, for
   * configurations, logs and streams.
   *
   * @default $XDG_STATE_HOME, or ~/.local/state if it is not set
   */
  folder?: pulumi.Input<string>;
}

/** Resources of a container, by name, such as `cpu` and `memory`, in the notation of Kubernetes: `"500m"`, `"2Gi"`. */
export type Quantities = Readonly<Record<string, pulumi.Input<string>>>;

/** Resources that a pod asks for, and that it can use at most. */
export interface PodResources {
  /** What the node of the pod must have free. */
  readonly requests?: Quantities;
  /** What the pod can use at most. Kubernetes restarts a server that needs more memory. */
  readonly limits?: Quantities;
}

/** Volumes of the servers for JetStream. Kubernetes creates one for each pod, and does not change it afterwards. */
export interface StreamVolume {
  /**
   * Size of each volume when it is created, such as `"20GiB"`: more than `jetstream.fileStorage`, because streams need space for
   * their indexes and logs, too. It cannot change: to get larger volumes, resize the PersistentVolumeClaims, and keep this argument.
   *
   * @default `jetstream.fileStorage` and a quarter more
   */
  readonly size?: pulumi.Input<Size>;
  /**
   * Name of the StorageClass. It cannot change.
   *
   * @default the default StorageClass of the Kubernetes cluster
   */
  readonly storageClass?: pulumi.Input<string>;
  /**
   * What happens to the volumes when the cluster is destroyed. Kubernetes deletes the PersistentVolumeClaims for `"delete"`; those
   * that are kept are named `store-<pod>`.
   *
   * @default "retain"
   */
  readonly onDestroy?: pulumi.Input<"retain" | "delete">;
}

/** Settings of servers that run as pods of Kubernetes. */
export interface KubernetesTarget extends KubernetesAccessArgs {
  /**
   * Namespace of all objects. It must exist.
   *
   * @default "default"
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Resources of each pod. Nine tenths of the memory limit are the soft limit of Go (`GOMEMLIMIT`).
   *
   * @default none
   * @example
   * ```ts
   * { resources: { requests: { cpu: "2", memory: "8Gi" }, limits: { memory: "8Gi" } } }
   * ```
   */
  readonly resources?: PodResources;
  /**
   * Type of the Services for clients.
   *
   * @default "ClusterIP": only pods reach them
   */
  readonly serviceType?: pulumi.Input<"ClusterIP" | "NodePort" | "LoadBalancer">;
  /**
   * Type of the Services by which servers on other `hosts` reach each pod at one of its `routeAddresses`. With `"NodePort"`, the port of
   * the address is the port of the nodes; with `"LoadBalancer"`, it is the port of the load balancer.
   *
   * @default "NodePort"
   */
  readonly routeServiceType?: pulumi.Input<"NodePort" | "LoadBalancer">;
  /**
   * Names of the Secrets with which the image is pulled.
   *
   * @default none
   */
  readonly imagePullSecrets?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * Volumes for JetStream.
   *
   * Plain, except for its members, because it determines which resources exist.
   */
  readonly volume?: StreamVolume;
}

/** A target whose servers run in containers. */
export type ContainerTarget =
  | "docker"
  | {
      /** Settings of the containers. */
      readonly docker: DockerTarget;
    };

/** A target whose servers run as local processes. */
export type LocalTarget =
  | "process"
  | {
      /** Settings of the processes. */
      readonly process: ProcessTarget;
    };

/** A target whose servers run as pods. */
export interface PodTarget {
  /** Settings of the pods. */
  readonly kubernetes: KubernetesTarget;
}

/**
 * Where the servers of a cluster run: in containers of a Docker Engine, as processes on the machine that runs the update, or
 * as pods of Kubernetes.
 */
export type Target = ContainerTarget | LocalTarget | PodTarget;

/** An output that is defined only if servers run in containers of a Docker Engine. */
export type IfDocker<T extends Target, V> = T extends ContainerTarget ? V : undefined;
/** An output that is defined only if servers run as processes. */
export type IfProcess<T extends Target, V> = T extends LocalTarget ? V : undefined;
/** An output that is defined only if servers run as pods. */
export type IfKubernetes<T extends Target, V> = T extends PodTarget ? V : undefined;

/** Names of servers: those of `servers`, for pods each followed by the number of the pod, such as `operator-0`. */
export type ServerNames<T extends Target, Name extends string> = T extends PodTarget ? `${Name}-${number}` : Name;

/** A target with its settings. */
export type KnownTarget =
  | { readonly kind: "docker"; readonly settings: DockerTarget }
  | { readonly kind: "process"; readonly settings: ProcessTarget }
  | { readonly kind: "kubernetes"; readonly settings: KubernetesTarget };

/** Kinds of targets with settings. */
const KINDS = ["docker", "process", "kubernetes"] as const satisfies KnownTarget["kind"][];

const NAMED: Shape = matching(
  'a target: "docker", "process", { docker: { … } }, { process: { … } } or { kubernetes: { … } }',
  "Use one of these values.",
  (value) =>
    value === "docker" ||
    value === "process" ||
    (isRecord(value) && KINDS.filter((kind) => value[kind] !== undefined).length === 1),
);

/** The shape of a target with settings. */
const SETTINGS: Shape = objectOf<{ docker: DockerTarget; process: ProcessTarget; kubernetes: KubernetesTarget }>({
  docker: optional(objectOf<DockerTarget>({ memoryLimit: anyValue, pidsLimit: anyValue })),
  process: optional(objectOf<ProcessTarget>({ binary: anyValue, folder: anyValue })),
  kubernetes: optional(
    objectOf<KubernetesTarget>({
      context: anyValue,
      kubeconfig: anyValue,
      namespace: anyValue,
      resources: optional(objectOf<PodResources>({ requests: anyValue, limits: anyValue })),
      serviceType: anyValue,
      routeServiceType: anyValue,
      imagePullSecrets: anyValue,
      volume: optional(objectOf<StreamVolume>({ size: anyValue, storageClass: anyValue, onDestroy: anyValue })),
    }),
  ),
});

/** The shape of a target. */
export const TARGET: Shape = optional((value, path) => [
  ...(isRecord(value) ? SETTINGS(value, path) : []),
  ...NAMED(value, path),
]);

/** Returns a target with its settings. TARGET reports malformed targets. */
export function resolveTarget(target: Target | undefined): KnownTarget {
  if (target === "process") {
    return { kind: "process", settings: {} };
  }
  const given: unknown = target;
  const kind = KINDS.find((one) => isRecord(given) && isRecord(given[one])) ?? "docker";
  const settings: unknown = isRecord(given) ? given[kind] : undefined;
  return { kind, settings: isRecord(settings) ? settings : {} };
}

/** Returns the absolute path of a target's state folder; undefined for the default. */
export function stateFolder({ folder }: ProcessTarget): pulumi.Output<string> | undefined {
  return folder === undefined ? undefined : pulumi.output(folder).apply((path) => resolve(path));
}
