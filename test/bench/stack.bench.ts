/**
 * Measures 100 users in one account on the real engine against 100 dynamic resources that do nothing, the baseline for
 * any package of this kind. Alternates between the steps of both programs.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/local-server";
import { PulumiCli } from "../support/stack-cli";
import { printRatio, seconds } from "./measure";

const ROUNDS = 3;
const STACK = "bench";

/** Steps of a stack's lifecycle by their name in the result. The state is measured after the first update. */
const STEPS: readonly (readonly [string, readonly string[]])[] = [
  ["preview", ["preview"]],
  ["up", ["up", "--yes", "--skip-preview"]],
  ["up without a change", ["up", "--yes", "--skip-preview"]],
  ["destroy", ["destroy", "--yes", "--skip-preview"]],
];

const STATE_BYTES = "state bytes";

type Figures = Map<string, number[]>;

async function life(program: string, figures: Figures): Promise<void> {
  const backend = temporaryFolder("bench");
  const folder = join(__dirname, "programs", program);
  const passphrase = randomBytes(16).toString("hex");
  const cli = new PulumiCli(`bench-${program}`, {
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
  });
  const run = async (args: readonly string[]) => {
    const { code, output } = await cli.run(folder, [...args, "--stack", STACK]);
    if (code !== 0) {
      throw new Error(output);
    }
  };
  try {
    await mkdir(backend, { recursive: true });
    await run(["stack", "init"]);
    for (const [name, args] of STEPS) {
      record(figures, name, await seconds(() => run(args)));
      if (name === "up") {
        const state = await readFile(join(backend, `.pulumi/stacks/bench-${program}/${STACK}.json`));
        record(figures, STATE_BYTES, state.length);
      }
    }
  } finally {
    await cli.kill();
    await rm(backend, { recursive: true, force: true });
    await rm(join(folder, `Pulumi.${STACK}.yaml`), { force: true });
  }
}

function record(figures: Figures, name: string, figure: number): void {
  figures.set(name, [...(figures.get(name) ?? []), figure]);
}

async function main(): Promise<void> {
  const users: Figures = new Map();
  const empty: Figures = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    await life("users", users);
    await life("empty", empty);
  }
  for (const [name, figures] of users) {
    const unit = name === STATE_BYTES ? "" : ", seconds";
    printRatio(`100 users, ${name}${unit}`, "100 empty resources", figures, empty.get(name) ?? []);
  }
}

void main();
