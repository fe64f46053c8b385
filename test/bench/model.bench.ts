/**
 * What a large model costs: 1,000 and then 10,000 users, ten in an account, with roles, exports and imports. Checking it,
 * writing both configurations, and signing all its tokens, which Go's JWT library does for the same claims in the same
 * run. Each size is measured in a process of its own, so that one warms nothing up for the other.
 */
import { Oracle } from "../oracle/oracle";
import { seedOf } from "../support/keys";
import { largeModel, type Sizes } from "./models/large";
import { printRatio } from "./measure";
import { measured, middle } from "./models/measured";

const SIZES: readonly Sizes[] = [
  { accounts: 100, users: 1_000 },
  { accounts: 1_000, users: 10_000 },
];
/** Growth from the one to the other that is still no growth by the square. */
const MOST_GROWTH = 12;
const ROUNDS = 3;

async function signedByGo(sizes: Sizes): Promise<number> {
  const oracle = new Oracle();
  try {
    const { count, seconds } = await oracle.sign(largeModel(sizes).claims, seedOf("account", "bench"));
    return count / seconds;
  } finally {
    oracle.end();
  }
}

async function main(): Promise<void> {
  const [small, large] = SIZES.map((sizes) => measured(sizes, ROUNDS));
  const sizes = SIZES.at(-1);
  if (small === undefined || large === undefined || sizes === undefined) {
    throw new Error("there are two sizes");
  }
  for (const what of ["checking", "rendering", "signing", "megabytes"] as const) {
    const [few, many] = [middle(small, what), middle(large, what)];
    const unit = what === "megabytes" ? "MB at most" : "s";
    console.log(
      `${what} 1,000 users: ${few.toFixed(2)} ${unit} · 10,000 users: ${many.toFixed(2)} ${unit} · growth ${(many / few).toFixed(1)}`,
    );
  }
  const growth = middle(large, "checking") + middle(large, "rendering");
  const ratio = growth / (middle(small, "checking") + middle(small, "rendering"));
  console.log(
    `checking and rendering grow ${ratio.toFixed(1)} times with ten times the users · goal at most ${MOST_GROWTH}`,
  );
  const ours = large.map(({ tokens, signing }) => tokens / signing);
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    theirs.push(await signedByGo(sizes));
  }
  printRatio("tokens of the model signed per second", "Go's JWT library", ours, theirs);
  process.exitCode = ratio <= MOST_GROWTH ? 0 : 1;
}

void main();
