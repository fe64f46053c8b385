import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { ContainerServer } from "../../provider/servers/docker/container";
import {
  CONFIG_FOLDER,
  formatLimits,
  LIMITS_LABEL,
  pathInContainer,
  RESTART_POLICY,
  SERVER_LABEL,
  SERVER_USER,
  STORE,
} from "../../provider/servers/docker/layout";
import { MAIN_FILE, type ConfigFiles, type Server } from "../../provider/servers/server";
import { mustLeaveNothing } from "../support/leftovers";
import { StackEngine } from "../support/stack-engine";
import type { UnmanagedHost } from "./contract";

const SERVER = "static";

/** Options of a container of an earlier version: its root is writable, and the configuration is a part of it. */
export const EARLIER: Docker.ContainerCreateOptions = {};

/** Limits of containers of this version. */
export const LIMITS = { pids: 200, memory: 256 * 2 ** 20 };

/** Options of a container as this version creates it, with storage. */
export const PRESENT: Docker.ContainerCreateOptions = {
  Volumes: { [CONFIG_FOLDER]: {}, [STORE]: {} },
  Labels: { [LIMITS_LABEL]: formatLimits(LIMITS) },
  HostConfig: { ReadonlyRootfs: true },
};

/** A Docker Engine with a network for the containers of one server. */
export interface ContainerHost extends UnmanagedHost {
  /** Returns the container of a server. */
  containerOf(server: Server): Docker.Container;
  readonly engine: Docker;
}

/** Creates a host whose containers have these options. */
export async function containerHost({
  Labels,
  HostConfig,
  ...options
}: Docker.ContainerCreateOptions): Promise<ContainerHost> {
  const engine = new StackEngine(`t${randomBytes(4).toString("hex")}`);
  mustLeaveNothing({ remains: () => engine.belongings() });
  await engine.prepareImage("NATS_IMAGE");
  const network = `${engine.stack}-contract`;
  await engine.docker.createNetwork({ Name: network });
  const ids = new Map<Server, string>();
  const containerOf = (server: Server) => engine.docker.getContainer(ids.get(server) ?? "");
  return {
    engine: engine.docker,
    containerOf,
    async place() {
      const { id } = await engine.docker.createContainer({
        Image: engine.image,
        Cmd: ["-c", pathInContainer(MAIN_FILE)],
        User: `${SERVER_USER}:${SERVER_USER}`,
        Labels: { [SERVER_LABEL]: SERVER, ...Labels },
        HostConfig: { CapDrop: ["ALL"], RestartPolicy: { Name: RESTART_POLICY }, ...HostConfig },
        NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [SERVER] } } },
        ...options,
      });
      const server = new ContainerServer(SERVER, {}, id);
      ids.set(server, id);
      return server;
    },
    files: (lines = "") => filesWith(`port: 4222\nstore_dir: "${STORE}"\njetstream: true\n${lines}\n`),
    async crash(server) {
      await containerOf(server).kill();
    },
    async pause(server) {
      await containerOf(server).pause();
    },
    async remove(server) {
      await containerOf(server).remove({ force: true, v: true });
    },
    dispose: () => engine.clear(),
  };
}

/** Returns the files of a configuration with these lines. */
export function filesWith(lines: string): ConfigFiles {
  return { [MAIN_FILE]: `${lines}include "./routes.conf"\n`, "routes.conf": "" };
}
