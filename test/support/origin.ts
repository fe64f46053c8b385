import assert from "node:assert/strict";
import { SERVER_LABEL } from "../../provider/servers/docker/layout";
import { serverArchive } from "../../tools/parts/kubernetes/images";
import type { EngineHosts } from "./engine-hosts";
import type { PodStack } from "./pod-stack";
import type { Side } from "./sides";

/** The machine from which the servers of a stack move to pods. */
export interface Origin {
  /** Prepares the machine for the servers. @returns its address, and that of a node, by which pods and machine reach each other */
  prepare(): Promise<{ readonly machine: string; readonly node: string }>;
  /** Other names that a certificate of the servers needs. */
  readonly names: readonly string[];
  /** Identifies each running server, by its name. */
  lives(): Promise<Record<string, string>>;
  /** Returns the log of a server. */
  log(server: Side): Promise<string>;
  /** Ends a server. */
  crash(server: Side): Promise<void>;
  /** Describes what the servers have left. */
  remains(): Promise<string[]>;
}

/** This machine, with servers as processes. Their stored data remains, and is not described. */
export function processesOf(stack: PodStack): Origin {
  const { local } = stack;
  return {
    prepare: () => stack.addresses(),
    names: ["127.0.0.1"],
    lives: () => Promise.resolve(local.livesByName()),
    log: (server) => local.log(server),
    crash: (server) => local.crash(server),
    remains: () => local.listening(),
  };
}

/** A machine with a Docker Engine, which is the default one of the stack's commands. */
export function containersOf(stack: PodStack, hosts: EngineHosts): Origin {
  const only = () => hosts.hosts[0] ?? assert.fail("no host was created");
  const containers = async () => {
    const { docker } = only();
    return (await docker.listContainers()).map(({ Id, Labels }) => ({
      name: Labels[SERVER_LABEL] ?? "",
      container: docker.getContainer(Id),
    }));
  };
  const containerOf = async (server: Side) => {
    return (await containers()).find(({ name }) => name === server)?.container ?? assert.fail(`${server} does not run`);
  };
  return {
    async prepare() {
      const { engine, address } = only();
      stack.env.DOCKER_HOST = engine;
      await hosts.loadArchive(await serverArchive());
      return { machine: address, node: hosts.node };
    },
    // Containers on one machine reach each other by these.
    names: ["static", "operator"],
    async lives() {
      const lives = (await containers()).map(async ({ name, container }) => {
        const { Id, State } = await container.inspect();
        return [name, `${Id} ${State.StartedAt}`] as const;
      });
      return Object.fromEntries(await Promise.all(lives));
    },
    async log(server) {
      const output = await (await containerOf(server)).logs({ stdout: true, stderr: true, follow: false });
      return output.toString("latin1");
    },
    async crash(server) {
      await (await containerOf(server)).stop({ t: 0 });
    },
    remains: () => hosts.belongings(),
  };
}
