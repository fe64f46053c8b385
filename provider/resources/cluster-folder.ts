import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "./dynamic-resource";

/** Arguments of {@link ClusterFolder}. */
export interface ClusterFolderArgs {
  /**
   * The absolute path of the folder in which programs keep their state.
   *
   * @default `$XDG_STATE_HOME`, or else `~/.local/state`, when the resource is created
   */
  home?: pulumi.Input<string>;
  /** The beginning of the folder's name, for people. */
  label: pulumi.Input<string>;
  /**
   * Whether the servers store streams in it: then it cannot be replaced.
   *
   * @default false
   */
  stores?: boolean;
}

/**
 * The folder of a cluster whose servers are processes on this machine. The resource only chooses a name with a random part,
 * which no other stack, checkout or user has. The first server creates the folder. The name is in the state before the folder
 * exists, so that its removal is complete even after killed updates.
 */
export class ClusterFolder extends DynamicResource {
  /** The absolute path. */
  declare public readonly path: pulumi.Output<string>;

  constructor(name: string, args: ClusterFolderArgs, opts?: pulumi.CustomResourceOptions) {
    super("cluster-folder", "ClusterFolder", name, { ...args, path: undefined }, opts);
  }
}
