import type { ConfigFiles, Server } from "./server";

/** The condition of a server as a refresh shows it. States contain these values. */
export type ServerCondition =
  | "in force"
  | "stopped"
  | "paused"
  | "absent"
  | "configuration edited"
  | "followed by extra pods"
  | "outdated"
  | `certificate ended: ${string}`;

/** Inspects a server. @param expected the files that it should run with */
export async function inspectServer(server: Server, expected: ConfigFiles): Promise<ServerCondition> {
  const { process, files, isOutdated = false } = await server.state();
  if (process !== "running") {
    return process;
  }
  if (!Object.entries(expected).every(([name, content]) => files[name] === content)) {
    return "configuration edited";
  }
  return isOutdated ? "outdated" : "in force";
}
