import * as pulumi from "@pulumi/pulumi";
import { renderLeafNodeRemote } from "../../config/leaf-node-remote";
import type { Mode, PerServer } from "../../model/cluster/servers";
import { omitUndefined } from "../../model/form/order";
import type { AccountUser } from "../account/account-users";
import type { DeclaredServer } from "./declared-server";

/** How a leaf node logs in. */
export interface LeafNodeOptions {
  /**
   * Path of the file with the user's `creds`, on the machine of the leaf node. Servers in static mode need no file.
   *
   * @example "/etc/nats/edge.creds"
   */
  readonly credentials: pulumi.Input<string>;
  /**
   * Path of the file with the certificates of the authorities that have signed those of the servers, on the machine of the leaf node.
   *
   * @default the authorities of the system
   */
  readonly ca?: pulumi.Input<string>;
  /**
   * Account of the leaf node's own server that is connected with the account of the user.
   *
   * @default its global account, `$G`, to which all clients belong on a server without accounts
   */
  readonly account?: pulumi.Input<string>;
}

/** The `leafnodes` block for the configuration of a leaf node, by the mode of the servers that it connects to. */
export interface LeafNodeRemotes {
  /**
   * For servers in static mode, as a secret: it contains the seed. Undefined if none has a `leafNodePort`, or if the seed is not
   * managed here.
   */
  readonly static: pulumi.Output<string | undefined>;
  /** For servers in operator mode. Undefined if none has a `leafNodePort`. */
  readonly operator: pulumi.Output<string | undefined>;
}

/** Renders what a leaf node needs to log in as a user. It connects to one of the servers of a mode, and to another one if it fails. */
export function leafNodeRemotes<Name extends string>(
  servers: readonly Pick<DeclaredServer<Name>, "name" | "mode">[],
  leafNodeUrls: PerServer<pulumi.Output<string> | undefined, Name>,
  user: AccountUser,
  { credentials, ca, account }: LeafNodeOptions,
): LeafNodeRemotes {
  const remote = (mode: Mode, key: "nkey" | "credentials", login: pulumi.Input<string | undefined>) => {
    const urls = servers.flatMap((server) => (server.mode === mode ? (leafNodeUrls[server.name] ?? []) : []));
    return pulumi
      .all([pulumi.all(urls), pulumi.output(login), pulumi.output({ ca, account })])
      .apply(([known, by, more]) =>
        known.length === 0 || by === undefined
          ? undefined
          : renderLeafNodeRemote(omitUndefined({ urls: known, ...more, [key]: by })),
      );
  };
  return { static: remote("static", "nkey", user.seed), operator: remote("operator", "credentials", credentials) };
}
