import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { inheritorsOf, signalAll, waitUntilGone } from "../../tools/lib/processes";
import { COMPILE_CACHE } from "./command-hosts";
import { compiled } from "./compiled";

/** What a run of the Pulumi CLI showed. */
export interface CliResult {
  readonly code: number | null;
  /** Both output streams, in the order in which they arrived. */
  readonly output: string;
  readonly stdout: string;
}

/** Every process of a stack inherits this variable, so that none is overlooked. */
const MARK = "NATS_AUTH_TEST_STACK";

/** The variable that names the language host for Node.js, where the Pulumi CLI was built with this one. */
const LANGUAGE_HOST = "PULUMI_NATS_AUTH_LANGUAGE_HOST";

/** The variable that names the language host, compiled; nothing where the CLI has a language host of its own. */
async function languageHost(): Promise<NodeJS.ProcessEnv> {
  const { [LANGUAGE_HOST]: host } = process.env;
  if (host === undefined) return {};
  const script = `#!/bin/sh\nexec node "$(dirname -- "$0")/host.js" "$@"\n`;
  const folder = await compiled("language-host", dirname(host), { "language-host": script });
  return { [LANGUAGE_HOST]: join(folder, "language-host") };
}

/** Lets the CLI and its plugins end before they collect garbage, which takes a sixth of the time of a command. */
const SHORT_LIVED = { GOGC: "off", GOMEMLIMIT: "400MiB" };

/** Milliseconds that killed processes have to be gone. */
const KILL_TIMEOUT = 10_000;

/** The Pulumi CLI in the environment of one stack. All that it ever showed is kept. */
export class PulumiCli {
  readonly #env: NodeJS.ProcessEnv;
  #transcript = "";

  /**
   * @param stack marks the processes
   * @param env variables beside those of this process
   */
  constructor(
    readonly stack: string,
    env: NodeJS.ProcessEnv,
  ) {
    this.#env = { ...process.env, ...SHORT_LIVED, NODE_COMPILE_CACHE: COMPILE_CACHE, ...env, [MARK]: stack };
    delete this.#env.PULUMI_CONFIG_PASSPHRASE_FILE;
  }

  /** Everything that the CLI has shown up to now. */
  get transcript(): string {
    return this.#transcript;
  }

  /** Adds to the transcript what other processes of a command printed. */
  show(text: string): void {
    this.#transcript += text;
  }

  /**
   * Runs a command to its end, whatever the end is, and keeps what it showed.
   *
   * @param cwd the project's folder
   * @param changes variables to set, or to leave out where undefined, for this run alone
   */
  run(cwd: string, args: readonly string[], changes: NodeJS.ProcessEnv = {}): Promise<CliResult> {
    return this.runOther(cwd, ["pulumi", ...args, "--non-interactive", "--color", "never"], changes);
  }

  /** Runs another command, as {@link run} does. */
  async runOther(
    cwd: string,
    [command = "", ...args]: readonly string[],
    changes: NodeJS.ProcessEnv = {},
  ): Promise<CliResult> {
    const variables = { ...this.#env, ...(await languageHost()), ...changes };
    const env = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let stdout = "";
    this.show(`$ ${[command, ...args].join(" ")}\n`);
    const show = (text: string) => {
      output += text;
      this.show(text);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      show(text);
    });
    child.stderr.setEncoding("utf8").on("data", show);
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        this.show("\n");
        resolve({ code, output, stdout });
      });
    });
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

/** Returns the variables that preload a file of this folder into the processes of a command. */
export function preloading(script: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: [process.env.NODE_OPTIONS, `--require="${join(__dirname, script)}"`].join(" ").trim() };
}

/** Returns the variables that make a process of a command stop after a step and report this in a file. */
export function stoppingAfter(step: string, file: string): NodeJS.ProcessEnv {
  return { ...preloading("stop-after-step.cjs"), NATS_AUTH_TEST_STEP: step, NATS_AUTH_TEST_STEP_FILE: file };
}

/** Asserts that a command succeeded, and returns its result. */
export function succeeded(result: CliResult): CliResult {
  assert.equal(result.code, 0, result.output);
  return result;
}

/** Returns what the error of an update that failed reports about the configuration of each server. */
export function activeIn(output: string): string {
  const [, active = assert.fail(output)] = /Currently active:\n([^]*?)Correct the cause/.exec(output) ?? [];
  return active;
}

/** Asserts that a command failed, and returns its result. */
export function failed(result: CliResult): CliResult {
  assert.notEqual(result.code, 0, result.output);
  return result;
}
