import type { KubernetesPlace } from "../place";
import { NamespaceClient } from "./client";
import { inAnotherCluster } from "./errors";
import { readOwnSet, replicasOf, scaleOwnSet } from "./objects";

/** Returns whether the StatefulSet of a place has pods after that of the place. */
export async function hasPodsAfter(place: KubernetesPlace): Promise<boolean> {
  const set = await readOwnSet(await NamespaceClient.connect(place), place);
  return set !== undefined && replicasOf(set) > place.ordinal + 1;
}

/**
 * Checks that the StatefulSet of a place, which the engine has created, exists in the cluster that this package reaches.
 *
 * @throws ServerError when it does not
 */
export async function checkCluster(place: KubernetesPlace): Promise<void> {
  if ((await readOwnSet(await NamespaceClient.connect(place), place)) === undefined) {
    throw inAnotherCluster(place);
  }
}

/** Removes the pods after that of a place. */
export async function removePodsAfter(place: KubernetesPlace): Promise<void> {
  const client = await NamespaceClient.connect(place);
  await scaleOwnSet(client, place, (replicas) => Math.min(replicas, place.ordinal + 1));
}
