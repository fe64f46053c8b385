import { join } from "node:path";
import { parseArgs } from "node:util";
import { ToolError } from "../lib/terminal";
import { checkout } from "../local-folder";
import { onMachine } from "./test";

const COUNT = "50";

/**
 * `npm run kills -- [--count N] [--seed S] [--servers N]`: kills updates after random steps, on both targets; with several
 * servers of each mode, on processes.
 */
export async function kills(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { count: { type: "string", default: COUNT }, seed: { type: "string" }, servers: { type: "string" } },
  });
  if (!/^[1-9]\d*$/.test(values.count)) {
    throw new ToolError(
      `--count ${values.count} is not a whole number, at least 1.`,
      "Try `npm run kills -- --count 50`.",
    );
  }
  const { count, seed, servers } = values;
  if (servers !== undefined && !/^[2-9]$/.test(servers)) {
    throw new ToolError(`--servers ${servers} is not a number from 2 to 9.`, "Try `npm run kills -- --servers 3`.");
  }
  const variables = {
    KILLS: count,
    ...(seed === undefined ? {} : { SEED: seed }),
    ...(servers === undefined ? {} : { KILL_SERVERS: servers }),
  };
  const runner = join(checkout, "test/runner/main.ts");
  const files =
    servers === undefined
      ? ["test/stack/kills.test.ts", "test/stack/tls-kills.test.ts"]
      : ["test/stack/kills-of-many.test.ts"];
  return onMachine([["--import", "tsx", runner, ...files]], variables);
}
