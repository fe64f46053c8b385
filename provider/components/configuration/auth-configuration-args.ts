import type * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import { MODE_SHAPE, serversDiagnostics, type Mode } from "../../model/cluster/servers";
import {
  anyValue,
  checkShape,
  isRecord,
  mapOf,
  matching,
  objectOf,
  optional,
  type Shape,
} from "../../model/form/shape";
import { registeredArgs } from "../registered-args";
import { CONFIGURATION_SHAPES, registeredConfigurationArgs, type ConfigurationArgs } from "./configuration-args";
import type { SharedArgs } from "./server-args";
import { withoutSecrets, type ServerArgs, SERVER_SHAPES, SHARED_SHAPES } from "./server-args";
import { CLUSTER_TLS, type ClusterTls } from "./tls-args";

/** A server that something else deploys with a file of an `AuthConfiguration`. */
export interface ConfiguredServerArgs extends ServerArgs {
  /**
   * `"static"` for a server with accounts and nkeys in its configuration, `"operator"` for one that trusts the operator's JWT.
   *
   * Plain, because it determines which claims the modes must share.
   */
  mode: Mode;
  /** Host name or IP address by which clients and the other servers reach the server. */
  host: pulumi.Input<string>;
  /**
   * Client port.
   *
   * @default 4222
   */
  clientPort?: pulumi.Input<number>;
  /**
   * Port for the routes from other servers.
   *
   * @default 6222
   */
  clusterPort?: pulumi.Input<number>;
  /**
   * HTTP monitoring port. The endpoint is unauthenticated: it shows connections, accounts, subscriptions and settings to
   * everyone who reaches it at `monitoringAddress`.
   *
   * @default monitoring is disabled
   */
  monitoringPort?: pulumi.Input<number>;
  /**
   * IP address to listen on for clients and routes.
   *
   * @default 0.0.0.0: all addresses of the machine
   */
  bindAddress?: pulumi.Input<string>;
  /**
   * IP address to listen on for monitoring.
   *
   * @default 127.0.0.1
   */
  monitoringAddress?: pulumi.Input<string>;
}

/**
 * Arguments of `AuthConfiguration`.
 *
 * @typeParam Name names of `servers`; inferred
 */
export interface AuthConfigurationArgs<Name extends string = string> extends ConfigurationArgs, SharedArgs {
  /**
   * TLS of clients, routes and monitoring of `servers`. The files of certificates and keys that are given as text are in
   * `AuthConfiguration.tlsFiles`. `{ file }` is a file on the machine of each server.
   *
   * Plain, except for its certificates, keys and settings, because it determines the URLs of the servers.
   *
   * @default connections are not encrypted
   */
  tls?: Omit<ClusterTls, "verification">;
  /**
   * Servers by name: any number of each mode. Each gets a whole configuration file, `AuthConfiguration.configs`. A name has
   * lower-case letters, digits and hyphens; it is the end of the `server_name`, `<cluster>-<name>`.
   *
   * Plain, because the names and modes determine which outputs exist.
   *
   * @default none: only the parts about accounts are rendered
   * @example
   * ```ts
   * { servers: { n1: { mode: "static", host: "n1.example.org" }, n2: { mode: "operator", host: "n2.example.org" } } }
   * ```
   */
  servers?: Readonly<Record<Name, ConfiguredServerArgs>>;
  /**
   * Folder for stored streams, on the machine of each server: an absolute path.
   *
   * @default "/data"
   */
  storeFolder?: pulumi.Input<string>;
  /**
   * Folder for the files in `AuthConfiguration.tlsFiles`, on the machine of each server: an absolute path.
   *
   * @default "/etc/nats"
   */
  tlsFolder?: pulumi.Input<string>;
}

/** The shape of one of `servers`. */
export const CONFIGURED_SERVER: Shape = objectOf<ConfiguredServerArgs>({
  mode: MODE_SHAPE,
  host: matching("a host name or an IP address", "Use the host by which clients reach the server.", () => true),
  ...SERVER_SHAPES,
  bindAddress: anyValue,
  monitoringAddress: anyValue,
});

const OWN_SHAPES: Readonly<
  Record<Exclude<keyof AuthConfigurationArgs, keyof ConfigurationArgs | keyof SharedArgs>, Shape>
> = {
  servers: optional(mapOf(CONFIGURED_SERVER)),
  storeFolder: anyValue,
  tls: CLUSTER_TLS,
  tlsFolder: anyValue,
};
const ARGS: Shape = objectOf<AuthConfigurationArgs>({ ...CONFIGURATION_SHAPES, ...SHARED_SHAPES, ...OWN_SHAPES });

/** Checks the shape of a configuration's arguments. */
export function authConfigurationArgsDiagnostics(args: AuthConfigurationArgs): Diagnostic[] {
  return checkShape("", ARGS, args, ({ servers }) =>
    servers === undefined ? [] : serversDiagnostics(Object.keys(servers)),
  );
}

/** Returns a configuration's arguments as its component registers them, with the operator and the accounts by name. */
export function registeredAuthConfigurationArgs(args: AuthConfigurationArgs): pulumi.Inputs {
  const shapes = { ...SHARED_SHAPES, ...OWN_SHAPES };
  const known = Object.entries(isRecord(args) ? args : {}).filter(([key]) => Object.hasOwn(shapes, key));
  return { ...registeredArgs(withoutSecrets(Object.fromEntries(known))), ...registeredConfigurationArgs(args) };
}
