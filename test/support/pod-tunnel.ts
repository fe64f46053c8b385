import { openTunnel, type Tunnel } from "../../provider/servers/kubernetes/tunnel";
import { testContext } from "./kubernetes";

/** A pod of a StatefulSet. */
export interface PodAddress {
  readonly namespace: string;
  readonly statefulSet: string;
  readonly ordinal: number;
}

/** Opens a port of this machine that leads to a port of a pod, and to that of each pod which takes its place. */
export function openPodTunnel(pod: PodAddress, port: number): Promise<Tunnel> {
  const place = { uid: "", secret: "", host: "", template: "" };
  return openTunnel({ kind: "kubernetes", api: { context: testContext() }, ...pod, ...place }, port);
}
