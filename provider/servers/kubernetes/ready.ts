import type { V1Pod } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { waitFor } from "../log";
import type { KubernetesPlace } from "../place";
import { NamespaceClient } from "./client";
import { notReady } from "./errors";
import { podName } from "./layout";
import { describeProblems, isReady } from "./objects";

/** Milliseconds in which Kubernetes notices that a server is healthy: its probes ask every few seconds. */
const READY_TIMEOUT = 60_000;

/**
 * Waits until Services lead to a pod.
 *
 * @param server the server's name in the program
 * @throws ServerRefusal with what Kubernetes reports
 */
export async function waitUntilReady(place: KubernetesPlace, server: string, timeout = READY_TIMEOUT): Promise<void> {
  const client = await NamespaceClient.connect(place);
  let pod: V1Pod | undefined;
  const look = async () => {
    pod = await client.readPod(podName(place.statefulSet, place.ordinal));
    return pod !== undefined && isReady(pod) ? true : undefined;
  };
  if ((await waitFor(look, timeout)) !== true) {
    throw notReady(server, timeout / 1_000, await describeProblems(client, pod ?? {}));
  }
}
