import assert from "node:assert/strict";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { pathWith, which } from "../../tools/lib/path";
import { identity, isAlive } from "../../tools/lib/processes";
import { capture } from "../../tools/lib/run";
import { ip, takeSubnet } from "../../tools/lib/subnets";
import { startEngineIn, stopEngine } from "../../tools/parts/dockerd";
import { NODE_VARIABLE } from "../../tools/parts/kubernetes/cluster";

/** Names of network namespaces begin with this, followed by the process that owns them. */
const PREFIX = "nats-auth-";
/** Addresses of hosts begin with this. */
const PREFIX_OF_NETWORKS = "10.199";
/** The number of the node of a Kubernetes cluster in the network of hosts. */
const NODE = 250;
/** Numbers of more addresses of the node, for load balancers. */
const BALANCERS = [251, 252];

/** The rule by which packets of pods get the address of their node. */
const masquerade = (action: "-A" | "-D", device: string): string[] => {
  return ["iptables", "-w", "-t", "nat", action, "POSTROUTING", "-o", device, "-j", "MASQUERADE"];
};

/** Returns whether this process may create network namespaces, and start a Docker daemon in each. */
function canCreateHosts(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}

/** A machine with a Docker Engine: a network namespace with an address of its own, in a network with the other ones. */
export interface EngineHost {
  readonly name: string;
  /** Its address in the network of the hosts, which this machine reaches, too. */
  readonly address: string;
  /** The address of its Docker Engine. */
  readonly engine: string;
  readonly docker: Docker;
}

/** Several machines with a Docker Engine each, for the tests of one file. */
export class EngineHosts {
  /** The number of their network. */
  #number = 0;
  readonly #bridge = `na${process.pid}`;
  readonly #folders: string[] = [];
  readonly #hosts: EngineHost[] = [];
  /** Takes the node of a Kubernetes cluster out of their network. */
  #leave = (): Promise<void> => Promise.resolve();

  get hosts(): readonly EngineHost[] {
    return this.#hosts;
  }

  /** The address of the node of the Kubernetes cluster in the network of the hosts. */
  get node(): string {
    return this.#address(NODE);
  }

