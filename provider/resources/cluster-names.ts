import type * as pulumi from "@pulumi/pulumi";
import { DETAILS } from "../dynamic/life-cycle/details";
import { OWN_PROVIDER } from "../model/cluster/pod-objects";
import type { KubernetesAccess } from "../servers/kubernetes/access";
import { type DeepInput, DynamicResource } from "./dynamic-resource";

/** Arguments of {@link ClusterNames}. */
export interface ClusterNamesArgs {
  /** How the API server is reached. */
  api: DeepInput<KubernetesAccess>;
  /** The namespace of all objects. */
  namespace: pulumi.Input<string>;
  clusterName: pulumi.Input<string>;
  /** The names of the entries of `servers`. */
  entries: readonly string[];
  /** The names of the servers with a Service for each of their pods. @default none */
  reached?: readonly string[];
  /** The ports of nodes that lead to single pods, each by the path of the argument that names it. @default none */
  nodePorts?: pulumi.Input<Readonly<Record<string, number>>>;
  /** The provider of the objects; undefined if the cluster creates it. */
  provider: pulumi.ProviderResource | undefined;
  /** Whether the servers store streams. */
  stores: boolean;
}

/**
 * The names of the objects of a cluster in a namespace of Kubernetes. They are fixed, and the engine would take over objects with the
 * same names: before it creates any, this resource checks that they belong to nobody else. It chooses the owner that all objects name
 * in an annotation, so that those of an update that was killed are found to be its own.
 */
export class ClusterNames extends DynamicResource {
  /** A random text. */
  declare public readonly owner: pulumi.Output<string>;

  constructor(name: string, args: ClusterNamesArgs, opts?: pulumi.CustomResourceOptions) {
    const { entries, provider, ...rest } = args;
    const details = { ...rest, group: name, provider: provider?.urn ?? OWN_PROVIDER };
    super("cluster-names", "ClusterNames", name, { entries, [DETAILS]: details, owner: undefined }, opts);
  }
}
