import type { KubernetesObject } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type { NamespacePlace } from "./access";
import { NamespaceClient } from "./client";
import { CLUSTER_LABEL, entryName, OWNER_ANNOTATION, routeServiceName } from "./layout";

/** The kinds of objects that have the name of an entry of a cluster, and those that have the name of the cluster. */
const OF_ENTRY = [
  ["apps/v1", "StatefulSet"],
  ["v1", "Service"],
  ["v1", "Secret"],
] as const;
const OF_CLUSTER = [
  ["v1", "Service"],
  ["policy/v1", "PodDisruptionBudget"],
] as const;
const OF_POD = ["v1", "Service"] as const;

/** The objects of a cluster that may not exist yet. */
interface Created {
  /** The servers with a Service for each of their pods. */
  readonly reached: readonly string[];
  /** The entries that have none. */
  readonly entries: readonly string[];
  /** Whether the cluster itself has none either. */
  readonly isNew: boolean;
}

/**
 * Finds objects with the names of a cluster that belong to others.
 *
 * @param owner who owns the objects of the cluster
 * @returns their kinds and names, such as `Service nats`
 */
export async function findForeignObjects(
  place: NamespacePlace,
  owner: string,
  clusterName: string,
  { entries, reached, isNew }: Created,
): Promise<readonly string[]> {
  const client = await NamespaceClient.connect(place);
  const names = [
    ...(isNew ? OF_CLUSTER.map((kind) => [kind, clusterName] as const) : []),
    ...reached.map((server) => [OF_POD, routeServiceName(entryName(clusterName, server))] as const),
    ...entries.flatMap((entry) => OF_ENTRY.map((kind) => [kind, entryName(clusterName, entry)] as const)),
  ];
  const found = await Promise.all(
    names.map(async ([[version, kind], name]) => {
      const object = await client.readObject(version, kind, name);
      return object === undefined || isOwn(object, owner) ? [] : [`${kind} ${name}`];
    }),
  );
  return found.flat();
}

/** Objects of earlier versions name no owner. */
function isOwn({ metadata }: KubernetesObject, owner: string): boolean {
  const { [OWNER_ANNOTATION]: named } = metadata?.annotations ?? {};
  return named === undefined ? metadata?.labels?.[CLUSTER_LABEL] !== undefined : named === owner;
}
