import { parseArgs } from "node:util";
import { ToolError } from "../lib/terminal";
import { onCluster, onMachine, runner } from "./test";

/**
 * `npm run load -- [--servers N] [--target docker|kubernetes]`: changes a cluster under load, and restarts all of its servers one after
 * the other while clients publish to streams.
 */
export async function load(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { servers: { type: "string", default: "3" }, target: { type: "string", default: "process" } },
  });
  if (!/^[1-9]$/.test(values.servers) || !["process", "docker", "kubernetes"].includes(values.target)) {
    throw new ToolError(
      "--servers must be a number from 1 to 9 of servers of each mode, --target `process`, `docker` or `kubernetes`.",
      "Try `npm run load -- --servers 3`.",
    );
  }
  const variables = { LOAD_SERVERS: values.servers, LOAD_TARGET: values.target };
  return values.target === "kubernetes"
    ? onCluster(["test/kubernetes/load.test.ts"], variables)
    : onMachine([runner(["test/stack/load.test.ts"])], variables);
}
