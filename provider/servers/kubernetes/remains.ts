import type { KubernetesPlace } from "../place";
import { NamespaceClient } from "./client";
import { keysOf } from "./files";
import { podName, STORE_VOLUME, storeClaim } from "./layout";
import { readOwnSet } from "./objects";

/*
 * Names of volumes and of keys of Secrets follow from the name of a StatefulSet. They belong to a place only while that name is the one
 * of its own StatefulSet: one that replaced it has the volumes and the files of its own pods under the same names.
 */

/** Removes the volume of a pod for streams. Kubernetes keeps it otherwise, so that a pod can come back to it. */
export async function removeVolume(place: KubernetesPlace): Promise<void> {
  const client = await NamespaceClient.connect(place);
  const set = await readOwnSet(client, place);
  if (set?.spec?.volumeClaimTemplates?.some(({ metadata }) => metadata?.name === STORE_VOLUME) === true) {
    await client.deleteVolumeClaim(storeClaim(podName(place.statefulSet, place.ordinal)));
  }
}

/** Removes the files of a pod from the Secret of its StatefulSet, among them the password of the routes. */
export async function removeFiles(place: KubernetesPlace): Promise<void> {
  const { statefulSet, ordinal, secret } = place;
  const client = await NamespaceClient.connect(place);
  if ((await readOwnSet(client, place)) === undefined) {
    return;
  }
  const { data = {} } = (await client.readSecret(secret)) ?? {};
  const own = keysOf(data, podName(statefulSet, ordinal));
  if (own.length > 0) {
    await client.patchSecret(secret, Object.fromEntries(own.map((key) => [key, null])));
  }
}
