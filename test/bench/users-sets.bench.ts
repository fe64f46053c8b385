/**
 * What changes of a set of 10,000 users cost on the real engine and on the two servers, beside an empty set. Alternates between the
 * lives of both.
 */
import { freePorts } from "../support/stack-ports";
import { BenchStack } from "./bench-stack";
import { printCosts, printLoad, printRatio, type Cost } from "./measure";

const USERS = 10_000;
const ROUNDS = 3;

/** What the steps in the lives of a set cost. */
interface SetFigures {
  readonly up: Cost[];
  readonly again: Cost[];
  readonly added: Cost[];
  readonly preview: Cost[];
  readonly destroy: Cost[];
  /** Bytes of the state. */
  bytes: number;
  /** How often an update writes a state that is at least half as large as the final one. */
  writes: Readonly<Record<"up" | "added", number>>;
}

/** Deploys a set of a size, and one more user. */
async function live(users: number, figures: SetFigures): Promise<void> {
  const stack = new BenchStack("fleet", { BENCH_PORTS: (await freePorts(4)).join(",") });
  const [present, oneMore] = [{ BENCH_USERS: `${users}` }, { BENCH_USERS: `${users + 1}` }];
  try {
    await stack.init();
    const up = await stack.measureWrites("up", present);
    figures.up.push(up.cost);
    const bytes = await stack.stateBytes();
    figures.again.push(await stack.measure("up", present));
    const added = await stack.measureWrites("up", oneMore);
    figures.added.push(added.cost);
    figures.preview.push(await stack.measure("preview", oneMore));
    figures.destroy.push(await stack.measure("destroy", oneMore));
    const large = (writes: readonly number[]) => writes.filter((size) => size > bytes / 2).length;
    figures.bytes = bytes;
    figures.writes = { up: large(up.writes), added: large(added.writes) };
  } finally {
    await stack.dispose();
  }
}

/** What a set costs while the present and the former key of each user are valid. */
interface OverlapFigures {
  readonly rotated: Cost[];
  readonly again: Cost[];
  /** Bytes of the state. */
  bytes: number;
}

/** Deploys a set of a size, and rotates all keys. */
async function rotate(users: number, figures: OverlapFigures): Promise<void> {
  const stack = new BenchStack("fleet", { BENCH_PORTS: (await freePorts(4)).join(",") });
  const [before, after] = [{ BENCH_USERS: `${users}` }, { BENCH_USERS: `${users}`, BENCH_ROTATION: "2" }];
  try {
    await stack.init();
    await stack.measure("up", before);
    figures.rotated.push(await stack.measure("up", after));
    figures.bytes = await stack.stateBytes();
    figures.again.push(await stack.measure("up", after));
  } finally {
    await stack.dispose();
  }
}

function noFigures(): SetFigures {
  return { up: [], again: [], added: [], preview: [], destroy: [], bytes: 0, writes: { up: 0, added: 0 } };
}

function noOverlap(): OverlapFigures {
  return { rotated: [], again: [], bytes: 0 };
}

async function main(): Promise<void> {
  printLoad();
  const [empty, set] = [noFigures(), noFigures()];
  for (let round = 0; round < ROUNDS; round++) {
    await live(0, empty);
    await live(USERS, set);
  }
  printCosts("first up of 10,000 users in one set", "an empty set", set.up, empty.up);
  printCosts("one user added to 10,000, in force", "up without a change", set.added, set.again);
  for (const [step, name] of [
    ["again", "up without a change"],
    ["preview", "preview"],
    ["destroy", "destroy"],
  ] as const) {
    printCosts(`${name} with 10,000 users`, "an empty set", set[step], empty[step]);
  }
  printRatio("state bytes a user", "goal", [(set.bytes - empty.bytes) / USERS], [900]);
  const [few, many] = [noOverlap(), noOverlap()];
  await rotate(0, few);
  await rotate(USERS, many);
  printCosts("rotation of 10,000 keys with an overlap", "an empty set", many.rotated, few.rotated);
  printCosts("up without a change during the overlap", "an empty set", many.again, few.again);
  printRatio("state bytes a user during the overlap", "goal", [(many.bytes - few.bytes) / USERS], [900]);
  printRatio("writes of the whole state, first up", "one user added", [set.writes.up], [set.writes.added]);
  printLoad();
}

void main();
