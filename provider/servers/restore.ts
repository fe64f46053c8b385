import { findAbsent } from "./absent";
import type { Cluster } from "./cluster";
import { errorMessage } from "./errors";
import { isReload, reconnectRoutes } from "./lost-subscriptions";
import { awaitStart, isAwaited } from "./defer";
import type { PreparedChange } from "./prepare";
import { reload, testConfiguration } from "./reload";

/** What to do after a failure for which servers were changed. */
const ADVICE = "Correct the cause, then rerun `pulumi up`. It applies everything again.";

/**
 * Returns servers to their previous configurations, the last one first. One that would have to restart keeps its new configuration
 * if streams could lose messages without it.
 *
 * @param prepared all changes
 * @param begun those of them that may have been made
 * @param error the failure
 * @returns the error to throw: the failure, and the active configuration
 */
export async function restoreAll(
  prepared: readonly PreparedChange[],
  begun: ReadonlySet<PreparedChange>,
  error: unknown,
  cluster: Cluster,
): Promise<Error> {
  const changed = [...begun];
  const outcomes: string[] = [];
  await cluster.returnPlaces?.().catch((reason: unknown) => {
    outcomes.push(`places of servers keep their new settings: ${errorMessage(reason)}`);
  });
  const waitUntilStoppable = async ({ server }: PreparedChange) => {
    if ((await server.state()).process === "running") {
      await cluster.waitUntilStoppable(server.name, await findAbsent(prepared));
    }
  };
  for (const change of [...changed].reverse()) {
    outcomes.push(await describeRestore(change, waitUntilStoppable));
  }
  const removing = changed.find(
    (change) => isReload(change) && cluster.removesAccounts(change.previous, change.next.files),
  );
  if (removing !== undefined) {
    await reconnectRoutes(removing, changed.filter(isAwaited).map(nameOf), cluster).catch((reason: unknown) =>
      outcomes.push(`messages between the servers may miss subscriptions: ${errorMessage(reason)}`),
    );
  }
  const active = outcomes.map((outcome) => `  - ${outcome}`);
  const lines = [errorMessage(error), ...(cluster.done ?? []), "Currently active:", ...active, ADVICE];
  return new Error(lines.join("\n"), { cause: error });
}

/** Waits until the server of a change can stop again, if it runs. */
type WaitUntilStoppable = (change: PreparedChange) => Promise<void>;

async function describeRestore(change: PreparedChange, waitUntilStoppable: WaitUntilStoppable): Promise<string> {
  const { name } = change.server;
  try {
    return `the ${name} server ${await restore(change, waitUntilStoppable)}`;
  } catch (error) {
    return `the ${name} server could not be restored: ${errorMessage(error)}`;
  }
}

/** @returns the result, as a clause without subject */
async function restore(change: PreparedChange, waitUntilStoppable: WaitUntilStoppable): Promise<string> {
  const { server, previous, predecessors, restarts = false } = change;
  if (isReload(change)) {
    await reload(server, await testConfiguration(server, previous));
    return "has its previous configuration";
  }
  if (isAwaited(change) && !restarts) {
    return restoreAwaited(change);
  }
  if (restarts || predecessors.length > 0) {
    await waitUntilStoppable(change);
  }
  await server.stop();
  if (restarts) {
    await server.put(previous);
    await server.start();
    return "has its previous configuration";
  }
  const [latest] = predecessors;
  if (latest !== undefined) {
    await latest.start();
    return "runs in its previous place, with its previous configuration";
  }
  // A server that never ran has no previous configuration.
  if (Object.keys(previous).length > 0) {
    await server.put(previous);
  }
  return "does not run, as before";
}

/** A server that its platform starts by itself stays one that it starts: it is not stopped. @returns the result, as a clause without subject */
async function restoreAwaited({ server, previous }: PreparedChange): Promise<string> {
  if (Object.keys(previous).length > 0) {
    await server.put(previous);
  }
  return (await awaitStart(server)) === undefined
    ? "has its previous configuration"
    : "does not run, as before, and starts with its previous configuration";
}

function nameOf({ server }: PreparedChange): string {
  return server.name;
}
