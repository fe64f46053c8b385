import type Docker from "dockerode";
import { START_ADVICE, waitForReload, waitUntilReady } from "../acknowledge";
import { ServerError, ServerRefusal } from "../errors";
import { findComplaints } from "../log";
import type { ConfigFiles, Server, ServerState } from "../server";
import { connectEngine, engineMessage, engineStatus, NOT_FOUND } from "./engine";
import type { EngineAddress } from "./engine-address";
import { getFiles, putFiles } from "./files";
import { engineLimits, RESTART_POLICY } from "./layout";
import { getTexts, type LogLine, readLog } from "./logs";
import { removeLostNetworks } from "./networks";
import { findSiblings, hasRun } from "./siblings";
import { stopContainer } from "./stop";
import { removeKilledTrials, testInImage } from "./trial";

/** The last lines of a log among which complaints are looked for. */
const COMPLAINT_RANGE = 100;

/** A nats-server that is the main process of a container. */
export class ContainerServer implements Server {
  readonly #address: EngineAddress;
  readonly #engine: Docker;
  readonly #container: Docker.Container;

  /**
   * @param name the server's name in the program
   * @param engine the Docker Engine that has the container
   * @param container the container's id
   */
  constructor(
    readonly name: string,
    engine: EngineAddress,
    container: string,
  ) {
    this.#address = engine;
    this.#engine = connectEngine(engine);
    this.#container = this.#engine.getContainer(container);
  }

  async state(): Promise<ServerState> {
    try {
      const { State } = await this.#container.inspect();
      return { process: getProcessState(State), files: await getFiles(this.#container) };
    } catch (error) {
      if (engineStatus(error) === NOT_FOUND) {
        return { process: "absent", files: {} };
      }
      throw this.#engineFailure(error);
    }
  }

  async try(files: ConfigFiles): Promise<string> {
    return testInImage(this.#engine, await this.#container.inspect(), this.name, files);
  }

  put(files: ConfigFiles): Promise<void> {
    return putFiles(this.#container, files);
  }

  async start(): Promise<void> {
    const before = await this.#readLastLine();
    try {
      if (!(await this.#beginStart())) {
        return;
      }
    } catch (error) {
      const output = [`Docker Engine: ${engineMessage(error)}`, START_ADVICE];
      throw new ServerRefusal("NA5002", this.name, "could not be started", output);
    }
    await waitUntilReady(
      this.name,
      () => this.#readLinesAfter(before),
      () => this.#isRunning(),
    );
  }

  async reload(digest: string): Promise<void> {
    const before = await this.#readLastLine();
    try {
      await requestReload(this.#container);
    } catch (error) {
      const output = [`Docker Engine: ${engineMessage(error)}`];
      throw new ServerRefusal("NA5004", this.name, "could not be signalled to reload", output);
    }
    await waitForReload(this.name, digest, () => this.#readLinesAfter(before));
  }

  async stop(): Promise<void> {
    try {
      await stopContainer(this.#container);
    } catch (error) {
      throw this.#engineFailure(error);
    }
  }

  async complaints(): Promise<string[]> {
    return findComplaints(getTexts(await readLog(this.#container, { tail: COMPLAINT_RANGE })));
  }

  /** Returns the ports of its host that it publishes. */
  async publishedPorts(): Promise<number[]> {
    const { HostConfig } = await this.#container.inspect();
    const bindings = Object.values((HostConfig.PortBindings ?? {}) as Record<string, { HostPort: string }[] | null>);
    return bindings.flatMap((all) => (all ?? []).map(({ HostPort }) => Number(HostPort)));
  }

  async predecessors(): Promise<Server[]> {
    const others = await findSiblings(this.#engine, this.#container);
    return others.filter(hasRun).map(({ Id }) => new ContainerServer(this.name, this.#address, Id));
  }

  async removeRemains(): Promise<void> {
    const others = await findSiblings(this.#engine, this.#container);
    await Promise.all(others.map(({ Id }) => this.#engine.getContainer(Id).remove({ force: true, v: true })));
    await removeKilledTrials(this.#engine, this.#container.id);
    await removeLostNetworks(this.#engine, this.#container);
  }

  /** @returns whether the server starts, so that the caller must wait until it is ready */
  async #beginStart(): Promise<boolean> {
    const { State, Config } = await this.#container.inspect();
    if (State.Paused) {
      await this.#container.unpause();
      return false;
    }
    if (State.Restarting) {
      // The engine restarts it repeatedly, after longer and longer pauses. It must start now.
      await this.stop();
    } else if (State.Running) {
      return false;
    }
    await this.#container.update({ RestartPolicy: { Name: RESTART_POLICY }, ...engineLimits(Config.Labels) });
    await this.#container.start();
    return true;
  }

  async #isRunning(): Promise<boolean> {
    const { State } = await this.#container.inspect();
    return State.Running && !State.Restarting;
  }

  async #readLastLine(): Promise<LogLine | undefined> {
    return (await readLog(this.#container, { tail: 1 })).at(-1);
  }

  async #readLinesAfter(line: LogLine | undefined): Promise<string[]> {
    return getTexts(await readLog(this.#container, line === undefined ? {} : { after: line }));
  }

  #engineFailure(error: unknown): ServerError {
    const problem = `the Docker Engine returned an error for the ${this.name} server`;
    return new ServerError("NA5007", problem, [`  ${engineMessage(error)}`], { cause: error });
  }
}

function getProcessState({
  Running,
  Paused,
  Restarting,
}: Docker.ContainerInspectInfo["State"]): ServerState["process"] {
  if (Paused) {
    return "paused";
  }
  return Running && !Restarting ? "running" : "stopped";
}

/** The arguments with which nats-server, run in its container, sends SIGHUP to the main process. */
const RELOAD = ["/proc/1/exe", "--signal", "reload=1"];

/**
 * Makes the server of a container reload its configuration. The engine itself is not used to send the signal: it treats a
 * container to which it sent a signal as stopped by a user, and would not restart it after a crash of the server or a
 * restart of the engine.
 */
export async function requestReload(container: Docker.Container): Promise<void> {
  const exec = await container.exec({ Cmd: RELOAD });
  const output = await exec.start({ Detach: true });
  // It is empty, but the connection stays open until it is read.
  output.resume();
}
