import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { inheritorsOf, signalAll, waitUntilGone } from "../../tools/lib/processes";

/** What a run of the Pulumi CLI showed. */
export interface CliResult {
  readonly code: number | null;
  /** Both output streams, in the order in which they arrived. */
  readonly output: string;
  readonly stdout: string;
}

/** Every process of a stack inherits this variable, so that none is overlooked. */
const MARK = "NATS_AUTH_TEST_STACK";

/** Milliseconds that killed processes have to be gone. */
const KILL_TIMEOUT = 10_000;
/** Milliseconds in which a running command must have shown what is waited for. */
const SHOW_TIMEOUT = 60_000;
const PAUSE = 5;

/** The Pulumi CLI in the environment of one stack. All that it ever showed is kept. */
export class PulumiCli {
  readonly #env: NodeJS.ProcessEnv;
  #transcript = "";
  #running = "";

  /**
   * @param stack marks the processes
   * @param env variables beside those of this process
   */
  constructor(
    readonly stack: string,
    env: NodeJS.ProcessEnv,
  ) {
    this.#env = { ...process.env, ...env, [MARK]: stack };
    delete this.#env.PULUMI_CONFIG_PASSPHRASE_FILE;
  }

  /** Everything that the CLI has shown up to now. */
  get transcript(): string {
    return this.#transcript;
  }

  /**
   * Runs a command to its end, whatever the end is, and keeps what it showed.
   *
   * @param cwd the project's folder
   * @param changes variables to set, or to leave out where undefined, for this run alone
   */
  async run(cwd: string, args: readonly string[], changes: NodeJS.ProcessEnv = {}): Promise<CliResult> {
    const result = await this.ask(cwd, args, changes);
    this.#transcript += `$ pulumi ${args.join(" ")}\n${result.output}\n`;
    return result;
  }

  /** Runs a command that is asked for secrets, so that its answer is not kept. */
  ask(cwd: string, args: readonly string[], changes: NodeJS.ProcessEnv = {}): Promise<CliResult> {
    const env = Object.fromEntries(
      Object.entries({ ...this.#env, ...changes }).filter(([, value]) => value !== undefined),
    );
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let stdout = "";
    const show = (text: string) => {
      output += text;
      this.#running = output;
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      show(text);
    });
    child.stderr.setEncoding("utf8").on("data", show);
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        resolve({ code, output, stdout });
      });
    });
  }

  /** Waits until the command that runs has shown a text. */
  async shows(text: string): Promise<void> {
    const deadline = performance.now() + SHOW_TIMEOUT;
    while (!this.#running.includes(text)) {
      if (performance.now() > deadline) {
        throw new Error(`the running command does not say ${JSON.stringify(text)}: ${this.#running}`);
      }
      await sleep(PAUSE);
    }
  }

  /** The processes of this stack that still run: the CLI, its plugins, the program. */
  processes(): number[] {
    return inheritorsOf(MARK, (stack) => stack === this.stack);
  }

  /** Waits until what a command left behind has ended by itself. @returns whether it did */
  ended(): Promise<boolean> {
    return waitUntilGone(() => this.processes(), KILL_TIMEOUT);
  }

  /** Ends every process of this stack. */
  async kill(): Promise<void> {
    signalAll(this.processes(), "SIGKILL");
    await this.ended();
  }
}
