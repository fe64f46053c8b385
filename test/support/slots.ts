import assert from "node:assert/strict";
import { waitFor } from "../../provider/servers/log";
import type { Namespace } from "./kubernetes";

/** Milliseconds in which Kubernetes notices a change, on a slow machine. */
const TIMEOUT = 120_000;

/** A resource of nodes of which each pod of a server takes one, and no pod that tests a configuration: how many servers can run. */
export class Slots {
  readonly #resource: string;
  #isSet = false;

  /** @param name one that no other test uses at the same time */
  constructor(
    private readonly namespace: Namespace,
    name: string,
  ) {
    this.#resource = `nats-auth.test/${name}`;
    after("no node has slots", async () => {
      if (this.#isSet) await this.#patchNodes("remove");
    });
  }

  /** The resources of a pod that takes one. */
  get resources() {
    return { requests: { [this.#resource]: "1" }, limits: { [this.#resource]: "1" } };
  }

  /** What Kubernetes reports about a pod for which there is none. */
  get isLacking(): RegExp {
    return new RegExp(`NA5163[^]*Insufficient ${this.#resource}`);
  }

  /** Sets for how many pods of servers there is room. */
  async set(count: number): Promise<void> {
    await this.#patchNodes("add", String(count));
    this.#isSet = true;
    const output = "--output=jsonpath={.items[*].status.allocatable}";
    await this.#until(
      async () => (await this.namespace.kubectl(["get", "nodes", output])).includes(`"${this.#resource}":"${count}"`),
      "the node does not have the slots",
    );
  }

  /** Takes the slot of a pod, which then cannot run again. @param count how many slots remain */
  async take(pod: string, count: number): Promise<void> {
    await this.set(count);
    await this.namespace.kubectl(["delete", "pod", pod, "--grace-period=1"]);
    await this.#until(
      async () =>
        (await this.namespace.kubectl(["get", "pod", pod, "--ignore-not-found", "--output=json"])).includes(
          "Unschedulable",
        ),
      "the pod finds a node",
    );
  }

  async #patchNodes(op: "add" | "remove", value?: string): Promise<void> {
    const nodes = await this.namespace.kubectl(["get", "nodes", "--output=name"]);
    const path = `/status/capacity/${this.#resource.replace("/", "~1")}`;
    const patch = JSON.stringify([{ op, path, value }]);
    for (const node of nodes.trim().split("\n")) {
      await this.namespace.kubectl(["patch", node, "--subresource=status", "--type=json", `--patch=${patch}`]);
    }
  }

  async #until(holds: () => Promise<boolean>, problem: string): Promise<void> {
    assert.equal(await waitFor(async () => (await holds()) || undefined, TIMEOUT), true, problem);
  }
}
