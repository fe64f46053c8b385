/**
 * Measures 100 and 1,000 users in one account on the real engine against as many dynamic resources that do nothing, the baseline
 * for any package of this kind. Alternates between the steps of both programs.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/local-server";
import { PulumiCli } from "../support/stack-cli";
import { cost, median, printCosts, printLoad, printRatio, type Cost } from "./measure";

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

/** The figures of one program: what each step costs, and the bytes of the state. */
interface Figures {
  readonly steps: Map<string, Cost[]>;
  readonly stateBytes: number[];
}

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
      figures.steps.set(name, [...(figures.steps.get(name) ?? []), await cost(() => run(args))]);
      if (name === "up") {
        figures.stateBytes.push(
          (await readFile(join(backend, `.pulumi/stacks/bench-${program}/${STACK}.json`))).length,
        );
      }
    }
  } finally {
    await cli.kill();
    await rm(backend, { recursive: true, force: true });
    await rm(join(folder, `Pulumi.${STACK}.yaml`), { force: true });
  }
}

/** Prints the figures of a number of users. @returns them */
async function compare({ resources, rounds }: (typeof SIZES)[number]): Promise<Figures> {
  const users: Figures = { steps: new Map(), stateBytes: [] };
  const empty: Figures = { steps: new Map(), stateBytes: [] };
  for (let round = 0; round < rounds; round++) {
    await life("users", resources, users);
    await life("empty", resources, empty);
  }
  const count = resources.toLocaleString("en");
  const peer = `${count} empty resources`;
  for (const [name, costs] of users.steps) {
    printCosts(`${count} users, ${name}`, peer, costs, empty.steps.get(name) ?? []);
  }
  printRatio(`${count} users, state bytes`, peer, users.stateBytes, empty.stateBytes);
  return users;
}

async function main(): Promise<void> {
  printLoad();
  const [few, many] = [await compare(SIZES[0]), await compare(SIZES[1])];
  for (const [name, costs] of few.steps) {
    const of = (all: readonly Cost[] = []) => median(all.map(({ wall, cpu }) => cpu ?? wall));
    console.log(`${name} grows ${(of(many.steps.get(name)) / of(costs)).toFixed(1)} times with ten times the users`);
  }
  printLoad();
}

void main();
