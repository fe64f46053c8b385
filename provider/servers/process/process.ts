import { spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { START_ADVICE, waitForReload, waitUntilReady } from "../acknowledge";
import { ServerError, ServerRefusal } from "../errors";
import { findComplaints } from "../log";
import type { ConfigFiles, Server, ServerState } from "../server";
import { checkOwnFolder, getFiles, putFiles, removeOwnFolder, removeUnfinished } from "./files";
import { commandOf, isPlace } from "./layout";
import { getLogMark, LOG_START, openLog, readLinesSince } from "./logs";
import { findSiblings } from "./siblings";
import { stopProcess } from "./stop";
import { findAgain, findRunningServers, sendSignal, type RunningServer } from "./process-table";
import { testInFolder } from "./trial";

/** A nats-server that is a process on this machine. */
export class ProcessServer implements Server {
  readonly #place: string;
  /** The process that was found last. */
  #found: RunningServer | undefined;

  /**
   * @param name the server's name in the program
   * @param place the path of its own folder
   */
  constructor(
    readonly name: string,
    place: string,
  ) {
    this.#place = place;
  }

  async state(): Promise<ServerState> {
    const files = await getFiles(this.#place);
    return files === undefined
      ? { process: "absent", files: {} }
      : { process: getProcessState(this.#findRunning()), files };
  }

  try(files: ConfigFiles): Promise<string> {
    return testInFolder(this.#place, this.name, files);
  }

  put(files: ConfigFiles): Promise<void> {
    return putFiles(this.#place, files);
  }

  async start(): Promise<void> {
    const running = this.#findRunning();
    if (running !== undefined) {
      // Resumes a paused server, and does not affect any other.
      sendSignal(running, "SIGCONT");
      return;
    }
    const before = await getLogMark(this.#place);
    await this.#spawn();
    const isRunning = () => Promise.resolve(this.#findRunning() !== undefined);
    await waitUntilReady(this.name, () => readLinesSince(this.#place, before), isRunning, [START_ADVICE]);
  }

  async reload(digest: string): Promise<void> {
    const before = await getLogMark(this.#place);
    const running = this.#findRunning();
    if (running === undefined) {
      throw new ServerRefusal("NA5004", this.name, "ended before it could reload its configuration");
    }
    sendSignal(running, "SIGHUP");
    await waitForReload(this.name, digest, () => readLinesSince(this.#place, before));
  }

  async stop(): Promise<void> {
    const running = this.#findRunning();
    if (running !== undefined) {
      await stopProcess(running);
    }
  }

  async complaints(): Promise<string[]> {
    return findComplaints(await readLinesSince(this.#place, LOG_START));
  }

  async predecessors(): Promise<Server[]> {
    const others = await findSiblings(this.#place);
    return others.filter(({ hasRun }) => hasRun).map(({ place }) => new ProcessServer(this.name, place));
  }

  async removeRemains(): Promise<void> {
    const others = await findSiblings(this.#place);
    await Promise.all(others.map(({ place }) => new ProcessServer(this.name, place).remove()));
    await removeUnfinished(this.#place);
  }

  /**
   * Stops the server and removes its place.
   *
   * @throws ServerError when the place is not a folder of this user, or is not named as a place
   */
  async remove(): Promise<void> {
    if (!isPlace(this.#place)) {
      throw new ServerError("NA5009", `${this.#place} is not the folder of a server, so it was not deleted`);
    }
    await checkOwnFolder(this.#place);
    await this.stop();
    await removeOwnFolder(this.#place);
  }

  /**
   * Finds the process. The table of all processes takes tens of milliseconds to read, in which servers that reload together would
   * disagree.
   */
  #findRunning(): RunningServer | undefined {
    this.#found =
      (this.#found && findAgain(this.#found)) ?? findRunningServers().find(({ place }) => place === this.#place);
    return this.#found;
  }

  /**
   * Starts the executable as a detached process, which continues when this one ends. Its environment is empty: it depends
   * on its configuration only, and must not receive the passphrase of a stack.
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
      throw new ServerRefusal("NA5002", this.name, "could not be started", [String(error)]);
    } finally {
      await log.close();
    }
  }
}

function getProcessState(running: RunningServer | undefined): ServerState["process"] {
  if (running === undefined) {
    return "stopped";
  }
  return running.paused ? "paused" : "running";
}
