import type { KubernetesPlace } from "../place";
import { NamespaceClient } from "./client";
import { fileInPod, podName, storeClaim } from "./layout";

/** Removes the volume of a pod for streams. Kubernetes keeps it otherwise, so that a pod can come back to it. */
export async function removeVolume({ api, namespace, statefulSet, ordinal }: KubernetesPlace): Promise<void> {
  const client = await NamespaceClient.connect(api, namespace);
  await client.deleteVolumeClaim(storeClaim(podName(statefulSet, ordinal)));
}

/** Removes the files of a pod from the Secret of its StatefulSet, among them the password of the routes. */
export async function removeFiles({ api, namespace, statefulSet, ordinal, secret }: KubernetesPlace): Promise<void> {
  const client = await NamespaceClient.connect(api, namespace);
  const { data = {} } = (await client.readSecret(secret)) ?? {};
  const prefix = fileInPod(podName(statefulSet, ordinal), "");
  const own = Object.keys(data).filter((key) => key.startsWith(prefix));
  if (own.length > 0) {
    await client.patchSecret(secret, Object.fromEntries(own.map((key) => [key, null])));
  }
}
