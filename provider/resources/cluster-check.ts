import * as pulumi from "@pulumi/pulumi";
import type { PerServer } from "../model/cluster/servers";
import type { ExpectedCluster } from "../servers/check";
import type { CheckAccess } from "../dynamic/cluster/check-credentials";
import { DETAILS } from "../dynamic/life-cycle/details";
import type { Place } from "../servers/place";
import { DynamicResource, type DeepInput } from "./dynamic-resource";

/** Arguments of {@link ClusterCheck}. */
export type ClusterCheckArgs = { [K in keyof ExpectedCluster]: DeepInput<ExpectedCluster[K]> } & {
  [K in keyof Omit<CheckAccess, "tls">]: pulumi.Input<CheckAccess[K]>;
} & {
  /** How to connect with TLS. A secret if it contains a key. */
  tls?: DeepInput<CheckAccess["tls"]>;
  /** Identifies the last time that the configurations were applied. A change of it repeats the verification. */
  applied: pulumi.Input<string>;
  /** The place of each server, to find out whether it still runs. */
  places: PerServer<DeepInput<Place>>;
};

/**
 * Verifies that the running servers of a cluster have a route between them and have loaded every account, and that JetStream
 * is healthy, if they run it. The update fails if that is not so. A refresh verifies JetStream again.
 */
export class ClusterCheck extends DynamicResource {
  /** A description of the verified cluster. */
  declare public readonly result: pulumi.Output<string>;

  constructor(name: string, args: ClusterCheckArgs, opts?: pulumi.CustomResourceOptions) {
    const { applied, signer, tls, ...details } = args;
    const secrets = { signer: pulumi.secret(signer), ...(tls === undefined ? {} : { tls }) };
    super(
      "cluster-check",
      "ClusterCheck",
      name,
      { applied, [DETAILS]: { ...details, ...secrets }, result: undefined, condition: undefined },
      opts,
      { from: details, outputs: ["result", "condition"] },
    );
  }
}
