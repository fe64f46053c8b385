import { spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { acknowledged, GO_ON, started } from "../acknowledge";
import { ServerRefusal, type ConfigFiles, type Server, type ServerState } from "../server";
import { getFiles, putFiles, removeFolder, removeUnfinished } from "./files";
import { commandOf } from "./layout";
import { linesSince, markOf, openLog } from "./logs";
import { siblings } from "./siblings";
import { stopProcess } from "./stop";
import { runningServers, signal, type Running } from "./table";
import { tryInFolder } from "./trial";

/** A nats-server that is a process of this machine. */
export class ProcessServer implements Server {
  readonly #place: string;

  /**
   * @param name what the program calls the server
   * @param place the folder that it has for itself
   */
  constructor(
    readonly name: string,
    place: string,
  ) {
    this.#place = place;
  }

  async state(): Promise<ServerState> {
    const files = await getFiles(this.#place);
    return files === undefined ? { process: "absent", files: {} } : { process: processOf(this.#running()), files };
  }

  try(files: ConfigFiles): Promise<string> {
    return tryInFolder(this.#place, this.name, files);
  }

  put(files: ConfigFiles): Promise<void> {
    return putFiles(this.#place, files);
  }

  async start(): Promise<void> {
    const running = this.#running();
    if (running !== undefined) {
      // One that was paused goes on; to one that was not, this signal means nothing.
      signal(running, "SIGCONT");
      return;
    }
    const before = await markOf(this.#place);
    await this.#spawn();
    const isThere = () => Promise.resolve(this.#running() !== undefined);
    await started(this.name, () => linesSince(this.#place, before), isThere, [GO_ON]);
  }

  async reload(digest: string): Promise<void> {
    const before = await markOf(this.#place);
    const running = this.#running();
    if (running === undefined) {
      throw new ServerRefusal(this.name, "has ended before it could reload its configuration", []);
    }
    signal(running, "SIGHUP");
    await acknowledged(this.name, digest, () => linesSince(this.#place, before));
  }

  async stop(): Promise<void> {
    const running = this.#running();
    if (running !== undefined) {
      await stopProcess(running);
    }
  }

  async predecessors(): Promise<Server[]> {
    const others = await siblings(this.#place);
    return others.filter(({ hasRun }) => hasRun).map(({ place }) => new ProcessServer(this.name, place));
  }

  async removeRemains(): Promise<void> {
    const others = await siblings(this.#place);
    await Promise.all(others.map(({ place }) => new ProcessServer(this.name, place).remove()));
    await removeUnfinished(this.#place);
  }

  /** Stops the server for good, and takes its place away. */
  async remove(): Promise<void> {
    await this.stop();
    await removeFolder(this.#place);
  }

  #running(): Running | undefined {
    return runningServers().find(({ place }) => place === this.#place);
  }

  /**
   * Starts the executable as a process of its own, which goes on when this one ends. It gets no variables: what it runs
   * with is what its configuration says, and the passphrase of a stack is none of its business.
   */
  async #spawn(): Promise<void> {
    const log = await openLog(this.#place);
    try {
      const [executable, argument] = commandOf(this.#place);
      const stdio: StdioOptions = ["ignore", log.fd, log.fd];
      const child = spawn(executable, [argument], { cwd: this.#place, detached: true, env: {}, stdio });
      await once(child, "spawn");
      child.unref();
    } catch (error) {
      throw new ServerRefusal(this.name, "could not be started", [String(error)]);
    } finally {
      await log.close();
    }
  }
}

function processOf(running: Running | undefined): ServerState["process"] {
  if (running === undefined) {
    return "stopped";
  }
  return running.paused ? "paused" : "running";
}