  /** Addresses for load balancers of this Kubernetes cluster. */
  get balancers(): readonly string[] {
    return BALANCERS.map((number) => this.#address(number));
  }

  /** Returns a host. */
  host(name: string): EngineHost {
    const found = this.#hosts.find((host) => host.name === name);
    if (found === undefined) throw new Error(`there is no host ${name}`);
    return found;
  }

  /** Creates the machines, and starts their engines. */
  async start(...names: string[]): Promise<void> {
    await ip("link", "add", this.#bridge, "type", "bridge");
    await ip("link", "set", this.#bridge, "up");
    this.#number = await takeSubnet((number) => [`${PREFIX_OF_NETWORKS}.${number}.0/24`, "dev", this.#bridge]);
    await ip("addr", "add", this.#address(1, "/24"), "dev", this.#bridge);
    for (const [index, name] of names.entries()) await this.#add(name, index + 2);
  }

  async #add(name: string, number: number): Promise<void> {
    const namespace = namespaceOf(name);
    const inner = `ne${process.pid}`;
    const outer = `nb${process.pid}-${number}`;
    await ip("netns", "add", namespace);
    await ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", namespace);
    await ip("link", "set", outer, "master", this.#bridge, "up");
    await ip("-n", namespace, "link", "set", "lo", "up");
    await ip("-n", namespace, "addr", "add", this.#address(number, "/24"), "dev", inner);
    await ip("-n", namespace, "link", "set", inner, "up");
    await ip("-n", namespace, "route", "add", "default", "via", this.#address(1));
    const { folder, host, docker } = await startEngineIn(`/var/run/netns/${namespace}`, name);
    this.#folders.push(folder);
    this.#hosts.push({ name, address: this.#address(number), engine: host, docker });
  }

  /**
   * Joins the network of the hosts with the node of a private Kubernetes cluster. What pods send to the hosts has the address of the node, as
   * in most clusters.
   *
   * @param pid a process of the node
   */
  async join(pid: number): Promise<void> {
    const inside = (...command: string[]) => {
      return capture("nsenter", ["--target", String(pid), "--net", "--mount", ...command], {
        env: { ...process.env, PATH: pathWith() },
      });
    };
    const inner = `ne${process.pid}`;
    const outer = linkToNode(process.pid);
    await ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", String(pid));
    this.#leave = async () => {
      await inside(...masquerade("-D", inner)).catch(() => undefined);
      await ip("link", "delete", outer).catch(() => undefined);
    };
    await ip("link", "set", outer, "master", this.#bridge, "up");
    for (const number of [NODE, ...BALANCERS]) {
      await inside("ip", "addr", "add", this.#address(number, "/24"), "dev", inner);
    }
    await inside("ip", "link", "set", inner, "up");
    await inside(...masquerade("-A", inner));
  }

  /** Loads an image into the engines of all hosts. @param archive as `docker save` writes it */
  async loadArchive(archive: Buffer): Promise<void> {
    for (const { docker } of this.#hosts) await finish(await docker.loadImage(Readable.from([archive])));
  }

  /** Copies an image of another engine to all hosts. */
  async load(from: Docker, image: string): Promise<void> {
    for (const { docker } of this.#hosts) {
      await finish(await docker.loadImage(await from.getImage(image).get()));
    }
  }

  /** Describes the containers, networks and volumes on all hosts. */
  async belongings(): Promise<string[]> {
    const lists = await Promise.all(
      this.#hosts.map(async ({ name, docker }) => {
        const [containers, networks, { Volumes: volumes }] = await Promise.all([
          docker.listContainers({ all: true }),
          docker.listNetworks({ filters: { type: ["custom"] } }),
          docker.listVolumes(),
        ]);
        return [
          ...containers.map(({ Names }) => `container ${Names.join()} on ${name}`),
          ...networks.map(({ Name }) => `network ${Name} on ${name}`),
          ...volumes.map(({ Name }) => `volume ${Name} on ${name}`),
        ];
      }),
    );
    return lists.flat();
  }

  /** Stops the engines, and removes the machines. */
  async stop(): Promise<void> {
    await this.#leave();
    for (const folder of this.#folders.splice(0)) await stopEngine(folder);
    for (const { name } of this.#hosts.splice(0)) await ip("netns", "delete", namespaceOf(name));
    await ip("link", "delete", this.#bridge).catch(() => undefined);
  }

  #address(number: number, suffix = ""): string {
    return `${PREFIX_OF_NETWORKS}.${this.#number}.${number}${suffix}`;
  }
}

async function finish(loading: NodeJS.ReadableStream): Promise<void> {
  await new Promise((resolve, reject) => loading.on("end", resolve).on("error", reject).resume());
}

/** The name of this machine's end of a link to the node of a Kubernetes cluster. */
function linkToNode(owner: number | string): string {
  return `nb${owner}-${NODE}`;
}

function namespaceOf(name: string): string {
  return `${PREFIX}${identity()}-${name}`;
}

/** Removes the machines of test runs that were killed, whose engines the tools have stopped. */
export async function clearKilledHosts(): Promise<void> {
  const names = (await ip("netns", "list").catch(() => "")).split("\n").map((line) => line.split(" ")[0] ?? "");
  for (const name of names.filter((found) => found.startsWith(PREFIX))) {
    const [owner = ""] = /\d+-\d+/.exec(name) ?? [];
    if (!isAlive(owner)) {
      const [pid = ""] = owner.split("-");
      await ip("netns", "delete", name);
      for (const link of [`na${pid}`, linkToNode(pid)]) await ip("link", "delete", link).catch(() => undefined);
    }
  }
}

/** Options of {@link useHosts}. */
interface HostsOptions {
  /** Names of the hosts. */
  readonly names?: readonly string[];
  /** Whether the hosts and the node of the private Kubernetes cluster reach each other. */
  readonly reachPods?: boolean;
}

/** Creates hosts with a Docker Engine each for the tests of a describe block, or skips these. */
export function useHosts({ names = ["east", "west"], reachPods = false }: HostsOptions = {}): EngineHosts {
  const machines = new EngineHosts();
  before(`hosts with a Docker Engine each: ${names.join(", ")}`, async function () {
    const { [NODE_VARIABLE]: node } = process.env;
    // `npm test` always has Docker.
    const canReachPods = node !== undefined && which("dockerd") !== undefined;
    if (!canCreateHosts() || (reachPods && !canReachPods)) {
      const needs = `Linux, root${reachPods ? ", a private Kubernetes cluster and Docker" : ""}`;
      console.error(`Several hosts on one machine require ${needs}.`);
      this.skip();
    }
    await machines.start(...names);
    if (reachPods) await machines.join(Number(node));
  });
  // Runs after the hooks of the stack, which removes its containers first.
  after("nothing is left of the hosts", async () => {
    try {
      assert.deepEqual(await machines.belongings(), []);
    } finally {
      await machines.stop();
    }
  });
  return machines;
}
