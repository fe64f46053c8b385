import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Size } from "../../model/form/quantities";
import { anyValue, isRecord, matching, objectOf, optional, type Shape } from "../../model/form/shape";

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

/** A target whose servers run in containers. */
export type ContainerTarget =
  | "docker"
  | {
      /** Settings of the containers. */
      readonly docker: DockerTarget;
    };

/**
 * Where the servers of a cluster run: in containers of a Docker Engine, or as processes on the machine that runs the
 * update.
 */
export type Target =
  | ContainerTarget
  | "process"
  | {
      /** Settings of the processes. */
      readonly process: ProcessTarget;
    };

/** An output that is defined only if servers run in containers. */
export type IfDocker<T extends Target, V> = T extends ContainerTarget ? V : undefined;
/** An output that is defined only if servers run as processes. */
export type IfProcess<T extends Target, V> = T extends ContainerTarget ? undefined : V;

/** Kinds of targets with settings. */
const KINDS = ["docker", "process"] as const;

const NAMED: Shape = matching(
  'a target: "docker", "process", { docker: { … } } or { process: { … } }',
  "Use one of these values.",
  (value) =>
    value === "docker" ||
    value === "process" ||
    (isRecord(value) && KINDS.filter((kind) => value[kind] !== undefined).length === 1),
);

/** The shape of a target with settings. */
const SETTINGS: Shape = objectOf<{ docker: DockerTarget; process: ProcessTarget }>({
  docker: optional(objectOf<DockerTarget>({ memoryLimit: anyValue, pidsLimit: anyValue })),
  process: optional(objectOf<ProcessTarget>({ binary: anyValue, folder: anyValue })),
});

/** The shape of a target. */
export const TARGET: Shape = optional((value, path) => [
  ...(isRecord(value) ? SETTINGS(value, path) : []),
  ...NAMED(value, path),
]);

/** Returns the settings of processes; undefined if servers run in containers. */
export function processTarget(target: Target | undefined): ProcessTarget | undefined {
  return target === "process" ? {} : settingsOf(target, "process");
}

/** Returns the settings of containers; none if servers run as processes. */
export function dockerTarget(target: Target | undefined): DockerTarget {
  return settingsOf(target, "docker") ?? {};
}

/** Returns the settings of one kind of target. TARGET reports malformed targets. */
function settingsOf(target: unknown, kind: (typeof KINDS)[number]): object | undefined {
  const settings = isRecord(target) ? target[kind] : undefined;
  return isRecord(settings) ? settings : undefined;
}

/** Returns the absolute path of a target's state folder; undefined for the default. */
export function stateFolder({ folder }: ProcessTarget): pulumi.Output<string> | undefined {
  return folder === undefined ? undefined : pulumi.output(folder).apply((path) => resolve(path));
}
