import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../../model/form/diagnostics";
import { anything, isRecord, objectOf, optional, type Shape } from "../../model/form/shape";

/** How servers run as processes of this machine. */
export interface ProcessTarget {
  /**
   * The nats-server executable: a path, or a name that is looked for on `PATH`. It is version 2.11 or newer.
   *
   * @default nats-server
   */
  binary?: pulumi.Input<string>;
  /**
   * The folder for the state of programs. The cluster gets a folder below it, `pulumi-nats-auth/<project>-<stack>-<name>-…`,
   * with the configurations, the logs and what streams store.
   *
   * @default $XDG_STATE_HOME, else ~/.local/state
   */
  folder?: pulumi.Input<string>;
}

/**
 * Where the servers of a cluster run: in containers of a Docker Engine, or as processes of the machine that runs the
 * update.
 */
export type Target = "docker" | "process" | { readonly process: ProcessTarget };

/** A value that there is only where servers run in containers. */
export type OfContainers<T extends Target, V> = T extends "docker" ? V : undefined;
/** A value that there is only where servers run as processes. */
export type OfProcesses<T extends Target, V> = T extends "docker" ? undefined : V;

/** What a target of processes may say. */
const PROCESS: Shape = objectOf<{ process: ProcessTarget }>({
  process: objectOf<ProcessTarget>({ binary: anything, folder: anything }),
});

/** What is wrong with the shape of a target. */
export const TARGET: Shape = optional((value, path) => {
  if (value === "docker" || value === "process") {
    return [];
  }
  if (isRecord(value)) {
    return PROCESS(value, path);
  }
  const problem = 'is no target; a target is "docker", "process" or { process: { … } }';
  return [{ diagnostic: { path, value: shown(value), problem, remedy: "Write one of them." }, hides: true }];
});

/** The settings of processes, or undefined where servers run in containers. */
export function processTarget(target: Target | undefined): ProcessTarget | undefined {
  if (target === "process") {
    return {};
  }
  // What is no target at all is said elsewhere.
  return isRecord(target) && isRecord(target.process) ? target.process : undefined;
}

/** The folder for the state of programs that a target says, as an absolute path. */
export function homeOf({ folder }: ProcessTarget): pulumi.Output<string> | undefined {
  return folder === undefined ? undefined : pulumi.output(folder).apply((path) => resolve(path));
}
