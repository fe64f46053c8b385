/**
 * Clusters of one, two and three servers of each mode: the first `up`, an `up` that changes nothing, and the time from the
 * start of an `up` until a changed permission is in force on all servers, each as a ratio to that of two servers in the same
 * run; and for how long the servers disagree after the change.
 */
import { freePorts } from "../support/stack-ports";
import { BenchStack } from "./bench-stack";
import { median, printRatio, seconds } from "./measure";

const ROUNDS = 3;
/** Numbers of servers, those that the others are compared with first. */
const SIZES = [2, 4, 6];
/** Milliseconds for which six servers may disagree. */
const LONGEST = 100;

/** What each size takes, in seconds, but `apart` in milliseconds. */
type Figures = Record<"first" | "unchanged" | "inForce" | "apart", number[]>;

async function life(count: number, figures: Figures, round: number): Promise<void> {
  const stack = new BenchStack("cluster", { BENCH_PORTS: (await freePorts(2 * count)).join(",") });
  const up = (subject: string) => stack.measure("up", { BENCH_SUBJECT: subject });
  try {
    await stack.init();
    figures.first.push(await seconds(() => up("before")));
    figures.unchanged.push(await seconds(() => up("before")));
    const start = Date.now();
    await up(`after.${round}`);
    const times = await stack.reloads();
    figures.inForce.push((Math.max(...times) - start) / 1000);
    figures.apart.push(Math.max(...times) - Math.min(...times));
  } finally {
    await stack.dispose();
  }
}

async function main(): Promise<void> {
  const all = SIZES.map((count) => ({
    count,
    figures: { first: [], unchanged: [], inForce: [], apart: [] } as Figures,
  }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { count, figures } of all) await life(count, figures, round);
  }
  const [{ figures: peer } = { figures: undefined }, ...others] = all;
  for (const { count, figures } of others) {
    const print = (what: string, name: keyof Figures) => {
      printRatio(`${count} servers, ${what}, seconds`, "2 servers", figures[name], peer?.[name] ?? []);
    };
    print("first up", "first");
    print("up without a change", "unchanged");
    print("one permission, until in force", "inForce");
  }
  for (const { count, figures } of all) {
    console.log(`${count} servers disagree for ${median(figures.apart).toFixed(1)} ms`);
  }
  process.exitCode = median(all.at(-1)?.figures.apart ?? []) <= LONGEST ? 0 : 1;
}

void main();
