import { waitFor, findComplaints, parseReloadOutcome, saysReady } from "./log";
import { ServerRefusal } from "./errors";
import { RELOAD_TIMEOUT, START_TIMEOUT } from "./timeouts";

/** What to do when a server does not start, usually because one of its ports is in use. */
export const START_ADVICE =
  "Free what the server needs, or choose other ports, then rerun `pulumi up`. It continues from here.";

/**
 * Waits until a server that was started is ready.
 *
 * @param server the server's name in the program
 * @param readLines reads what the server has logged since
 * @param isRunning whether the server still runs
 * @param advice lines that follow the server's output in an error
 * @throws ServerRefusal with the server's output
 */
export async function waitUntilReady(
  server: string,
  readLines: () => Promise<string[]>,
  isRunning: () => Promise<boolean>,
  advice: readonly string[] = [],
): Promise<void> {
  const readyOrEnded = async () => {
    if (saysReady(await readLines())) {
      return "ready";
    }
    return (await isRunning()) ? undefined : "ended";
  };
  if ((await waitFor(readyOrEnded, START_TIMEOUT)) !== "ready") {
    throw new ServerRefusal("NA5002", server, "did not start", [...findComplaints(await readLines()), ...advice]);
  }
}

/**
 * Waits until a server has logged the result of a reload.
 *
 * @param server the server's name in the program
 * @param digest the digest of the configuration that the server should have loaded
 * @param readLines reads what the server has logged since the reload was requested
 * @throws ServerRefusal with the server's output
 */
export async function waitForReload(server: string, digest: string, readLines: () => Promise<string[]>): Promise<void> {
  const outcome = await waitFor(async () => parseReloadOutcome(await readLines()), RELOAD_TIMEOUT);
  if (outcome === undefined) {
    const problem = `did not confirm a reload within ${RELOAD_TIMEOUT / 1000} seconds`;
    throw new ServerRefusal("NA5004", server, problem);
  }
  if ("refused" in outcome) {
    throw new ServerRefusal("NA5003", server, "rejected the reload", findComplaints(await readLines()));
  }
  if (outcome.digest !== digest) {
    const problem = `loaded a configuration (${outcome.digest}) other than the one that was written (${digest})`;
    throw new ServerRefusal("NA5005", server, problem);
  }
}
