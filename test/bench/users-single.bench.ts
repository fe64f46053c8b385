/**
 * Measures 100 and 1,000 users in one account on the real engine against as many dynamic resources that do nothing, the baseline
 * for any package of this kind. Alternates between the steps of both programs.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/local-server";
import { PulumiCli } from "../support/stack-cli";
import { median, printRatio, seconds } from "./measure";

/** How many resources, and how often they are measured. */
const SIZES = [
  { resources: 100, rounds: 3 },
  { resources: 1_000, rounds: 1 },
] as const;
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

async function life(program: string, resources: number, figures: Figures): Promise<void> {
  const backend = temporaryFolder("bench");
  const folder = join(__dirname, "programs", program);
  const passphrase = randomBytes(16).toString("hex");
  const cli = new PulumiCli(`bench-${program}`, {
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    BENCH_USERS: String(resources),
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

/** Prints the figures of a number of users. @returns them */
async function compare({ resources, rounds }: (typeof SIZES)[number]): Promise<Figures> {
  const users: Figures = new Map();
  const empty: Figures = new Map();
  for (let round = 0; round < rounds; round++) {
    await life("users", resources, users);
    await life("empty", resources, empty);
  }
  const count = resources.toLocaleString("en");
  for (const [name, figures] of users) {
    const unit = name === STATE_BYTES ? "" : ", seconds";
    printRatio(`${count} users, ${name}${unit}`, `${count} empty resources`, figures, empty.get(name) ?? []);
  }
  return users;
}

async function main(): Promise<void> {
  const [few, many] = [await compare(SIZES[0]), await compare(SIZES[1])];
  for (const [name, figures] of few) {
    if (name !== STATE_BYTES) {
      const growth = median(many.get(name) ?? []) / median(figures);
      console.log(`${name} grows ${growth.toFixed(1)} times with ten times the users`);
    }
  }
}

void main();
