import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { promisify } from "node:util";
import type Docker from "dockerode";
import { identity, isAlive } from "../../tools/lib/processes";
import { startEngineIn, stopEngine } from "../../tools/parts/dockerd";

const run = promisify(execFile);

const ip = async (...args: string[]): Promise<string> => (await run("ip", args)).stdout;

/** Names of network namespaces begin with this, followed by the process that owns them. */
const PREFIX = "nats-auth-";

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
class EngineHosts {
  readonly #index = randomInt(1, 250);
  readonly #bridge = `na${process.pid}`;
  readonly #folders: string[] = [];
  readonly #hosts: EngineHost[] = [];

  get hosts(): readonly EngineHost[] {
    return this.#hosts;
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
    await ip("addr", "add", this.#address(1, "/24"), "dev", this.#bridge);
    await ip("link", "set", this.#bridge, "up");
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

  /** Copies an image of another engine to all hosts. */
  async load(from: Docker, image: string): Promise<void> {
    for (const { docker } of this.#hosts) {
      const loading = await docker.loadImage(await from.getImage(image).get());
      await new Promise((resolve, reject) => loading.on("end", resolve).on("error", reject).resume());
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
    for (const folder of this.#folders.splice(0)) await stopEngine(folder);
    for (const { name } of this.#hosts.splice(0)) await ip("netns", "delete", namespaceOf(name));
    await ip("link", "delete", this.#bridge).catch(() => undefined);
  }

  #address(number: number, suffix = ""): string {
    return `10.199.${this.#index}.${number}${suffix}`;
  }
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
      await ip("netns", "delete", name);
      await ip("link", "delete", `na${owner.split("-")[0] ?? ""}`).catch(() => undefined);
    }
  }
}

/** Creates the hosts `east` and `west` with a Docker Engine each for the tests of a describe block, or skips these. */
export function useHosts(): EngineHosts {
  const machines = new EngineHosts();
  before("two hosts with a Docker Engine each", async function () {
    if (!canCreateHosts()) {
      console.error("Two hosts on one machine require Linux and root.");
      this.skip();
    }
    await machines.start("east", "west");
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
