import type { KubernetesAccess } from "../../provider/servers/kubernetes/access";
import { NamespaceClient } from "../../provider/servers/kubernetes/client";
import { podName } from "../../provider/servers/kubernetes/layout";
import { openTunnel, type Tunnel } from "../../provider/servers/kubernetes/tunnel";
import { testContext } from "./kubernetes";

/** A pod of a StatefulSet. */
export interface PodAddress {
  /** @default the context of the tests */
  readonly api?: KubernetesAccess;
  readonly namespace: string;
  readonly statefulSet: string;
  readonly ordinal: number;
}

/** Opens a port of this machine that leads to a port of a pod, and to that of each pod which takes its place. */
export async function openPodTunnel(pod: PodAddress, port: number): Promise<Tunnel> {
  const { api = { context: testContext() }, namespace, statefulSet, ordinal } = pod;
  return openTunnel(await NamespaceClient.connect({ api, namespace }), podName(statefulSet, ordinal), port);
}
