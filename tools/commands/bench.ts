import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ToolError } from "../lib/terminal";
import { checkout } from "../local-folder";
import { nsc } from "../parts/nsc";
import { onMachine } from "./test";

/** The benchmark that compares with nsc. */
const COMPARES_NSC = "users.bench.ts";

/** `npm run bench`: runs every benchmark in order of name, or those with one of the arguments in their name. */
export async function bench(args: string[]): Promise<number> {
  const folder = join(checkout, "test/bench");
  const found = existsSync(folder) ? readdirSync(folder).sort() : [];
  const chosen = found
    .filter((name) => name.endsWith(".bench.ts"))
    .filter((name) => args.length === 0 || args.some((part) => name.includes(part)));
  if (chosen.length === 0)
    throw new ToolError(`No benchmark in ${folder} has one of the arguments in its name (${args.join(", ")}).`);
  const scripts = chosen.map((name) => ["--import", "tsx", join(folder, name)]);
  return onMachine(scripts, chosen.includes(COMPARES_NSC) ? { NSC: await nsc() } : {});
}
