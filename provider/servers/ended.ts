import { indented } from "../config/syntax";
import { redactPasswords, ServerError } from "./errors";
import type { Server, ServerState } from "./server";

/** What is wrong with a server that does not run, as a clause without subject. */
const PROBLEMS: Readonly<Record<Exclude<ServerState["process"], "running">, string>> = {
  stopped: "has ended",
  paused: "is paused",
  absent: "no longer exists",
};

/**
 * Finds servers that do not run, although they were started.
 *
 * @returns an error with their last output, or undefined if all run, or if that cannot be found out
 */
export async function findEndedServers(servers: readonly Server[]): Promise<ServerError | undefined> {
  try {
    const found = await Promise.all(servers.map(inspect));
    const ended = found.filter((one) => one !== undefined);
    const problem = ended.map(({ name, clause }) => `the ${name} server ${clause}`).join(", and ");
    return ended.length === 0 ? undefined : new ServerError("NA5050", problem, [...ended.flatMap(outputLines), ADVICE]);
  } catch {
    return undefined;
  }
}

const ADVICE = "Run `pulumi up --refresh`, which starts it again. A plain `pulumi up` does not.";

interface EndedServer {
  readonly name: string;
  readonly clause: string;
  readonly output: readonly string[];
}

async function inspect(server: Server): Promise<EndedServer | undefined> {
  const { process } = await server.state();
  if (process === "running") {
    return undefined;
  }
  const output = process === "stopped" ? await server.complaints() : [];
  return { name: server.name, clause: PROBLEMS[process], output: output.map(redactPasswords) };
}

function outputLines({ name, output }: EndedServer): string[] {
  return output.length === 0 ? [] : [`Last output of the ${name} server:`, ...indented(output)];
}
