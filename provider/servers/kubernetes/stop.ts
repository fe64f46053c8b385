import type { V1Pod } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { saysLameDuck, waitFor } from "../log";
import type { KubernetesPlace } from "../place";
import type { ConfigFiles } from "../server";
import { lameDuckTimeout } from "../timeouts";
import type { NamespaceClient } from "./client";
import { notStopped } from "./errors";
import { filesIn } from "./files";
import { podName, QUIT_COMMAND } from "./layout";
import { readLines } from "./logs";
import { scaleOwnSet } from "./objects";

/** Milliseconds for a server to end after its clients had time to reconnect, and after it was killed. */
const STOP_TIMEOUT = 10_000;
const KILL_TIMEOUT = 30_000;
/** The last lines of a log among which lame duck mode is looked for. */
const LAST_LINES = 200;
/** Seconds after which a server that does not end is killed: the shortest time that waits for the node. */
const KILL_GRACE = 1;

/** The ordinals of the pods that this process has stopped, by the uid of their StatefulSet. */
const stopped = new Map<string, Set<number>>();

/** Records that a pod is to stay stopped, or is to run. */
export function setStopped({ uid, ordinal }: KubernetesPlace, isStopped: boolean): void {
  const ordinals = stopped.get(uid) ?? new Set();
  stopped.set(uid, ordinals);
  if (isStopped) {
    ordinals.add(ordinal);
  } else {
    ordinals.delete(ordinal);
  }
}

/**
 * Stops a server in lame duck mode, which `preStop` of its pod begins. A StatefulSet has pods with all ordinals up to the last one:
 * the last one is removed, together with those below it that were stopped before. Any other one is created again.
 *
 * @param former the files with which the server runs, if others have been written for its next start
 */
export async function stopPod(client: NamespaceClient, place: KubernetesPlace, former?: ConfigFiles): Promise<void> {
  setStopped(place, true);
  const name = podName(place.statefulSet, place.ordinal);
  const [pod, secret] = await Promise.all([client.readPod(name), client.readSecret(place.secret)]);
  const replicas = await scaleOwnSet(client, place, (present) => countKept(place, present));
  if (replicas === undefined) {
    return;
  }
  if (pod !== undefined) {
    if (replicas > place.ordinal) {
      await client.deletePod(name);
    }
    await waitUntilGone(client, pod, lameDuckTimeout(former ?? filesIn(secret?.data ?? {}, name)));
  }
}

/** Returns how many pods remain without the last ones that are stopped. */
function countKept({ uid }: KubernetesPlace, replicas: number): number {
  let count = replicas;
  while (stopped.get(uid)?.has(count - 1) === true) {
    count -= 1;
  }
  return count;
}

async function waitUntilGone(client: NamespaceClient, { metadata }: V1Pod, lameDuck: number): Promise<void> {
  const { name = "", uid } = metadata ?? {};
  const isGone = async () => ((await client.readPod(name))?.metadata?.uid === uid ? undefined : true);
  // The time of clients begins when the server announces its end: on a busy node, `preStop` runs later.
  const hasBegun = async () => {
    const lines = await readLines(client, name, { tailLines: LAST_LINES }).catch(() => []);
    return saysLameDuck(lines.map(({ text }) => text)) ? true : isGone();
  };
  await waitFor(hasBegun, STOP_TIMEOUT);
  if ((await waitFor(isGone, lameDuck)) === true) {
    return;
  }
  // In lame duck mode it ignores SIGTERM, with which Kubernetes stops containers.
  await client.run(name, QUIT_COMMAND).catch(() => undefined);
  if ((await waitFor(isGone, STOP_TIMEOUT)) === true) {
    return;
  }
  await client.deletePod(name, KILL_GRACE);
  if ((await waitFor(isGone, KILL_TIMEOUT)) !== true) {
    throw notStopped(name);
  }
}
