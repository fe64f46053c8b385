import { randomBytes } from "node:crypto";
import { statSync, watch } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/local-server";
import { PulumiCli } from "../support/stack-cli";
import { freePorts } from "../support/stack-ports";
import { cost, type Cost } from "./measure";

const STACK = "bench";
const STATE_FILE = `${STACK}.json`;

/** A command that is measured. */
export type Command = "up" | "preview" | "destroy";

/** A stack of a program with users, of which the benchmarks measure each command. */
export class UsersStack {
  readonly #backend = temporaryFolder("bench");
  readonly #folder: string;
  #cli: PulumiCli | undefined;

  constructor(readonly program: string) {
    this.#folder = join(__dirname, "programs", program);
  }

  async prepare(): Promise<void> {
    await mkdir(join(this.#backend, "state"));
    this.#cli = new PulumiCli(`bench-${this.program}`, {
      PULUMI_BACKEND_URL: `file://${join(this.#backend, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
      XDG_STATE_HOME: join(this.#backend, "home"),
      BENCH_PORTS: (await freePorts(4)).join(","),
    });
    await this.#run(["stack", "init"]);
  }

  /** Runs a command with a number of users. @returns what it costs */
  measure(command: Command, users: number): Promise<Cost> {
    const args = command === "preview" ? [command] : [command, "--yes", "--skip-preview"];
    return cost(() => this.#run(args, { BENCH_USERS: String(users) }));
  }

  /** Runs a command as {@link measure} does. @returns the sizes of the state that it writes, one by one, in bytes */
  async measureWrites(command: Command, users: number): Promise<{ readonly cost: Cost; readonly writes: number[] }> {
    const writes: number[] = [];
    const watcher = watch(this.#states, (event, name) => {
      if (event === "rename" && name === STATE_FILE) {
        writes.push(statSync(join(this.#states, STATE_FILE), { throwIfNoEntry: false })?.size ?? 0);
      }
    });
    try {
      return { cost: await this.measure(command, users), writes };
    } finally {
      watcher.close();
    }
  }

  async stateBytes(): Promise<number> {
    return (await stat(join(this.#states, STATE_FILE))).size;
  }

  get #states(): string {
    return join(this.#backend, `state/.pulumi/stacks/bench-${this.program}`);
  }

  async remove(): Promise<void> {
    await this.#cli?.kill();
    await rm(this.#backend, { recursive: true, force: true });
    await rm(join(this.#folder, `Pulumi.${STACK}.yaml`), { force: true });
  }

  async #run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
    const result = await this.#cli?.run(this.#folder, [...args, "--stack", STACK], env);
    if (result?.code !== 0) {
      throw new Error(result?.output);
    }
  }
}
