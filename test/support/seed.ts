import { randomInt } from "node:crypto";
import fc from "fast-check";

function seedOf(text: string | undefined): number {
  if (text === undefined || text === "") return randomInt(2 ** 31);
  if (!/^-?\d+$/.test(text)) throw new Error(`SEED must be a whole number, not ${text}`);
  return Number(text);
}

/** Determines everything random in the tests: set `SEED` to repeat a run. */
export const SEED = seedOf(process.env.SEED);

process.env.SEED = String(SEED);
fc.configureGlobal({ seed: SEED });
