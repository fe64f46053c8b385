import type * as pulumi from "@pulumi/pulumi";
import { TLS_OPTIONS, type TlsOptions } from "../../model/tls/options";
import { getOwn } from "../../model/form/order";
import { anyValue, hasShape, isRecord, matching, objectOf, optional, type Shape } from "../../model/form/shape";
import type { DeepInput } from "../../resources/dynamic-resource";

/** A file on the machine of the server, which something else writes and renews. One file may contain certificates and their key. */
export interface FileOnHost {
  /** Absolute path. The user that the server runs as must be able to read it: in containers, user and group 65534. */
  readonly file: pulumi.Input<string>;
}

/** Text in PEM format, or a file with it on the machine of the server. */
export type PemSource = pulumi.Input<string> | FileOnHost;

/** Certificate and private key of a server, and the authorities that it trusts. */
export interface TlsIdentity {
  /**
   * Certificate of the server, followed by those of intermediate authorities. Its subject alternative names must contain the hosts
   * by which others reach the server.
   *
   * @default that of the cluster
   */
  readonly certificate?: PemSource;
  /** Private key of the certificate, without a passphrase. It becomes a secret. Set it beside `certificate`. */
  readonly key?: PemSource;
  /**
   * Certificates of authorities. In `tls` itself, those that have signed the certificates of servers: clients of this package trust
   * them. In `routes`, those that sign certificates of servers; in `clients`, those of clients.
   *
   * @default the `ca` of the cluster; without any, clients of this package trust the authorities of Node.js
   */
  readonly ca?: PemSource;
}

/** Properties as inputs. */
export type Inputs<T> = { readonly [Key in keyof T]: DeepInput<T[Key]> };

/** TLS settings that `clients` and `routes` can replace. */
type SharedOptions = Inputs<Pick<TlsOptions, "minVersion" | "cipherSuites" | "curves" | "timeout">>;

/** TLS of the routes between servers. It is mutual: each server requires the certificates of the others. */
export interface RouteTls
  extends
    TlsIdentity,
    Inputs<Pick<TlsOptions, "minVersion" | "cipherSuites" | "curves" | "timeout" | "pinnedCertificates">> {}

/** TLS of client connections. */
export interface ClientTls extends TlsIdentity, Inputs<TlsOptions> {}

/** TLS of connections over WebSocket. */
export interface WebSocketTls
  extends TlsIdentity, Inputs<Pick<TlsOptions, "verify" | "minVersion" | "cipherSuites" | "curves">> {
  /**
   * Host name in the certificate, by which clients reach the listener. It is the host of the URLs of this protocol.
   *
   * @default `serverName` of the cluster, or the host of `clientUrls`
   */
  readonly serverName?: pulumi.Input<string>;
}

/** TLS of connections with MQTT clients. */
export interface ProtocolTls extends WebSocketTls, Inputs<Pick<TlsOptions, "timeout" | "pinnedCertificates">> {}

/** TLS of connections with leaf nodes. */
export interface LeafNodeTls extends ProtocolTls, Inputs<Pick<TlsOptions, "handshakeFirst">> {}

/** TLS of a server: of its connections with clients, of its routes, and of monitoring. */
export interface ServerTlsArgs extends TlsIdentity, SharedOptions {
  /**
   * TLS of client connections, or `"disabled"`. The default of each argument is that of `tls`.
   *
   * Plain, because it determines the URLs of the servers.
   *
   * @default enabled
   */
  readonly clients?: ClientTls | "disabled";
  /**
   * TLS of routes, or `"disabled"`: the same for all servers of a cluster. The default of each argument is that of `tls`.
   *
   * Plain, because it determines how servers connect.
   *
   * @default enabled
   */
  readonly routes?: RouteTls | "disabled";
  /**
   * TLS of leaf nodes, of a server with a `leafNodePort`, or `"disabled"`. The default of each argument is that of `tls`. Certificates,
   * `ca`, `verify`, `minVersion`, `cipherSuites`, `curves` and `handshakeFirst` are reloaded; other changes restart the server.
   *
   * Plain, because it determines the URLs of the servers.
   *
   * @default enabled
   */
  readonly leafNodes?: LeafNodeTls | "disabled";
  /** TLS of clients over WebSocket, of a server with a `websocketPort`, or `"disabled"`: see `leafNodes`. @default enabled */
  readonly websocket?: WebSocketTls | "disabled";
  /** TLS of MQTT clients, of a server with an `mqttPort`, or `"disabled"`: see `leafNodes`. @default enabled */
  readonly mqtt?: ProtocolTls | "disabled";
  /**
   * Whether monitoring uses the certificate for clients (`https`). It requires no certificates of its clients. A change
   * restarts the servers, if they have a `monitoringPort`.
   *
   * Plain, because it determines the URLs of monitoring.
   *
   * @default "enabled", unless `clients` is `"disabled"`
   */
  readonly monitoring?: "enabled" | "disabled";
}

