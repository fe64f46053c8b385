import type * as pulumi from "@pulumi/pulumi";
import { anyValue, mapOf, objectOf, optional, matching, isRecord, unshown, type Shape } from "../../model/form/shape";
import type { RemoteSettings } from "../../model/cluster/remotes";
import type { Account } from "../account/account";
import { ACCOUNT } from "./configuration-parts";
import type { Inputs, PemSource } from "./tls-args";

/** TLS of connections to a hub. */
export interface RemoteTlsArgs {
  /**
   * Certificates of the authorities that have signed those of the hub.
   *
   * @default the authorities of the system on which the server runs. The default image has none; images whose tag ends in `-alpine` have
   * those of Mozilla
   */
  readonly ca?: PemSource;
  /**
   * Certificate with which servers connect, followed by those of intermediate authorities.
   *
   * @default none
   */
  readonly certificate?: PemSource;
  /** Private key of the certificate, without a passphrase. It becomes a secret. Set it beside `certificate`. */
  readonly key?: PemSource;
  /**
   * Lowest version of TLS.
   *
   * @default "1.2"
   */
  readonly minVersion?: pulumi.Input<"1.2" | "1.3">;
  /**
   * Whether the handshake precedes the first protocol message, as the hub requires it. Reloaded.
   *
   * @default false
   */
  readonly handshakeFirst?: pulumi.Input<boolean>;
}

/**
 * A hub to which servers connect as leaf nodes, with one account: a remote of `leafnodes`. At most one of `creds`, `seed` and `user`
 * is set. The login is in a file of its own, which the server alone can read.
 */
export interface RemoteArgs extends Inputs<RemoteSettings> {
  /**
   * Account of the cluster that is connected, or its name. The system account cannot be connected.
   *
   * Plain, because it determines what an update verifies.
   */
  readonly account: Account | string;
  /** Creds of a user of the hub: the content of a `.creds` file. It becomes a secret. A change is reloaded, and used for the next connection. */
  readonly creds?: pulumi.Input<string>;
  /** Seed (`SU…`) of a user of the hub. It becomes a secret. A change is reloaded, and opens the connection again. */
  readonly seed?: pulumi.Input<string>;
  /** Name of a user of the hub. Set it beside `password`. A change is reloaded, and opens the connection again. */
  readonly user?: pulumi.Input<string>;
  /** Password of the user. It becomes a secret. */
  readonly password?: pulumi.Input<string>;
  /**
   * TLS of the connections. Required by URLs with `tls` and `wss`, also if it is not set.
   *
   * @default that of the URLs
   */
  readonly tls?: RemoteTlsArgs;
  /**
   * Whether an update verifies that the servers are connected with the hub, and fails otherwise.
   *
   * Plain, because it determines what the update verifies.
   *
   * @default "enabled"
   */
  readonly verification?: "enabled" | "disabled";
}

const DISABLED = "disabled";

const TLS: Shape = objectOf<RemoteTlsArgs>({
  ca: anyValue,
  certificate: anyValue,
  key: anyValue,
  minVersion: anyValue,
  handshakeFirst: anyValue,
});

const REMOTE_ARGS: Shape = objectOf<RemoteArgs>({
  urls: anyValue,
  account: (value, path) => (typeof value === "string" ? [] : ACCOUNT(value, path)),
  creds: anyValue,
  seed: anyValue,
  user: anyValue,
  password: anyValue,
  tls: optional(TLS),
  denyImports: anyValue,
  denyExports: anyValue,
  verification: optional(
    matching(
      '"enabled" or "disabled"',
      "Use one of these values.",
      (value) => value === "enabled" || value === DISABLED,
    ),
  ),
});

/** The shape of the remotes of a cluster. Text in a wrong place may contain a password or a private key. */
export const REMOTES: Shape = unshown(optional(mapOf(REMOTE_ARGS)));

/** The shape of the remotes of a server. */
export const SERVER_REMOTES: Shape = unshown(
  optional(mapOf((value, path) => (value === DISABLED ? [] : REMOTE_ARGS(value, path)))),
);

/** Returns remotes as a component registers them: without logins, URLs and TLS, which may contain a secret by mistake. */
export function registeredRemotes(remotes: unknown): unknown {
  return isRecord(remotes)
    ? Object.fromEntries(Object.entries(remotes).map(([name, remote]) => [name, registeredRemote(remote)]))
    : undefined;
}

function registeredRemote(remote: unknown): unknown {
  if (!isRecord(remote)) {
    return remote === DISABLED ? remote : undefined;
  }
  const { account, denyImports, denyExports, verification } = remote;
  const name =
    typeof account === "object" && account !== null && "accountName" in account ? account.accountName : account;
  return { account: typeof name === "string" ? name : undefined, denyImports, denyExports, verification };
}
