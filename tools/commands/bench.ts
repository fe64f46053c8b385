import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ToolError } from "../lib/say";
import { checkout } from "../local-folder";
import { onMachine } from "./test";

/** `npm run bench`: every benchmark in the order of their names, or those whose name contains one of the arguments. */
export async function bench(args: string[]): Promise<number> {
  const folder = join(checkout, "test/bench");
  const found = existsSync(folder) ? readdirSync(folder).sort() : [];
  const chosen = found
    .filter((name) => name.endsWith(".bench.ts"))
    .filter((name) => args.length === 0 || args.some((part) => name.includes(part)));
  if (chosen.length === 0) throw new ToolError(`There is no such benchmark in ${folder}.`);
  return onMachine(chosen.map((name) => ["--import", "tsx", join(folder, name)]));
}
