import type { ConfigFiles, Server } from "./server";

/** How a server was found, in words that a refresh shows. */
export type Condition = "in force" | "stopped" | "paused" | "absent" | "configuration edited";

/** Looks how a server is. @param expected the files that it should run with */
export async function conditionOf(server: Server, expected: ConfigFiles): Promise<Condition> {
  const { process, files } = await server.state();
  if (process !== "running") {
    return process;
  }
  return Object.entries(expected).every(([name, content]) => files[name] === content)
    ? "in force"
    : "configuration edited";
}
