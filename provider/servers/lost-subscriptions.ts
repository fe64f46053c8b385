import type { Cluster } from "./cluster";
import type { PreparedChange } from "./prepare";
import { reload, testConfiguration } from "./reload";

/**
 * Plans for servers that may have lost subscriptions: one of the servers reconnects its routes before the update is
 * complete. Without lost subscriptions, the changes are returned as they are.
 *
 * Subscriptions of other servers get lost when a server forgets accounts that it has again later: after an update that was
 * killed and whose change was withdrawn, or after someone edited a configuration. The files in the server's place show
 * it, until the routes have reconnected.
 */
export async function withReconnectedRoutes(
  prepared: readonly PreparedChange[],
  cluster: Cluster,
): Promise<readonly PreparedChange[]> {
  const reloading = prepared.find(isReload);
  if (reloading === undefined || !prepared.some((change) => hasLostSubscriptions(change, cluster))) {
    return prepared;
  }
  const { server, next } = reloading;
  const reconnecting = {
    ...reloading,
    next: await testConfiguration(server, cluster.toReconnecting(next.files)),
    last: next,
  };
  return prepared.map((change) => (change === reloading ? reconnecting : change));
}

/** Returns the names of servers that may not run. */
export function namesOfDeferred(changes: readonly PreparedChange[]): string[] {
  return changes.filter(({ isDeferred }) => isDeferred === true).map(({ server }) => server.name);
}

/** True when a server keeps running. */
export function isReload({ before, restarts = false }: PreparedChange): boolean {
  return before.process !== "stopped" && !restarts;
}

function hasLostSubscriptions(change: PreparedChange, { isReconnecting, removesAccounts }: Cluster): boolean {
  const { before, previous, next } = change;
  const { files } = before;
  return (
    isReload(change) &&
    (isReconnecting(files) || (removesAccounts(previous, files) && removesAccounts(next.files, files)))
  );
}

/**
 * Makes a running server reconnect its routes, and leaves it with its previous configuration.
 *
 * @param absent the names of servers that do not run
 */
export async function reconnectRoutes(
  { server, previous }: PreparedChange,
  absent: readonly string[],
  cluster: Cluster,
): Promise<void> {
  const reconnecting = await testConfiguration(server, cluster.toReconnecting(previous));
  const same = await testConfiguration(server, previous);
  await reload(server, reconnecting);
  await cluster.waitForRoutes(absent);
  await reload(server, same);
}
