import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/local-server";
import { PulumiCli } from "../support/stack-cli";

const STACK = "bench";
const RELOADED = /^\[\d+\] (\S+) (\S+) \[INF\] Reloaded server configuration/gm;

/** A stack of one of the programs of benchmarks, on the real engine, whose servers are processes. */
export class BenchStack {
  readonly #backend = temporaryFolder("bench");
  readonly #home = join(this.#backend, "home");
  readonly #program: string;
  readonly #cli: PulumiCli;

  /**
   * @param program the folder of the program, in `programs`
   * @param variables that the program reads
   */
  constructor(program: string, variables: NodeJS.ProcessEnv) {
    this.#program = join(__dirname, "programs", program);
    this.#cli = new PulumiCli(`bench-${program}`, {
      PULUMI_BACKEND_URL: `file://${join(this.#backend, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
      XDG_STATE_HOME: this.#home,
      ...variables,
    });
  }

  /** Creates the stack, without any resource. */
  async init(): Promise<void> {
    await mkdir(join(this.#backend, "state"));
    await this.#run(["stack", "init"]);
  }

  /** Runs an update. @param subject what the one user may publish to that changes */
  up(subject: string): Promise<void> {
    return this.#run(["up", "--yes", "--skip-preview"], { BENCH_SUBJECT: subject });
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
    await this.#run(["destroy", "--yes", "--skip-preview"]).catch(() => undefined);
    await this.#cli.kill();
    await rm(this.#backend, { recursive: true, force: true });
    await rm(join(this.#program, `Pulumi.${STACK}.yaml`), { force: true });
  }

  async #run(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<void> {
    const { code, output } = await this.#cli.run(this.#program, [...args, "--stack", STACK], variables);
    if (code !== 0) {
      throw new Error(output);
    }
  }
}
