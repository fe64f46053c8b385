import { parseArgs } from "node:util";
import { ToolError } from "../lib/terminal";
import { onCluster, onMachine, runner } from "./test";

const COUNT = "50";

/**
 * `npm run kills -- [--count N] [--seed S] [--servers N] [--target kubernetes]`: kills updates after random steps, in containers and
 * processes, or in pods; with several servers of each mode, in processes.
 */
export async function kills(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: "string", default: COUNT },
      seed: { type: "string" },
      servers: { type: "string" },
      target: { type: "string" },
    },
  });
  if (!/^[1-9]\d*$/.test(values.count)) {
    throw new ToolError(
      `--count ${values.count} is not a whole number, at least 1.`,
      "Try `npm run kills -- --count 50`.",
    );
  }
  const { count, seed, servers, target } = values;
  if (target !== undefined && (target !== "kubernetes" || servers !== undefined)) {
    throw new ToolError(
      "--target can only be `kubernetes`, without --servers. By default, the servers are containers, then processes.",
      "Try `npm run kills -- --target kubernetes --count 20`.",
    );
  }
  if (servers !== undefined && !/^[2-9]$/.test(servers)) {
    throw new ToolError(`--servers ${servers} is not a number from 2 to 9.`, "Try `npm run kills -- --servers 3`.");
  }
  const variables = {
    KILLS: count,
    ...(seed === undefined ? {} : { SEED: seed }),
    ...(servers === undefined ? {} : { KILL_SERVERS: servers }),
  };
  if (target === "kubernetes") return onCluster(["test/kubernetes/kills.test.ts"], variables);
  const files =
    servers === undefined
      ? ["test/stack/kills.test.ts", "test/stack/tls-kills.test.ts", "test/stack/set-kills.test.ts"]
      : ["test/stack/kills-of-many.test.ts"];
  return onMachine([runner(files)], variables);
}
