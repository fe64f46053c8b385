import assert from "node:assert/strict";
import { waitFor } from "../../provider/servers/log";
import type { Namespace } from "./kubernetes";

/** A pod as Kubernetes shows it, as far as the tests read it. */
interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly creationTimestamp: string };
  readonly status: {
    readonly podIP?: string;
    readonly containerStatuses?: readonly {
      readonly containerID?: string;
      readonly state?: { readonly running?: { readonly startedAt: string } };
    }[];
  };
}

/** Milliseconds in which Kubernetes creates or removes something. */
const TIMEOUT = 60_000;

/** The pods of a cluster called `nats`, as an administrator of the namespace sees them. */
export class StackPods {
  constructor(private readonly namespace: Namespace) {}

  /** The identity of the container in each pod, by the name of its server. */
  async lives(): Promise<Record<string, string>> {
    return Object.fromEntries(
      (await this.#pods()).map(({ metadata: { name, uid }, status: { containerStatuses: [container] = [] } }) => {
        return [name.replace(/^nats-/, ""), `${uid} ${container?.containerID ?? ""}`] as const;
      }),
    );
  }

  /** When each pod was created, and when its server was started, the first one first. */
  async starts(): Promise<{ readonly created: string; readonly started: string }[]> {
    const starts = (await this.#pods()).map(({ metadata, status: { containerStatuses: [container] = [] } }) => {
      return { created: metadata.creationTimestamp, started: container?.state?.running?.startedAt ?? "" };
    });
    return starts.sort((one, other) => one.created.localeCompare(other.created));
  }

  /**
   * When each server has reloaded its configuration for the last time, in Unix milliseconds.
   *
   * @param since reloads before are left out
   * @param servers these alone; all by default
   */
  async reloads(since: number, servers?: readonly string[]): Promise<number[]> {
    const names =
      servers?.map((server) => `nats-${server}`) ?? (await this.#pods()).map(({ metadata: { name } }) => name);
    const logs = names.map((name) => {
      return this.namespace.kubectl(["logs", name, "--timestamps", `--since-time=${new Date(since).toISOString()}`]);
    });
    return (await Promise.all(logs)).flatMap((log) => {
      const lines = log
        .split("\n")
        .filter((line) => line.includes("Reloaded: ") || line.includes("Reloaded server configuration"));
      const [time] = lines.at(-1)?.split(" ") ?? [];
      return time === undefined ? [] : [Date.parse(time)];
    });
  }

  /** The content of the Secret of an entry of `servers`. */
  async files(entry: string): Promise<Record<string, string>> {
    const { data = {} } = JSON.parse(await this.#get("secret", `nats-${entry}`)) as { data?: Record<string, string> };
    return Object.fromEntries(
      Object.entries(data).map(([name, text]) => [name, Buffer.from(text, "base64").toString()]),
    );
  }

  /** Replaces a file in the Secret of an entry. */
  async edit(entry: string, file: string, text: string): Promise<void> {
    await this.#patch(`secret/nats-${entry}`, { stringData: { [file]: text } });
  }

  /** Changes the number of pods of an entry. */
  async scale(entry: string, replicas: number): Promise<void> {
    await this.namespace.kubectl(["scale", `statefulset/nats-${entry}`, `--replicas=${replicas}`]);
    const isDone = async () => ((await this.#count(entry)) === replicas ? true : undefined);
    assert.equal(await waitFor(isDone, TIMEOUT), true, `${entry} does not have ${replicas} pods`);
  }

  /** The number of pods to which the Service of an entry leads. */
  async countReady(entry: string): Promise<number> {
    const text = await this.#get("endpointslices", `--selector=kubernetes.io/service-name=nats-${entry}`);
    const { items } = JSON.parse(text) as { items: { endpoints: null | { conditions: { ready: boolean } }[] }[] };
    return items.flatMap(({ endpoints }) => (endpoints ?? []).filter(({ conditions }) => conditions.ready)).length;
  }

  /** The ports of the nodes for clients of an entry, by the names of the ports of its Service. */
  async nodePorts(entry: string): Promise<Record<string, number>> {
    const { spec } = JSON.parse(await this.#get("service", `nats-${entry}`)) as {
      spec: { ports: { name: string; nodePort: number }[] };
    };
    return Object.fromEntries(spec.ports.map(({ name, nodePort }) => [name, nodePort]));
  }

  /** Gives the Service of an entry a load balancer, as a cloud does. @returns its address, which this machine reaches by way of the node */
  async balanceLoad(entry: string): Promise<string> {
    const [{ status: { podIP = "" } } = assert.fail("no pods")] = await this.#pods();
    const ip = podIP.replace(/\d+$/, "250");
    await this.namespace.kubectl([
      ...["patch", `service/nats-${entry}`, "--subresource=status", "--type=merge"],
      `--patch=${JSON.stringify({ status: { loadBalancer: { ingress: [{ ip }] } } })}`,
    ]);
    return ip;
  }

  /** Waits until a pod of any entry may be evicted. */
  async awaitBudget(): Promise<void> {
    const mayEvict = async () => {
      const { status } = JSON.parse(await this.#get("poddisruptionbudget", "nats")) as {
        status: { disruptionsAllowed: number };
      };
      return status.disruptionsAllowed === 1 ? true : undefined;
    };
    assert.equal(await waitFor(mayEvict, TIMEOUT), true, "no pod may be evicted");
  }

  /** Evicts the pod of a server, as a drain of its node does. @throws if Kubernetes refuses that */
  async evict(server: string): Promise<void> {
    const name = `nats-${server}`;
    const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name } };
    const path = `/api/v1/namespaces/${this.namespace.name}/pods/${name}/eviction`;
    await this.namespace.kubectl(["create", "--raw", path, "--filename=-"], JSON.stringify(eviction));
  }

  /** Changes the template of an entry, as `kubectl rollout restart` does. */
  async annotateTemplate(entry: string): Promise<void> {
    const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
    await this.#patch(`statefulset/nats-${entry}`, { spec: { template: { metadata: { annotations } } } });
  }

  /** Deletes a StatefulSet with its pods. */
  async remove(entry: string): Promise<void> {
    await this.namespace.kubectl(["delete", `statefulset/nats-${entry}`, "--cascade=foreground", "--grace-period=1"]);
    const isDone = async () => ((await this.#count(entry)) === 0 ? true : undefined);
    assert.equal(await waitFor(isDone, TIMEOUT), true, `${entry} still has pods`);
  }

  /** Objects of the namespace that a program creates; those that Kubernetes creates with each namespace are left out. */
  async belongings(): Promise<string[]> {
    const kinds = "statefulsets,pods,services,secrets,poddisruptionbudgets,controllerrevisions,persistentvolumeclaims";
    const names = await this.namespace.kubectl(["get", kinds, "--output", "name"]);
    return names.trim().split("\n").filter(Boolean).sort();
  }

  /** Describes objects other than those of some entries of `servers`, each with the pods that its StatefulSet has. */
  async leftOvers(entries: readonly string[]): Promise<string[]> {
    const names = entries.map((entry) => `nats-${entry}`);
    const ofEntry = new RegExp(
      [
        `^(statefulset|service|secret)[^/]*/(${names.join("|")})$`,
        `^pod/(${names.join("|")})-\\d+$`,
        `^controllerrevision[^/]*/(${names.join("|")})-[a-z0-9]+$`,
        `^persistentvolumeclaim/store-(${names.join("|")})-\\d+$`,
        "^(service|poddisruptionbudget)[^/]*/nats$",
      ].join("|"),
    );
    return (await this.belongings()).filter((name) => !ofEntry.test(name));
  }

  async #count(entry: string): Promise<number> {
    return (await this.#pods(`--selector=pulumi-nats-auth/server=${entry}`)).length;
  }

  async #pods(...flags: string[]): Promise<Pod[]> {
    return (JSON.parse(await this.#get("pods", ...flags)) as { items: Pod[] }).items;
  }

  #get(...args: string[]): Promise<string> {
    return this.namespace.kubectl(["get", ...args, "--output", "json"]);
  }

  async #patch(object: string, patch: object): Promise<void> {
    await this.namespace.kubectl(["patch", object, "--type=merge", "--patch", JSON.stringify(patch)]);
  }
}
