import type { KubernetesPlace } from "../place";
import { NamespaceClient } from "./client";
import { readOwnSet, replicasOf, scaleOwnSet } from "./objects";

/** Returns whether the StatefulSet of a place has pods after that of the place. */
export async function hasPodsAfter(place: KubernetesPlace): Promise<boolean> {
  const set = await readOwnSet(await NamespaceClient.connect(place.api, place.namespace), place);
  return set !== undefined && replicasOf(set) > place.ordinal + 1;
}

/** Removes the pods after that of a place. */
export async function removePodsAfter(place: KubernetesPlace): Promise<void> {
  const client = await NamespaceClient.connect(place.api, place.namespace);
  await scaleOwnSet(client, place, (replicas) => Math.min(replicas, place.ordinal + 1));
}
