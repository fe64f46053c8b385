import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { waitFor } from "../../provider/servers/log";
import {
  isRunning,
  findRunningServers,
  sendSignal,
  type RunningServer,
} from "../../provider/servers/process/process-table";
import { removeCluster } from "./local-server";
import { SIDES, type Side } from "./sides";
import { listeningAt } from "./sockets";
import type { Life, StackServers } from "./stack-servers";

/** Milliseconds in which a process that was killed has ended. */
const KILL_TIMEOUT = 10_000;

/** The servers of a stack that are processes of this machine. */
export class StackProcesses implements StackServers {
  readonly placeResources = 3;
  readonly placeType = "ServerProcess";

  /** @param home the folder for the state of programs, of this stack alone */
  constructor(readonly home: string) {}

  lives(): Promise<Record<Side, Life>> {
    const life = (side: Side): Life => {
      const { place, pid, started } = this.#running(side);
      return { id: place, startedAt: `${pid} ${started}` };
    };
    return Promise.resolve({ static: life("static"), operator: life("operator") });
  }

  /** Identifies each server that runs, by its name. */
  livesByName(): Record<string, string> {
    return Object.fromEntries(
      this.all().map(({ place, pid, started }) => [place.split("/").at(-2) ?? "", `${place} ${pid} ${started}`]),
    );
  }

  async configuration(side: Side): Promise<Record<string, string>> {
    const files = await this.allFiles(side);
    return Object.fromEntries(Object.entries(files).filter(([name]) => name.endsWith(".conf")));
  }

  async configurations(): Promise<Record<Side, Record<string, string>>> {
    return { static: await this.configuration("static"), operator: await this.configuration("operator") };
  }

  async allFiles(side: Side): Promise<Record<string, string>> {
    const place = await this.#place(side);
    const entries = await readdir(place, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    return Object.fromEntries(
      await Promise.all(files.map(async (name) => [name, await readFile(join(place, name), "utf8")] as const)),
    );
  }

  async log(side: Side): Promise<string> {
    return (await this.allFiles(side))["nats.log"] ?? "";
  }

  async seen(side: Side): Promise<string> {
    const { pid } = this.#running(side);
    const files = ["cmdline", "environ", "status"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8"));
    return (await Promise.all(files)).join("\n");
  }

  listening(): Promise<string[]> {
    return Promise.resolve(this.all().flatMap(({ pid }) => listeningAt(pid)));
  }

  async crash(side: Side): Promise<void> {
    await end(this.#running(side));
  }

  pause(side: Side): Promise<void> {
    sendSignal(this.#running(side), "SIGSTOP");
    return Promise.resolve();
  }

  async edit(side: Side, config: string): Promise<void> {
    await writeFile(join(await this.#place(side), "nats.conf"), config);
  }

  async remove(side: Side): Promise<void> {
    const running = this.#running(side);
    await end(running);
    await rm(running.place, { recursive: true });
  }

  async belongings(): Promise<string[]> {
    const files = existsSync(this.home) ? await readdir(this.home, { recursive: true }) : [];
    return [
      ...this.all().map(({ pid, place }) => `process ${pid} of ${place}`),
      ...files.map((name) => `file ${name}`),
    ];
  }

  async leftOvers(): Promise<string[]> {
    const needed = SIDES.map((side) => this.#running(side));
    const files = ["", "/nats-server", "/nats.conf", "/routes.conf", "/nats.log"];
    const names = needed.flatMap(({ pid, place }) => {
      const folder = relative(this.home, place);
      const paths = [...files.map((name) => folder + name), ...parentsOf(folder)];
      return [`process ${pid} of ${place}`, ...paths.map((path) => `file ${path}`)];
    });
    const found = (await this.belongings()).filter((what) => !names.includes(what));
    // What a server stores by itself outlives its places.
    return found.filter((what) => !/\/(static|operator)\/store($|\/)/.test(what));
  }

  async clear(): Promise<void> {
    await Promise.all(this.all().map(end));
    removeCluster(this.home);
  }

  /** The servers that run. */
  all(): RunningServer[] {
    return findRunningServers().filter(({ place }) => place.startsWith(`${this.home}/`));
  }

  #running(side: Side): RunningServer {
    const found = this.all().filter(({ place }) => sideOf(place) === side);
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw new Error(`there are ${found.length} processes of the ${side} server`);
    }
    return only;
  }

  /** The one place of a server, whether it runs or not. */
  async #place(side: Side): Promise<string> {
    const names = await readdir(this.home, { recursive: true });
    const configs = names.filter((name) => name.endsWith("/nats.conf") && sideOf(dirname(name)) === side);
    const [only] = configs;
    if (only === undefined || configs.length > 1) {
      throw new Error(`there are ${configs.length} places of the ${side} server`);
    }
    return dirname(join(this.home, only));
  }
}

/** The folders above a path. */
function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === "." ? [] : [parent, ...parentsOf(parent)];
}

function sideOf(place: string): Side | undefined {
  return SIDES.find((side) => dirname(place).endsWith(`/${side}`));
}

async function end(running: RunningServer): Promise<void> {
  sendSignal(running, "SIGKILL");
  await waitFor(() => Promise.resolve(isRunning(running) ? undefined : true), KILL_TIMEOUT);
}
