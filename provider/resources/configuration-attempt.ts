import * as pulumi from "@pulumi/pulumi";
import type { PerServer } from "../model/cluster/servers";
import type { Place } from "../servers/place";
import { DETAILS } from "../dynamic/life-cycle/details";
import { DynamicResource, type DeepInput } from "./dynamic-resource";

/** Arguments of {@link ConfigurationAttempt}. */
export interface ConfigurationAttemptArgs {
  /** A digest of the servers' configurations and places. */
  wanted: pulumi.Input<string>;
  /** The place of each server. */
  places: PerServer<DeepInput<Place>>;
  /** The addresses at which the servers reach each other, as one text. */
  addresses: pulumi.Input<string>;
  /**
   * The version of the routes' password: a different version generates a different password.
   *
   * @default the present password
   */
  routesVersion?: pulumi.Input<string | undefined>;
}

/**
 * Records that a change of servers was begun. The record is in the state before a server is changed, and
 * `ClusterConfiguration` records which attempt it finished. After a killed update the two differ, so that the next update
 * applies the configurations again, even if the program was reverted.
 */
export class ConfigurationAttempt extends DynamicResource {
  /** The attempt as a text, for `ClusterConfiguration`. */
  declare public readonly attempt: pulumi.Output<string>;

  constructor(name: string, args: ConfigurationAttemptArgs, opts?: pulumi.CustomResourceOptions) {
    const { wanted, ...details } = args;
    super(
      "configuration-attempt",
      "ConfigurationAttempt",
      name,
      { wanted, [DETAILS]: details, attempt: undefined },
      // A place can contain the key of its Docker Engine.
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["attempt"] }),
    );
  }
}
