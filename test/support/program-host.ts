import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { NEWEST_NODE } from "../runner/node-versions";

const SCRIPT = join(__dirname, "program-host.cjs");

/** Returns the newest version of Node.js that the tests have: it starts the processes of a command faster than older ones. */
export function newestNode(): string {
  return process.env[NEWEST_NODE] ?? process.execPath;
}

/** A process that runs the program of a stack for every command; see program-host.cjs. */
export class ProgramHost {
  #running: { readonly process: ChildProcess; readonly environment: string; readonly port: string } | undefined;

  /** @param folder the folder of the compiled program */
  constructor(readonly folder: string) {}

  /**
   * Returns the address for the flag `--client` of the Pulumi CLI. Starts the process first if it does not run with these
   * variables.
   */
  async address(env: NodeJS.ProcessEnv): Promise<string> {
    const environment = JSON.stringify(env);
    if (this.#running?.environment !== environment) {
      await this.stop();
      const child = spawn(newestNode(), [SCRIPT, this.folder], {
        cwd: this.folder,
        env,
        stdio: ["pipe", "pipe", "inherit"],
      });
      const failed = once(child, "exit").then(() => Promise.reject(new Error("the host of the program has ended")));
      const [port] = await Promise.race([once(createInterface(child.stdout), "line") as Promise<[string]>, failed]);
      failed.catch(() => undefined);
      this.#running = { process: child, environment, port };
    }
    return `127.0.0.1:${this.#running.port}`;
  }

  /** Ends the process, if it runs. */
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
