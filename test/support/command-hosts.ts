import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { NEWEST_NODE } from "../runner/node-versions";

/** Returns the newest version of Node.js that the tests have: it starts the processes of a command faster than older ones. */
export function newestNode(): string {
  return process.env[NEWEST_NODE] ?? process.execPath;
}

/** Where Node.js 22 and newer keep what they have compiled. */
export const COMPILE_CACHE = join(__dirname, "../../node_modules/.cache/pulumi-nats-auth/node");

/** What a host runs: a file of this folder. */
export type CommandScript = "program-host.cjs" | "provider-host.cjs";

/** The hosts that serve no command at the moment. */
const idle: CommandHost[] = [];

/**
 * A process that does for one command after the other what the Pulumi CLI otherwise starts a new process for: it runs the
 * program, or serves its dynamic resources. Pulumi's SDK and the package stay loaded, for all stacks of this process.
 */
export class CommandHost {
  #printed = "";

  private constructor(
    private readonly script: CommandScript,
    private readonly process: ChildProcess,
    /** Where it serves. */
    readonly port: string,
  ) {}

  /**
   * Returns a host that serves no other command.
   *
   * @param folder folder of the compiled program
   * @param env all of its variables during the command
   */
  static async take(script: CommandScript, folder: string, env: NodeJS.ProcessEnv): Promise<CommandHost> {
    const index = idle.findIndex((host) => host.script === script && host.process.connected);
    const host = idle.splice(index, index < 0 ? 0 : 1)[0] ?? (await CommandHost.#start(script));
    const ready = once(host.process, "message");
    host.process.send({ folder, env });
    await ready;
    return host;
  }

  static async #start(script: CommandScript): Promise<CommandHost> {
    const child = spawn(newestNode(), [join(__dirname, script)], {
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const [stdout, stderr] = [child.stdout as Socket, child.stderr as Socket];
    stderr.pipe(process.stderr, { end: false });
    const failed = once(child, "exit").then(() => Promise.reject(new Error(`${script} has ended`)));
    const [port] = await Promise.race([once(createInterface(stdout), "line") as Promise<[string]>, failed]);
    failed.catch(() => undefined);
    const host = new CommandHost(script, child, port);
    for (const stream of [stdout, stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (host.#printed += text));
    }
    // It ends with this process.
    for (const handle of [child, child.channel, stdout, stderr]) handle?.unref();
    return host;
  }

  /**
   * Returns the host after a command.
   *
   * @param ends true if it must not serve another one, such as after a killed command, which it still serves
   * @returns everything that it printed meanwhile
   */
  release(ends: boolean): string {
    if (ends) this.process.kill("SIGKILL");
    else idle.push(this);
    const printed = this.#printed;
    this.#printed = "";
    return printed;
  }
}
