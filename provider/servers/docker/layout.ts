/** The folder of the configuration in the container: a volume of the container alone, because its root is read-only. */
export const CONFIG_FOLDER = "/nats-auth";

/** The folder of JetStream storage in the container, where a volume is mounted if streams are stored. */
export const STORE = "/nats-auth-store";

/** The user and group of the server: nobody, in every image. */
export const SERVER_USER = 65534;

/** Returns the path in the container of a file of the configuration. */
export function pathInContainer(file: string): string {
  return `${CONFIG_FOLDER}/${file}`;
}

/** The label that identifies the server of a cluster to which a container belongs. */
export const SERVER_LABEL = "pulumi-nats-auth.server";

/**
 * The label that identifies the cluster to which a network belongs. It finds networks that a killed update created, and
 * that are in no state.
 */
export const CLUSTER_LABEL = "pulumi-nats-auth.cluster";

/** The label with the limits of a container, which gets them when it starts. A change of it replaces the container. */
export const LIMITS_LABEL = "pulumi-nats-auth.limits";

/** Limits of a container. */
interface Limits {
  /** Memory in bytes; undefined without a limit. */
  readonly memory?: number;
  /** Number of processes and threads. */
  readonly pids: number;
}

/** Returns the value of the label with limits. */
export function formatLimits({ memory, pids }: Limits): string {
  return [...(memory === undefined ? [] : [`memory=${memory}`]), `pids=${pids}`].join(" ");
}

/** Returns the limits in labels as the engine expects them; none for a container that an earlier version created. */
export function engineLimits({ [LIMITS_LABEL]: limits = "" }: Readonly<Record<string, string>>): {
  readonly Memory?: number;
  readonly MemorySwap?: number;
  readonly PidsLimit?: number;
} {
  const [memory, pids] = ["memory", "pids"].map((name) => new RegExp(`\\b${name}=(\\d+)`).exec(limits)?.[1]);
  return {
    // The same limit for memory and swap together: no swap.
    ...(memory === undefined ? {} : { Memory: Number(memory), MemorySwap: Number(memory) }),
    ...(pids === undefined ? {} : { PidsLimit: Number(pids) }),
  };
}

/** The restart policy of containers: the engine restarts a server unless it was stopped. */
export const RESTART_POLICY = "unless-stopped";
