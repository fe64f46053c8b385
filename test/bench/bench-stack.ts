import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync, watch } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startedFrom } from "../../tools/lib/processes";
import { temporaryFolder } from "../support/local-server";
import { PulumiCli } from "../support/stack-cli";
import { cost, type Cost } from "./measure";

const STACK = "bench";
const STATE_FILE = `${STACK}.json`;
const RELOADED = /^\[\d+\] (\S+) (\S+) \[INF\] Reloaded server configuration/gm;

/** How often the memory of processes is read, in milliseconds. */
const MEMORY_PAUSE = 500;

/** The garbage collection of the CLI stays as it is by default, unlike that of short tests: states of thousands of users need it. */
const AS_USERS_HAVE_IT = { GOGC: undefined, GOMEMLIMIT: undefined };

/** A command that is measured. */
export type Command = "up" | "preview" | "destroy";

/**
 * A stack of one of the programs of benchmarks, on the real engine, whose servers are processes. All its files are in a temporary
 * folder, which is removed even if the benchmark is killed.
 */
export class BenchStack {
  readonly #backend = temporaryFolder("bench");
  readonly #home = join(this.#backend, "home");
  readonly #config = join(this.#backend, `Pulumi.${STACK}.yaml`);
  readonly #program: string;
  readonly #states: string;
  readonly #cli: PulumiCli;

  /**
   * @param program the folder of the program, in `programs`
   * @param variables that the program reads
   */
  constructor(
    readonly program: string,
    variables: NodeJS.ProcessEnv = {},
  ) {
    this.#program = join(__dirname, "programs", program);
    this.#states = join(this.#backend, `state/.pulumi/stacks/bench-${program}`);
    this.#cli = new PulumiCli(`bench-${program}`, {
      PULUMI_BACKEND_URL: `file://${join(this.#backend, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
      XDG_STATE_HOME: this.#home,
      ...AS_USERS_HAVE_IT,
      ...variables,
    });
  }

  /** Creates the stack, without any resource. */
  async init(): Promise<void> {
    await mkdir(join(this.#backend, "state"));
    // The CLI writes the configuration of a new stack next to the project file.
    await writeFile(join(this.#backend, "Pulumi.yaml"), `name: bench-${this.program}\nruntime: nodejs\n`);
    await this.#run(this.#backend, ["stack", "init", STACK, "--no-select"]);
  }

  /** Runs a command. @returns what it costs */
  measure(command: Command, variables: NodeJS.ProcessEnv = {}): Promise<Cost> {
    const args = command === "preview" ? [command] : [command, "--yes", "--skip-preview"];
    const own = ["--stack", STACK, "--config-file", this.#config];
    return cost(() => this.#run(this.#program, [...args, ...own], variables));
  }

  /** Runs a command as {@link measure} does. @returns the sizes of the state that it writes, one by one, in bytes */
  async measureWrites(
    command: Command,
    variables: NodeJS.ProcessEnv,
  ): Promise<{ readonly cost: Cost; readonly writes: number[] }> {
    const writes: number[] = [];
    const watcher = watch(this.#states, (event, name) => {
      if (event === "rename" && name === STATE_FILE) {
        writes.push(statSync(join(this.#states, STATE_FILE), { throwIfNoEntry: false })?.size ?? 0);
      }
    });
    try {
      return { cost: await this.measure(command, variables), writes };
    } finally {
      watcher.close();
    }
  }

  /**
   * Runs a command as {@link measure} does. @returns the most memory that the CLI, its plugins, the program and the servers have taken
   * together, in bytes
   */
  async measureMemory(
    command: Command,
    variables: NodeJS.ProcessEnv,
  ): Promise<{ readonly cost: Cost; readonly bytes: number }> {
    let bytes = 0;
    const timer = setInterval(() => {
      const processes = new Set([...this.#cli.processes(), ...startedFrom(this.#home)]);
      bytes = Math.max(
        bytes,
        [...processes].map(residentBytes).reduce((sum, each) => sum + each, 0),
      );
    }, MEMORY_PAUSE);
    try {
      return { cost: await this.measure(command, variables), bytes };
    } finally {
      clearInterval(timer);
    }
  }

  /** Returns the size of the state in bytes. */
  async stateBytes(): Promise<number> {
    return (await stat(join(this.#states, STATE_FILE))).size;
  }

  /** Returns when each server has reloaded last, in milliseconds since 1970, by its log. */
  async reloads(): Promise<number[]> {
    const names = await readdir(this.#home, { recursive: true });
    const logs = names.filter((name) => name.endsWith("nats.log"));
    return Promise.all(
      logs.map(async (name) => {
        const last = [...(await readFile(join(this.#home, name), "utf8")).matchAll(RELOADED)].at(-1);
        return last === undefined ? 0 : Date.parse(`${last[1]?.replaceAll("/", "-") ?? ""}T${last[2] ?? ""}`);
      }),
    );
  }

  /** Removes everything. */
  async dispose(): Promise<void> {
    if (existsSync(this.#home)) {
      await this.measure("destroy").catch(() => undefined);
    }
    await this.#cli.kill();
    await rm(this.#backend, { recursive: true, force: true });
  }

  async #run(folder: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<void> {
    const { code, output } = await this.#cli.run(folder, args, variables);
    if (code !== 0) {
      throw new Error(output);
    }
  }
}

/** Returns the memory of a process, in bytes; zero for one that has ended. */
function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
