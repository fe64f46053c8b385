import { isDeepStrictEqual } from "node:util";
import { omitUndefined } from "../model/form/order";
import type { EngineAddress } from "./docker/engine-address";
import { clusterOf, type KubernetesAccess } from "./kubernetes/access";

/** A container of a Docker Engine. */
export interface DockerPlace {
  kind: "docker";
  /** The Docker Engine that has the container. */
  engine: EngineAddress;
  /** The container's id. */
  container: string;
}

/** A process on this machine. */
export interface ProcessPlace {
  kind: "process";
  /** The absolute path of the server's own folder. */
  folder: string;
  /** The IP address on which the server listens for clients. */
  address: string;
  /** The ports on which the server listens, by the argument that sets them. */
  ports: Record<string, number>;
  /** The IP addresses of ports that do not listen on `address`, by the argument that sets the port. */
  addresses?: Record<string, string> | undefined;
}

/** A pod of a StatefulSet. */
export interface KubernetesPlace {
  kind: "kubernetes";
  /** How the API server is reached. */
  api: KubernetesAccess;
  namespace: string;
  /** The name of the StatefulSet. */
  statefulSet: string;
  /** The `metadata.uid` of the StatefulSet: one that replaces it has another. */
  uid: string;
  /** The ordinal of the pod. */
  ordinal: number;
  /** The name of the Secret with the configurations of all pods of the StatefulSet. */
  secret: string;
  /** The host name by which other pods reach this one, as in the URLs of clients in the cluster. */
  host: string;
  /** Identifies the template of the pods: a pod with an earlier one restarts. */
  template: string;
}

/** The place where a server runs. */
export type Place = DockerPlace | ProcessPlace | KubernetesPlace;

/** What identifies the machine of a place. */
export type MachinePlace =
  | Pick<DockerPlace, "kind" | "engine">
  | Pick<ProcessPlace, "kind">
  | Pick<KubernetesPlace, "kind" | "api" | "namespace">;

/**
 * Returns what identifies the machine of a place, without the certificates, keys and tokens by which it is reached: the host of a
 * Docker Engine, or a Kubernetes cluster and a namespace of it.
 */
export function machineOf(place: MachinePlace): string {
  switch (place.kind) {
    case "docker":
      return JSON.stringify(omitUndefined<EngineAddress>({ host: place.engine.host }));
    case "process":
      return JSON.stringify(place.kind);
    case "kubernetes":
      return JSON.stringify({ cluster: clusterOf(place.api), namespace: place.namespace });
  }
}

/** Returns whether two places are the same one, however it is reached, and whatever a pod of it runs. */
export function isSamePlace(one: Place, other: Place): boolean {
  return one.kind === "kubernetes" && other.kind === "kubernetes"
    ? one.uid === other.uid && one.ordinal === other.ordinal
    : isDeepStrictEqual(one, other);
}
