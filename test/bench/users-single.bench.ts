/**
 * Measures 100 and 1,000 users in one account on the real engine against as many dynamic resources that do nothing, the baseline
 * for any package of this kind. Resources that store one secret each show how much of the rest is the engine's: it encrypts and writes
 * each secret with each step. Alternates between the programs.
 */
import { BenchStack, type Command } from "./bench-stack";
import { median, printCosts, printLoad, printRatio, type Cost } from "./measure";

/** How many resources, and how often they are measured. */
const SIZES = [
  { resources: 100, rounds: 3 },
  { resources: 1_000, rounds: 1 },
] as const;

/** Steps of a stack's lifecycle by their name in the result. The state is measured after the first update. */
const STEPS: readonly (readonly [string, Command])[] = [
  ["preview", "preview"],
  ["up", "up"],
  ["up without a change", "up"],
  ["destroy", "destroy"],
];

/** Programs, by the kind of resources that they have. The last one has empty resources. */
const PROGRAMS = {
  "users of a role": "role-users",
  "users with own permissions": "users",
  "resources with a secret": "secrets",
  "empty resources": "empty",
} as const;
const PEER = "empty resources";

/** The figures of one program: what each step costs, and the bytes of the state. */
interface Figures {
  readonly steps: Map<string, Cost[]>;
  readonly stateBytes: number[];
}

async function life(program: string, resources: number, figures: Figures): Promise<void> {
  const stack = new BenchStack(program, { BENCH_USERS: `${resources}` });
  try {
    await stack.init();
    for (const [name, command] of STEPS) {
      figures.steps.set(name, [...(figures.steps.get(name) ?? []), await stack.measure(command)]);
      if (name === "up") {
        figures.stateBytes.push(await stack.stateBytes());
      }
    }
  } finally {
    await stack.dispose();
  }
}

/** Prints the figures of a number of resources. @returns them by program */
async function compare({ resources, rounds }: (typeof SIZES)[number]): Promise<Map<string, Figures>> {
  const all = new Map<string, Figures>();
  for (let round = 0; round < rounds; round++) {
    for (const [what, program] of Object.entries(PROGRAMS)) {
      const figures = all.get(what) ?? { steps: new Map<string, Cost[]>(), stateBytes: [] };
      all.set(what, figures);
      await life(program, resources, figures);
    }
  }
  const count = resources.toLocaleString("en");
  const peer = `${count} ${PEER}`;
  const empty = all.get(PEER);
  for (const [what, { steps, stateBytes }] of all) {
    if (what !== PEER) {
      for (const [name, costs] of steps) {
        printCosts(`${count} ${what}, ${name}`, peer, costs, empty?.steps.get(name) ?? []);
      }
      printRatio(`${count} ${what}, state bytes`, peer, stateBytes, empty?.stateBytes ?? []);
    }
  }
  return all;
}

async function main(): Promise<void> {
  printLoad();
  const [few, many] = [await compare(SIZES[0]), await compare(SIZES[1])];
  const of = (costs: readonly Cost[] = []) => median(costs.map(({ wall, cpu }) => cpu ?? wall));
  for (const [what, { steps }] of few) {
    for (const [name, costs] of steps) {
      const growth = of(many.get(what)?.steps.get(name)) / of(costs);
      console.log(`${what}, ${name}: grows ${growth.toFixed(1)} times with ten times as many`);
    }
  }
  printLoad();
}

void main();
