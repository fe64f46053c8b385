import { rm } from "node:fs/promises";
import { waitFor } from "../../provider/servers/log";
import { findRunningServers, sendSignal, type RunningServer } from "../../provider/servers/process/process-table";
import { MAIN_FILE, type ConfigFiles, type Server } from "../../provider/servers/server";
import { newCluster, newServer, removeCluster } from "../support/local-server";
import { ScriptedServer } from "../support/scripted-server";
import { freePorts } from "../support/stack-ports";
import { containerHost, EARLIER, filesWith, PRESENT } from "./container-host";
import {
  realServerContract,
  serverContract,
  unmanagedServerContract,
  type ServerHost,
  type UnmanagedHost,
} from "./contract";

const SERVER = "static";
/** Milliseconds in which a process that was signalled has ended. */
const END_TIMEOUT = 10_000;

async function processHost(): Promise<UnmanagedHost> {
  const cluster = newCluster();
  const [port = 0] = await freePorts(1);
  const places = new Map<Server, string>();
  const running = (server: Server): RunningServer | undefined =>
    findRunningServers().find(({ place }) => place === places.get(server));
  const signalled = (server: Server, name: NodeJS.Signals) => {
    const found = running(server);
    if (found !== undefined) sendSignal(found, name);
  };
  const isGone = (server: Server) => () => Promise.resolve(running(server) === undefined ? true : undefined);
  const crash = async (server: Server) => {
    signalled(server, "SIGKILL");
    await waitFor(isGone(server), END_TIMEOUT);
  };
  return {
    async place() {
      const { server, place } = await newServer(cluster, SERVER);
      places.set(server, place);
      return server;
    },
    files: (lines = "") => filesWith(`host: 127.0.0.1\nport: ${port}\nlog_file: "nats.log"\n${lines}\n`),
    crash,
    async pause(server) {
      signalled(server, "SIGSTOP");
      await waitFor(() => Promise.resolve(running(server)?.paused === true ? true : undefined), END_TIMEOUT);
    },
    async remove(server) {
      await crash(server);
      await rm(places.get(server) ?? "", { recursive: true });
    },
    dispose() {
      removeCluster(cluster);
      return Promise.resolve();
    },
  };
}

function scriptedHost(): Promise<ServerHost> {
  return Promise.resolve({
    place: () => {
      const refuses = (_step: string, { [MAIN_FILE]: text = "" }: ConfigFiles) => text.includes("[");
      return Promise.resolve(new ScriptedServer(SERVER, [], { process: "stopped", files: {} }, refuses));
    },
    files: (lines = "") => filesWith(`${lines}\n`),
    dispose: () => Promise.resolve(),
  });
}

const REAL_HOSTS: Readonly<Record<string, () => Promise<UnmanagedHost>>> = {
  "a process": processHost,
  "a container": () => containerHost(PRESENT),
  "a container of an earlier version": () => containerHost(EARLIER),
};

for (const [what, host] of Object.entries(REAL_HOSTS)) {
  describe(`a server in ${what}`, function () {
    this.timeout(120_000);
    describe("as every server", () => {
      serverContract(host);
    });
    describe("as every real server", () => {
      realServerContract(host);
    });
    describe("as every server that is not managed", () => {
      unmanagedServerContract(host);
    });
  });
}

describe("the scripted server of tests, as every server", () => {
  serverContract(scriptedHost);
});
