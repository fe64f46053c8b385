import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../servers/place";
import type { ConfiguredServer } from "../dynamic/cluster/configured-server";
import type { StreamInputs } from "../dynamic/cluster/streams";
import type { DeclaredStore } from "../dynamic/cluster/stream-store";
import { DETAILS } from "../dynamic/life-cycle/details";
import { configProperty, largeConfig, smallConfig } from "../dynamic/state/configuration-texts";
import { mapServers, type PerServer } from "../model/cluster/servers";
import { DynamicResource, type DeepInput } from "./dynamic-resource";
import type { RouteCheck } from "../dynamic/cluster/check-credentials";

/** {@link RouteCheck} as an argument. */
export type RouteCheckArgs = { readonly [Key in keyof RouteCheck]: DeepInput<RouteCheck[Key]> };

/** {@link ConfiguredServer} as an argument. */
export type ConfiguredServerArgs = { readonly [Key in keyof ConfiguredServer]: DeepInput<ConfiguredServer[Key]> };

/** Arguments of {@link ClusterConfiguration}. */
export interface ClusterConfigurationArgs {
  /** The cluster's name. */
  clusterName: pulumi.Input<string>;
  /**
   * The current attempt, from a `ConfigurationAttempt`. An unfinished attempt is repeated. If the previous attempt was not
   * finished, it is unknown what the servers loaded of it; servers in its places are stopped when these start.
   */
  attempt: pulumi.Input<string>;
  /** The place of each server. */
  places: PerServer<DeepInput<Place>>;
  /** The configuration of each server. */
  servers: PerServer<ConfiguredServerArgs>;
  /** The configuration of each server without keys and JWTs: what previews show. */
  outlines: PerServer<pulumi.Input<string>>;
  /**
   * How to verify that the servers have a route between them: if both must restart, the second one waits for it.
   *
   * @default no verification: the second server waits until the first one is ready
   */
  check?: RouteCheckArgs;
  /** What determines which streams a change loses, and which of them may be deleted. */
  streams?: StreamArgs;
  /**
   * Where the servers store streams: an update that would leave them behind fails at the preview.
   *
   * @default the servers do not run JetStream
   */
  store?: { readonly [Key in keyof DeclaredStore]: DeepInput<DeclaredStore[Key]> };
  /**
   * What happens to each volume when the cluster is destroyed: what previews show.
   *
   * @default the servers have none that their platform keeps
   */
  volumes?: pulumi.Input<Readonly<Record<string, string>>>;
}

/** {@link StreamInputs} as an argument. */
export type StreamArgs = { readonly [Key in keyof StreamInputs]: DeepInput<StreamInputs[Key]> };

/**
 * The configurations of the servers of a cluster. It writes them to the servers' places and starts or reloads the servers. All
 * servers change, or none does.
 */
export class ClusterConfiguration extends DynamicResource {
  /** Identifies the last time that the configurations were applied, changed or not. */
  declare public readonly applied: pulumi.Output<string>;

  /** The servers that did not run after the last update, as a warning. */
  declare public readonly missing: pulumi.Output<string | undefined>;

  constructor(name: string, args: ClusterConfigurationArgs, opts?: pulumi.CustomResourceOptions) {
    const { outlines, servers, volumes, ...rest } = args;
    const small = mapServers(servers, ({ config, ...server }) => ({
      ...server,
      config: pulumi.output(config).apply(smallConfig),
    }));
    const large = Object.entries(servers).map(
      ([server, { config }]) => [configProperty(server), pulumi.output(config).apply(largeConfig)] as const,
    );
    const details = { ...rest, servers: small };
    super(
      "cluster-configuration",
      "ClusterConfiguration",
      name,
      {
        ...outlines,
        [DETAILS]: details,
        ...(volumes === undefined ? {} : { volumes }),
        ...Object.fromEntries(large),
        applied: undefined,
        condition: undefined,
        missing: undefined,
        routePassword: undefined,
      },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["routePassword"] }),
    );
  }
}
