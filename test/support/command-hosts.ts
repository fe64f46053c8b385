import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { NEWEST_NODE } from "../runner/node-versions";

/** Returns the newest version of Node.js that the tests have: it starts the processes of a command faster than older ones. */
export function newestNode(): string {
  return process.env[NEWEST_NODE] ?? process.execPath;
}

/** A process that does for every command what the Pulumi CLI otherwise starts a new process for. */
class HostProcess {
  #running: { readonly process: ChildProcess; readonly environment: string; readonly port: string } | undefined;

  /**
   * @param script what it runs: a file of this folder, which prints the port on which it serves
   * @param folder the folder of the compiled program
   */
  constructor(
    readonly script: string,
    readonly folder: string,
  ) {}

  /** Its pid; undefined if it does not run. */
  get pid(): number | undefined {
    return this.#running?.process.pid;
  }

  /** Returns its port. Starts it first if it does not run with these variables. */
  async port(env: NodeJS.ProcessEnv): Promise<string> {
    const environment = JSON.stringify(env);
    if (this.#running?.environment !== environment) {
      await this.stop();
      const child = spawn(newestNode(), [join(__dirname, this.script), this.folder], {
        cwd: this.folder,
        env,
        stdio: ["pipe", "pipe", "inherit"],
      });
      const failed = once(child, "exit").then(() => Promise.reject(new Error(`${this.script} has ended`)));
      const [port] = await Promise.race([once(createInterface(child.stdout), "line") as Promise<[string]>, failed]);
      failed.catch(() => undefined);
      this.#running = { process: child, environment, port };
    }
    return this.#running.port;
  }

  /** Ends it, if it runs. */
  async stop(): Promise<void> {
    const { process: child } = this.#running ?? {};
    this.#running = undefined;
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
  }
}

/** Commands that run the program. */
const RUNNING_PROGRAM = ["preview", "up"];

/**
 * The processes of a stack that serve all of its commands: one runs the program, another serves its dynamic resources.
 * Pulumi's SDK and the package stay loaded between commands.
 */
export class CommandHosts {
  readonly #program: HostProcess;
  readonly #provider: HostProcess;

  /**
   * @param project name of the Pulumi project
   * @param folder folder of its compiled program
   */
  constructor(
    readonly project: string,
    folder: string,
  ) {
    this.#program = new HostProcess("program-host.cjs", folder);
    this.#provider = new HostProcess("provider-host.cjs", folder);
  }

  /** Returns the arguments that make a command of the Pulumi CLI use the process of the program. */
  async program(command: string, env: NodeJS.ProcessEnv): Promise<string[]> {
    return RUNNING_PROGRAM.includes(command) ? ["--client", `127.0.0.1:${await this.#program.port(env)}`] : [];
  }

  /** Returns the variables that make a command use the process of the dynamic resources. */
  async provider(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
    const port = await this.#provider.port({ ...env, PULUMI_NODEJS_PROJECT: this.project });
    return { PULUMI_DEBUG_PROVIDERS: `pulumi-nodejs:${port}` };
  }

  /** Ends the process of the program, after a command was killed that it served. */
  async stopProgram(): Promise<void> {
    await this.#program.stop();
  }

  /** The processes that run. */
  processes(): number[] {
    return [this.#program, this.#provider].flatMap(({ pid }) => pid ?? []);
  }

  /** Ends the processes. */
  async stop(): Promise<void> {
    await Promise.all([this.#program.stop(), this.#provider.stop()]);
  }
}
