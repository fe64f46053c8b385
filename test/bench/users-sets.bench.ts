/**
 * What changes of a set of 10,000 users cost on the real engine and on the two servers, beside an empty set. Alternates between the
 * lives of both.
 */
import { printCosts, printLoad, printRatio, type Cost } from "./measure";
import { UsersStack } from "./users-stack";

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
  const stack = new UsersStack("fleet");
  try {
    await stack.prepare();
    const up = await stack.measureWrites("up", users);
    figures.up.push(up.cost);
    const bytes = await stack.stateBytes();
    figures.again.push(await stack.measure("up", users));
    const added = await stack.measureWrites("up", users + 1);
    figures.added.push(added.cost);
    figures.preview.push(await stack.measure("preview", users + 1));
    figures.destroy.push(await stack.measure("destroy", users + 1));
    const large = (writes: readonly number[]) => writes.filter((size) => size > bytes / 2).length;
    figures.bytes = bytes;
    figures.writes = { up: large(up.writes), added: large(added.writes) };
  } finally {
    await stack.measure("destroy", users).catch(() => undefined);
    await stack.remove();
  }
}

function noFigures(): SetFigures {
  return { up: [], again: [], added: [], preview: [], destroy: [], bytes: 0, writes: { up: 0, added: 0 } };
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
  printRatio("writes of the whole state, first up", "one user added", [set.writes.up], [set.writes.added]);
  printLoad();
}

void main();
