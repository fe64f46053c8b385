import type { Cluster } from "./cluster";
import type { Prepared } from "./prepare";
import { reload, tried } from "./steps";

/**
 * Where a server may have forgotten accounts that it is to know again, and with them what it was told of other servers'
 * clients: the same changes, but one of the servers makes its routes anew before all is done.
 *
 * That is so when an update was killed and its change taken back, or when somebody has edited a configuration. It is seen
 * by the files that lie there, and goes on being seen until the routes are new.
 */
export async function withNewRoutes(prepared: readonly Prepared[], cluster: Cluster): Promise<readonly Prepared[]> {
  const reloading = prepared.find(reloads);
  if (reloading === undefined || !prepared.some((change) => hasForgotten(change, cluster))) {
    return prepared;
  }
  const { server, next } = reloading;
  const anew = { ...reloading, next: await tried(server, cluster.anew(next.files)), last: next };
  return prepared.map((change) => (change === reloading ? anew : change));
}

/** True when a server is to go on running in the place that it has. */
export function reloads({ before }: Prepared): boolean {
  return before.process !== "stopped";
}

function hasForgotten(change: Prepared, { isAnew, forgets }: Cluster): boolean {
  const { before, previous, next } = change;
  const { files } = before;
  return reloads(change) && (isAnew(files) || (forgets(previous, files) && forgets(next.files, files)));
}

/** Has a server that runs make its routes anew, and leaves it with the configuration that it has. */
export async function makeRoutesAnew({ server, previous }: Prepared, cluster: Cluster): Promise<void> {
  const anew = await tried(server, cluster.anew(previous));
  const same = await tried(server, previous);
  await reload(server, anew);
  await cluster.linked();
  await reload(server, same);
}
