import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { median } from "../measure";
import type { Figures } from "./figures";
import type { Sizes } from "./large";

/** Measures what a model of a size costs, each time in a new process. */
export function measured({ accounts, users }: Sizes, rounds: number): Figures[] {
  const script = join(__dirname, "figures.ts");
  const run = () => execFileSync(process.execPath, ["--import", "tsx", script, String(accounts), String(users)]);
  return Array.from({ length: rounds }, () => JSON.parse(run().toString()) as Figures);
}

/** Returns the median of one of the figures. */
export function middle(all: readonly Figures[], what: keyof Figures): number {
  return median(all.map((figures) => figures[what]));
}