/** How this package's own verification connects to servers with TLS. */
export interface VerificationTls {
  /**
   * Certificates of the authorities that have signed the certificates of the servers.
   *
   * @default `ca` of the cluster and of its servers; without any, the authorities of Node.js
   */
  readonly ca?: pulumi.Input<string>;
  /**
   * Certificate of the client, for servers with `verify`.
   *
   * @default the certificate of the servers, which must then be one for clients, too
   */
  readonly certificate?: pulumi.Input<string>;
  /** Private key of the certificate, without a passphrase. It becomes a secret. */
  readonly key?: pulumi.Input<string>;
}

/** TLS of a cluster. */
export interface ClusterTls extends ServerTlsArgs {
  /**
   * Host name in the certificates for clients, if it is not the host of `clientUrls`. The verification connects to the URLs, and
   * expects certificates for this name.
   * The URLs for leaf nodes, WebSocket and MQTT contain it.
   *
   * @default the host of each URL
   */
  readonly serverName?: pulumi.Input<string>;
  /** How the verification of each update connects. */
  readonly verification?: VerificationTls;
}

const PEM: Shape = anyValue;
const IDENTITY = { certificate: PEM, key: PEM, ca: PEM };
const anyOf = <Key extends string>(keys: readonly Key[]) =>
  Object.fromEntries(keys.map((key) => [key, anyValue])) as Record<Key, Shape>;
const SHARED = ["minVersion", "cipherSuites", "curves", "timeout"] as const;

const DISABLED = "disabled";

/** An object, or "disabled". */
function unlessDisabled(shape: Shape): Shape {
  const object = matching('an object or "disabled"', "Use one of these values.", isRecord);
  return optional((value, path) =>
    value === DISABLED ? [] : isRecord(value) ? shape(value, path) : object(value, path),
  );
}

const PROTOCOL_MEMBERS = { ...IDENTITY, ...anyOf([...SHARED, "verify", "pinnedCertificates", "serverName"]) };
const PROTOCOL_TLS = unlessDisabled(objectOf<ProtocolTls>(PROTOCOL_MEMBERS));

const SERVER_MEMBERS = {
  ...IDENTITY,
  ...anyOf(SHARED),
  clients: unlessDisabled(
    objectOf<ClientTls>({ ...IDENTITY, ...anyOf(Object.keys(TLS_OPTIONS) as (keyof TlsOptions)[]) }),
  ),
  routes: unlessDisabled(objectOf<RouteTls>({ ...IDENTITY, ...anyOf([...SHARED, "pinnedCertificates"]) })),
  leafNodes: unlessDisabled(objectOf<LeafNodeTls>({ ...PROTOCOL_MEMBERS, handshakeFirst: anyValue })),
  websocket: PROTOCOL_TLS,
  mqtt: PROTOCOL_TLS,
  monitoring: optional(
    matching(
      '"enabled" or "disabled"',
      "Use one of these values.",
      (value) => value === "enabled" || value === DISABLED,
    ),
  ),
};

/** The shape of the TLS arguments of a server. */
export const SERVER_TLS: Shape = optional(objectOf<ServerTlsArgs>(SERVER_MEMBERS));

/** The shape of each TLS argument of a cluster; a server has some of them. */
export const TLS_MEMBERS: Readonly<Record<keyof ClusterTls, Shape>> = {
  ...SERVER_MEMBERS,
  serverName: anyValue,
  verification: optional(objectOf<VerificationTls>({ ca: anyValue, certificate: anyValue, key: anyValue })),
};

/** The shape of the TLS arguments of a cluster. */
export const CLUSTER_TLS: Shape = optional(objectOf<ClusterTls>(TLS_MEMBERS));

/** The path of the TLS arguments of a cluster. */
export const CLUSTER = "tls";

/** Leaves out malformed arguments, which are reported elsewhere. */
export function wellFormed<Args extends ServerTlsArgs>(args: Args | undefined): Partial<Args> {
  const members = Object.entries(isRecord(args) ? args : {});
  return Object.fromEntries(
    members.filter(([name, value]) => hasShape(getOwn(TLS_MEMBERS, name) ?? anyValue, value)),
  ) as Partial<Args>;
}

/** Members of TLS arguments that are not registered: keys, and texts that may contain one by mistake. */
const UNREGISTERED: readonly string[] = ["certificate", "key", "ca"];

/** Returns TLS arguments without certificates and keys, as a component registers them. */
export function withoutPem(tls: unknown): unknown {
  if (!isRecord(tls)) {
    return undefined;
  }
  const members = Object.entries(tls).filter(([key]) => !UNREGISTERED.includes(key));
  return Object.fromEntries(members.map(([key, value]) => [key, isRecord(value) ? withoutPem(value) : value]));
}
