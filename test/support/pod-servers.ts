import assert from "node:assert/strict";
import { fileInPod, podName } from "../../provider/servers/kubernetes/layout";
import type { Namespace } from "./kubernetes";
import { SIDES, type Side } from "./sides";
import type { StackPods } from "./stack-pods";
import type { Life, StackServers } from "./stack-servers";

/** The file of a pod by which the package knows which version of the others has arrived. */
const VERSION_FILE = "version.conf";

/** The two servers of a stack that are pods: one of each mode. */
export class PodServers implements StackServers {
  readonly placeResources = 10;
  readonly placeType = "StatefulSet";

  constructor(
    private readonly namespace: Namespace,
    private readonly pods: StackPods,
  ) {}

  async lives(): Promise<Record<Side, Life>> {
    const lives = await this.pods.lives();
    const life = (side: Side): Life => {
      const [id = "", startedAt = ""] = (lives[`${side}-0`] ?? assert.fail(`${side} does not run`)).split(" ");
      return { id, startedAt };
    };
    return { static: life("static"), operator: life("operator") };
  }

  async configuration(side: Side): Promise<Record<string, string>> {
    const { length } = fileInPod(podOf(side), "");
    const files = Object.entries(await this.pods.files(side)).map(([key, text]) => [key.slice(length), text] as const);
    return Object.fromEntries(files.filter(([name]) => name !== VERSION_FILE));
  }

  async configurations(): Promise<Record<Side, Record<string, string>>> {
    return { static: await this.configuration("static"), operator: await this.configuration("operator") };
  }

  async allFiles(side: Side): Promise<Record<string, string>> {
    const { length } = fileInPod(podOf(side), "");
    return Object.fromEntries(
      Object.entries(await this.pods.files(side)).map(([key, text]) => [key.slice(length), text]),
    );
  }

  log(side: Side): Promise<string> {
    return this.namespace.kubectl(["logs", podOf(side)]);
  }

  /** Every object of the namespace but Secrets. */
  seen(): Promise<string> {
    const kinds = "statefulsets,pods,services,poddisruptionbudgets,controllerrevisions,events";
    return this.namespace.kubectl(["get", kinds, "--output", "json"]);
  }

  /** A pod has an address of its own. */
  listening(): Promise<string[]> {
    return Promise.resolve([]);
  }

  /** A pod that ended would be started again by Kubernetes. */
  crash(side: Side): Promise<void> {
    return this.pods.scale(side, 0);
  }

  pause(): Promise<void> {
    return Promise.reject(new Error("Kubernetes pauses no pods"));
  }

  edit(side: Side, config: string): Promise<void> {
    return this.pods.edit(side, fileInPod(podOf(side), "nats.conf"), config);
  }

  remove(side: Side): Promise<void> {
    return this.pods.remove(side);
  }

  belongings(): Promise<string[]> {
    return this.pods.belongings();
  }

  leftOvers(): Promise<string[]> {
    return this.pods.leftOvers(SIDES);
  }

  /** The namespace is removed with everything in it. */
  clear(): Promise<void> {
    return Promise.resolve();
  }
}

function podOf(side: Side): string {
  return podName(`nats-${side}`, 0);
}
