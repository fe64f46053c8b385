import type Docker from "dockerode";
import { acknowledged, GO_ON, started } from "../acknowledge";
import { ServerRefusal, type ConfigFiles, type Server, type ServerState } from "../server";
import type { EngineAddress } from "./address";
import { engineAt, engineStatus, engineWords, NOT_FOUND } from "./engine";
import { getFiles, putFiles } from "./files";
import { linesOf, logLines, type LogLine } from "./logs";
import { RESTART_POLICY } from "./layout";
import { removeLostNetworks } from "./networks";
import { hasRun, siblings } from "./siblings";
import { stopContainer } from "./stop";
import { tellToReload } from "./reload";
import { removeKilledTrials, tryInImage } from "./trial";

/** A nats-server that is the first process of a container. */
export class ContainerServer implements Server {
  readonly #address: EngineAddress;
  readonly #engine: Docker;
  readonly #container: Docker.Container;

  /**
   * @param name what the program calls the server
   * @param engine the Docker Engine that has the container
   * @param container the container's id
   */
  constructor(
    readonly name: string,
    engine: EngineAddress,
    container: string,
  ) {
    this.#address = engine;
    this.#engine = engineAt(engine);
    this.#container = this.#engine.getContainer(container);
  }

  async state(): Promise<ServerState> {
    try {
      const { State } = await this.#container.inspect();
      return { process: processOf(State), files: await getFiles(this.#container) };
    } catch (error) {
      if (engineStatus(error) === NOT_FOUND) {
        return { process: "absent", files: {} };
      }
      throw this.#unreachable(error);
    }
  }

  async try(files: ConfigFiles): Promise<string> {
    return tryInImage(this.#engine, await this.#container.inspect(), this.name, files);
  }

  put(files: ConfigFiles): Promise<void> {
    return putFiles(this.#container, files);
  }

  async start(): Promise<void> {
    const before = await this.#lastLine();
    try {
      if (!(await this.#starting())) {
        return;
      }
    } catch (error) {
      throw new ServerRefusal(this.name, "could not be started; the Docker Engine says", [engineWords(error), GO_ON]);
    }
    await started(
      this.name,
      () => this.#linesAfter(before),
      () => this.#isThere(),
    );
  }

  async reload(digest: string): Promise<void> {
    const before = await this.#lastLine();
    try {
      await tellToReload(this.#container);
    } catch (error) {
      throw new ServerRefusal(this.name, "could not be told to reload; the Docker Engine says", [engineWords(error)]);
    }
    await acknowledged(this.name, digest, () => this.#linesAfter(before));
  }

  async stop(): Promise<void> {
    try {
      await stopContainer(this.#container);
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  async predecessors(): Promise<Server[]> {
    const others = await siblings(this.#engine, this.#container);
    return others.filter(hasRun).map(({ Id }) => new ContainerServer(this.name, this.#address, Id));
  }

  async removeRemains(): Promise<void> {
    const others = await siblings(this.#engine, this.#container);
    await Promise.all(others.map(({ Id }) => this.#engine.getContainer(Id).remove({ force: true, v: true })));
    await removeKilledTrials(this.#engine, this.#container.id);
    await removeLostNetworks(this.#engine, this.#container);
  }

  /** @returns whether a start has begun that has to be waited for */
  async #starting(): Promise<boolean> {
    const { State } = await this.#container.inspect();
    if (State.Paused) {
      await this.#container.unpause();
      return false;
    }
    if (State.Restarting) {
      // The engine starts it again and again, and waits longer each time: it is to start now.
      await this.stop();
    } else if (State.Running) {
      return false;
    }
    await this.#container.update({ RestartPolicy: { Name: RESTART_POLICY } });
    await this.#container.start();
    return true;
  }

  async #isThere(): Promise<boolean> {
    const { State } = await this.#container.inspect();
    return State.Running && !State.Restarting;
  }

  async #lastLine(): Promise<LogLine | undefined> {
    return (await logLines(this.#container, { tail: 1 })).at(-1);
  }

  async #linesAfter(line: LogLine | undefined): Promise<string[]> {
    return linesOf(await logLines(this.#container, line === undefined ? {} : { after: line }));
  }

  #unreachable(error: unknown): Error {
    return new Error(`the Docker Engine cannot say how the ${this.name} server is: ${engineWords(error)}`, {
      cause: error,
    });
  }
}

function processOf({ Running, Paused, Restarting }: Docker.ContainerInspectInfo["State"]): ServerState["process"] {
  if (Paused) {
    return "paused";
  }
  return Running && !Restarting ? "running" : "stopped";
}
