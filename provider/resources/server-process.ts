import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "./dynamic-resource";

/** Arguments of {@link ServerProcess}. */
export interface ServerProcessArgs {
  /** The absolute path of the cluster's folder. */
  cluster: pulumi.Input<string>;
  /** The name of the server. Its name in states is the one that earlier versions gave it. */
  side: pulumi.Input<string>;
  /** The absolute path of the nats-server executable. */
  binary: pulumi.Input<string>;
  /** A digest of what a reload cannot change: a change of it creates a new place. */
  fixed: pulumi.Input<string>;
}

/**
 * The place of a server that is a process on this machine: a folder in which nothing runs yet. The server is started after
 * its configuration was written there, so that it never runs with a different one.
 */
export class ServerProcess extends DynamicResource {
  /** The absolute path of the folder. */
  declare public readonly place: pulumi.Output<string>;

  constructor(name: string, args: ServerProcessArgs, opts?: pulumi.CustomResourceOptions) {
    super("server-process", "ServerProcess", name, { ...args, place: undefined }, opts);
  }
}
