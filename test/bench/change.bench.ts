/**
 * One changed permission among 1,000 users in 100 accounts: the time from the start of `up` until both servers have it, as a
 * ratio to an `up` of the same stack that changes nothing; and for how long the two servers disagree.
 */
import { freePorts } from "../support/stack-ports";
import { BenchStack } from "./bench-stack";
import { median, printRatio, seconds } from "./measure";

const ROUNDS = 3;

async function main(): Promise<void> {
  const stack = new BenchStack("change", { BENCH_PORTS: (await freePorts(4)).join(",") });
  const up = (subject: string) => stack.measure("up", { BENCH_SUBJECT: subject });
  try {
    await stack.init();
    await up("before");
    const [unchanged, inForce, whole, apart]: number[][] = [[], [], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const subject = `after.${round}`;
      const start = Date.now();
      whole?.push(await seconds(() => up(subject)));
      const times = await stack.reloads();
      inForce?.push((Math.max(...times) - start) / 1000);
      apart?.push(Math.max(...times) - Math.min(...times));
      unchanged?.push(await seconds(() => up(subject)));
    }
    printRatio(
      "one permission of 1,000 users, until in force, seconds",
      "up without a change",
      inForce ?? [],
      unchanged ?? [],
    );
    printRatio("one permission of 1,000 users, whole up, seconds", "up without a change", whole ?? [], unchanged ?? []);
    console.log(`the servers disagree for ${median(apart ?? []).toFixed(1)} ms`);
  } finally {
    await stack.dispose();
  }
}

void main();
