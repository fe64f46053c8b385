import * as pulumi from "@pulumi/pulumi";
import { entryName, podName } from "../../servers/kubernetes/layout";
import { textOf } from "../configuration/server-args";
import type { DeclaredServer, Pod } from "../configuration/declared-server";
import type { KubernetesTarget } from "./target";

/** The namespace of a target without one. */
export const DEFAULT_NAMESPACE = "default";

/** Returns the namespace of all objects of a cluster. */
export function namespaceOf({ namespace = DEFAULT_NAMESPACE }: KubernetesTarget): pulumi.Output<string> {
  return textOf(namespace);
}

/** Returns the host by which pods reach the Service of an entry. */
export function serviceHost(
  target: KubernetesTarget,
  clusterName: pulumi.Output<string>,
  entry: string,
): pulumi.Output<string> {
  return pulumi.interpolate`${clusterName.apply((cluster) => entryName(cluster, entry))}.${namespaceOf(target)}.svc`;
}

/** The most pods of an entry of `servers`. */
export const MAX_REPLICAS = 100;

/** Returns whether a value is a number of pods that a StatefulSet of this package can have. */
export function isReplicaCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_REPLICAS;
}

/** Returns a server for each pod of an entry of `servers`. */
export function expandEntry(
  entry: DeclaredServer,
  replicas: number,
  target: KubernetesTarget,
  clusterName: pulumi.Output<string>,
  routeAddresses: readonly pulumi.Input<string>[] = [],
): DeclaredServer[] {
  return Array.from({ length: replicas }, (_, ordinal) => {
    const name = clusterName.apply((cluster) => podName(entryName(cluster, entry.name), ordinal));
    // The headless Service of all pods has the name of the cluster.
    const host = pulumi.interpolate`${name}.${clusterName}.${namespaceOf(target)}.svc`;
    const address = routeAddresses[ordinal];
    const own = address === undefined ? {} : { routeAddress: textOf(address) };
    const pod: Pod = { entry: entry.name, ordinal, name, host, ...own };
    return { ...entry, name: podName(entry.name, ordinal), pod };
  });
}

/** Returns one server of each entry: pods of an entry have the same arguments. Other servers have arguments of their own. */
export function onePerEntry<Server extends Pick<DeclaredServer, "pod">>(servers: readonly Server[]): readonly Server[] {
  return servers.filter(({ pod }) => pod === undefined || pod.ordinal === 0);
}
