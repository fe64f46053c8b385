import { randomInt } from "node:crypto";
import fc from "fast-check";
import { REPEATED } from "../runner/node-versions";

function seedOf(text: string | undefined): number {
  if (text === undefined || text === "") return randomInt(2 ** 31);
  if (!/^-?\d+$/.test(text)) throw new Error(`SEED must be a whole number, not ${text}`);
  return Number(text);
}

/** Determines everything random in the tests: set `SEED` to repeat a run. */
export const SEED = seedOf(process.env.SEED);

/** fast-check's own default. */
const DEFAULT_RUNS = 100;

/** How many values a property tries: on each version of Node.js but one, a quarter of the count. */
export function runs(count: number): number {
  return process.env[REPEATED] === undefined ? count : Math.ceil(count / 4);
}

process.env.SEED = String(SEED);
fc.configureGlobal({ seed: SEED, numRuns: runs(DEFAULT_RUNS) });
