import type { Prepared } from "./prepare";
import type { Cluster } from "./cluster";
import { makeRoutesAnew, reloads } from "./forgotten";
import { reload, tried } from "./steps";
import { wordsOf } from "./words";

/** What to do when something failed after servers were touched. */
const NEXT = "When the cause is mended, run the update again: it applies everything anew.";

/**
 * Brings servers back to how they were, the one that was begun last first.
 *
 * @param begun the changes that may have been made
 * @param error what came in between
 * @returns the error to throw: what came in between, and what is in force now
 */
export async function restored(begun: readonly Prepared[], error: unknown, cluster: Cluster): Promise<Error> {
  const outcomes: string[] = [];
  for (const change of [...begun].reverse()) {
    outcomes.push(await outcomeOf(change));
  }
  const forgetful = begun.find((change) => reloads(change) && cluster.forgets(change.previous, change.next.files));
  if (forgetful !== undefined) {
    await makeRoutesAnew(forgetful, cluster).catch((reason: unknown) =>
      outcomes.push(`what crosses between the servers may miss subscriptions: ${wordsOf(reason)}`),
    );
  }
  const lines = [wordsOf(error), "In force now:", ...outcomes.map((outcome) => `  - ${outcome}`), NEXT];
  return new Error(lines.join("\n"), { cause: error });
}

async function outcomeOf(change: Prepared): Promise<string> {
  const { name } = change.server;
  try {
    return `the ${name} server ${await restore(change)}`;
  } catch (error) {
    return `the ${name} server could not be brought back: ${wordsOf(error)}`;
  }
}

/** @returns how the server is now, in words */
async function restore(change: Prepared): Promise<string> {
  const { server, previous, predecessors } = change;
  if (reloads(change)) {
    await reload(server, await tried(server, previous));
    return "has its old configuration";
  }
  await server.stop();
  const [latest] = predecessors;
  if (latest !== undefined) {
    await latest.start();
    return "runs in its old place, with its old configuration";
  }
  // One that never ran has nothing to go back to.
  if (Object.keys(previous).length > 0) {
    await server.put(previous);
  }
  return "does not run, as before";
}
