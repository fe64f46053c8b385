import type { KubernetesPlace } from "../place";
import { NamespaceClient } from "./client";
import { podName, storeClaim } from "./layout";

/** Removes the volume of a pod for streams. Kubernetes keeps it otherwise, so that a pod can come back to it. */
export async function removeVolume({ api, namespace, statefulSet, ordinal }: KubernetesPlace): Promise<void> {
  const client = await NamespaceClient.connect(api, namespace);
  await client.deleteVolumeClaim(storeClaim(podName(statefulSet, ordinal)));
}
