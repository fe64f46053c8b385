import { join } from "node:path";
import { parseArgs } from "node:util";
import { ToolError } from "../lib/terminal";
import { checkout } from "../local-folder";
import { onMachine } from "./test";

const COUNT = "50";

/** `npm run kills -- [--count N] [--seed S]`: kills updates after random steps, on both targets. */
export async function kills(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { count: { type: "string", default: COUNT }, seed: { type: "string" } },
  });
  if (!/^[1-9]\d*$/.test(values.count)) {
    throw new ToolError(
      `--count ${values.count} is not a whole number, at least 1.`,
      "Try `npm run kills -- --count 50`.",
    );
  }
  const variables = { KILLS: values.count, ...(values.seed === undefined ? {} : { SEED: values.seed }) };
  const runner = join(checkout, "test/runner/main.ts");
  return onMachine(
    [["--import", "tsx", runner, "test/stack/kills.test.ts", "test/stack/tls-kills.test.ts"]],
    variables,
  );
}
