import { join } from "node:path";
import { parseArgs } from "node:util";
import { ToolError } from "../lib/terminal";
import { checkout } from "../local-folder";
import { onMachine } from "./test";

/**
 * `npm run load -- [--servers N] [--target docker]`: changes a cluster under load, and restarts all of its servers one after
 * the other while clients publish to streams.
 */
export async function load(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { servers: { type: "string", default: "3" }, target: { type: "string", default: "process" } },
  });
  if (!/^[1-9]$/.test(values.servers) || !["process", "docker"].includes(values.target)) {
    throw new ToolError(
      "--servers must be a number from 1 to 9 of servers of each mode, --target `process` or `docker`.",
      "Try `npm run load -- --servers 3`.",
    );
  }
  const variables = { LOAD_SERVERS: values.servers, LOAD_TARGET: values.target };
  const runner = join(checkout, "test/runner/main.ts");
  return onMachine([["--import", "tsx", runner, "test/stack/load.test.ts"]], variables);
}
