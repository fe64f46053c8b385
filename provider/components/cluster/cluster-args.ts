import * as pulumi from "@pulumi/pulumi";
import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import type { Rotation } from "../../model/keys/rotation";
import { MODE_SHAPE, serversDiagnostics, type DefaultServer, type Mode } from "../../model/cluster/servers";
import type { ServerSettings } from "../../model/cluster/server-settings";
import type { ServerStorage } from "../../model/cluster/server-storage";
import { omitUndefined } from "../../model/form/order";
import {
  anyValue,
  hasShape,
  isRecord,
  mapOf,
  matching,
  objectOf,
  optional,
  checkShape,
  stringShape,
  type Shape,
} from "../../model/form/shape";
import type { DeepInput } from "../../resources/dynamic-resource";
import {
  CONFIGURATION_SHAPES,
  registeredConfigurationArgs,
  type ConfigurationArgs,
} from "../configuration/configuration-args";
import { registeredArgs } from "../registered-args";
import { HOST, hostNamesDiagnostics, type HostArgs } from "./host-args";
import { TARGET, type Target } from "./target";

/** Ports and settings of one server. */
export interface ServerArgs {
  /**
   * Client port, also of the host: see `bindAddress`.
   *
   * @default 4222 in static mode, 4223 in operator mode
   */
  clientPort?: pulumi.Input<number>;
  /**
   * Port for the routes from other servers. Containers use it in their network only: see `clusterAddress`.
   *
   * @default for one of `servers`, `clientPort` + 2000. For `staticServer` 6222, for `operatorServer` 6223
   */
  clusterPort?: pulumi.Input<number>;
  /**
   * HTTP monitoring port. The endpoint is unauthenticated: it shows connections, accounts, subscriptions and settings to
   * everyone who reaches it, that is, at `monitoringAddress`, and for containers also in `MixedAuthCluster.network`.
   *
   * @default monitoring is disabled
   */
  monitoringPort?: pulumi.Input<number>;
  /**
   * Limits, timeouts and other settings of this server. Each one replaces the same one in `settings` of the cluster.
   *
   * @default the `settings` of the cluster
   */
  settings?: DeepInput<ServerSettings>;
}

/** A server of a cluster. */
export interface ClusterServerArgs extends ServerArgs {
  /**
   * `"static"` for a server with accounts and nkeys in its configuration, `"operator"` for one that trusts the operator's JWT.
   * A server with a different mode restarts, and keeps its streams.
   *
   * Plain, because it determines which claims the modes must share.
   */
  mode: Mode;
  /**
   * Name of one of `hosts`: the machine on which the server runs.
   *
   * Plain, because it determines which resources exist.
   *
   * @default the cluster has no `hosts`
   */
  host?: string;
}

/**
 * Arguments of `MixedAuthCluster`.
 *
 * @typeParam T type of `target`: where the servers run
 * @typeParam Name names of `servers`; inferred
 */
export interface MixedAuthClusterArgs<
  T extends Target = Target,
  Name extends string = DefaultServer,
> extends ConfigurationArgs {
  /**
   * Servers by name: any number of each mode. A name has lower-case letters, digits and hyphens. It is the key of the server in
   * outputs, its host name in the network of containers, and the end of its `server_name`, `<cluster>-<name>`. Removing a server
   * from a cluster with JetStream moves its streams to the other servers first; a server with another name is a new one.
   *
   * Plain, because the names and modes determine which resources exist.
   *
   * @default one server of each mode, called `static` and `operator`, with the ports of `staticServer` and `operatorServer`
   * @example
   * ```ts
   * { servers: { a: { mode: "operator", clientPort: 4222 }, b: { mode: "operator", clientPort: 4223 } } }
   * ```
   */
  servers?: Readonly<Record<Name, ClusterServerArgs>>;
  /**
   * Cluster name, used by all servers and part of their names. It cannot change while the servers run JetStream, which
   * identifies its members by their names: set it to the present name if the resource gets a different one.
   *
   * @default the name of the resource
   */
  clusterName?: pulumi.Input<string>;
  /** Ports and settings of the static server, which has the accounts in its configuration; only without `servers`. */
  staticServer?: ServerArgs;
  /** Ports and settings of the operator server, which trusts the operator's JWT; only without `servers`. */
  operatorServer?: ServerArgs;
  /**
   * Where the servers run: in containers of a Docker Engine, or as processes on the machine that runs the update.
   *
   * Plain, because it determines which resources exist.
   *
   * @default "docker"
   * @example
   * ```ts
   * { target: { docker: { memoryLimit: "8GiB" } } }
   * { target: "process" } // `nats-server` from PATH
   * { target: { process: { binary: "/opt/nats/nats-server" } } }
   * ```
   */
  target?: T;
  /**
   * Machines with a Docker Engine each, by name, if the containers run on several. Each of `servers` names its host. A name has
   * lower-case letters, digits and hyphens. Servers on the same host reach each other in their docker network, servers on
   * different hosts by the `address` of the host. A server that moves to another host would leave its streams behind, which is
   * refused: add a server there, then remove the former one.
   *
   * Plain, because it determines which resources exist.
   *
   * @default all containers run on one Docker Engine, that of the docker provider
   * @example
   * ```ts
   * { hosts: { east: { provider: east, address: "10.0.0.1" }, west: { provider: west, address: "10.0.0.2" } } }
   * ```
   */
  hosts?: Readonly<Record<string, HostArgs>>;
  /**
   * nats-server image of the containers. It is pulled if the Docker Engine does not have it. Processes run an executable
   * instead: see `target`.
   *
   * @default nats:2.15.2
   */
  image?: pulumi.Input<string>;
  /**
   * IP address that client ports are bound to, on the machine that runs the servers. 0.0.0.0 or :: binds to all interfaces.
   *
   * @default 127.0.0.1: connections from the same machine only
   */
  bindAddress?: pulumi.Input<string>;
  /**
   * IP address that the ports for routes are bound to, on the machine that runs the servers. The servers of the cluster
   * do not need it; another server of the same cluster may.
   *
   * @default for processes, `bindAddress` if it is a loopback address, otherwise 127.0.0.1 or ::1. Containers publish no
   * port for routes by default: they use their network
   */
  clusterAddress?: pulumi.Input<string>;
  /**
   * IP address that monitoring ports are bound to, on the machine that runs the servers. Monitoring is unauthenticated and
   * off by default: see `monitoringPort`.
   *
   * @default `bindAddress` if it is a loopback address, otherwise 127.0.0.1 or ::1
   */
  monitoringAddress?: pulumi.Input<string>;
  /**
   * Limits, timeouts and other settings of all servers, in both modes. `settings` of a server replace single ones.
   *
   * @default those of nats-server
   * @example
   * ```ts
   * { settings: { maxPayload: "8MiB", pingInterval: "30s", serverTags: ["region:eu"] } }
   * ```
   */
  settings?: DeepInput<ServerSettings>;
  /**
   * JetStream storage limits of each server. `{}` enables JetStream with the limits that nats-server derives from the
   * machine. Streams survive the replacement of a server: they are stored in a docker volume, or in a folder next to those
   * of the processes, and are deleted with the cluster. More than half of the servers form the quorum, so of two servers both:
   * streams can be created and changed only while it is running. An update fails at the preview if the servers would no longer find their streams:
   * with another cluster name, system account, target, folder or Docker Engine.
   *
   * @default JetStream is disabled
   */
  jetstream?: DeepInput<ServerStorage>;
  /**
   * Accounts whose streams an update may delete. An update that would lose stored messages is refused before a server is
   * changed: if an account with streams is removed, gets a different key or loses JetStream, or if the cluster loses it. It
   * goes through if each account is listed, and deletes its streams on all servers. Other updates delete nothing. Remove
   * the entries after the update.
   *
   * An entry is the name of an account, or a public key (`A…`): streams of accounts that are in no program are deleted by
   * their key.
   *
   * @default none
   */
  discardStreams?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * Public keys of trusted proxies (`proxies.trusted`). A proxy proves with its signature that a client connects
   * through it; users with `proxyRequired` can log in only through one of these proxies. A change restarts the servers.
   *
   * @default none
   */
  trustedProxies?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * Password rotation of the routes between the servers. The password is generated once; a different `version`
   * generates a new one, which all servers reload. A server has one route password at a time, so there is no overlap:
   * the routes reconnect within milliseconds, and clients stay connected.
   *
   * @example
   * ```ts
   * { rotation: { version: 2 } }
   * ```
   *
   * @default the current password is kept
   */
  routes?: {
    /** Replaces the password: a different `version` generates a new one. */
    readonly rotation?: DeepInput<Pick<Rotation, "version">>;
  };
  /**
   * Whether each update verifies that all servers joined the cluster and loaded every account, and that JetStream is
   * healthy, if they run it. The verification connects from this machine to the client port of the first server in operator
   * mode, or of the first server if there is none: disable it if that port is not reachable. Without it, an update neither waits for JetStream between two restarts, nor notices that an
   * account that loses JetStream has streams.
   *
   * Plain, because it determines whether a resource exists.
   *
   * @default "enabled"
   */
  verification?: "enabled" | "disabled";
}

/** Arguments of a cluster with servers of any names. */
export type ClusterArgs = MixedAuthClusterArgs<Target, string>;

const VERIFICATIONS: readonly unknown[] = ["enabled", "disabled"] satisfies ClusterArgs["verification"][];
const SERVER_ARGS = { clientPort: anyValue, clusterPort: anyValue, monitoringPort: anyValue, settings: anyValue };
const SERVER: Shape = optional(objectOf<ServerArgs>(SERVER_ARGS));

/** The shape of one of `servers`. */
export const CLUSTER_SERVER: Shape = objectOf<ClusterServerArgs>({
  mode: MODE_SHAPE,
  host: optional(stringShape),
  ...SERVER_ARGS,
});
const OWN_SHAPES: Readonly<Record<Exclude<keyof ClusterArgs, keyof ConfigurationArgs>, Shape>> = {
  servers: optional(mapOf(CLUSTER_SERVER)),
  hosts: optional(mapOf(HOST)),
  clusterName: anyValue,
  staticServer: SERVER,
  operatorServer: SERVER,
  target: TARGET,
  image: anyValue,
  bindAddress: anyValue,
  clusterAddress: anyValue,
  monitoringAddress: anyValue,
  settings: anyValue,
  jetstream: anyValue,
  discardStreams: anyValue,
  trustedProxies: anyValue,
  routes: optional(objectOf<NonNullable<ClusterArgs["routes"]>>({ rotation: anyValue })),
  verification: optional(
    matching('"enabled" or "disabled"', "Use one of these values.", (value) => VERIFICATIONS.includes(value)),
  ),
};
const ARGS: Shape = objectOf<ClusterArgs>({ ...CONFIGURATION_SHAPES, ...OWN_SHAPES });

/** Checks the shape of a cluster's arguments, as far as they are plain values. */
export function clusterArgsDiagnostics(args: ClusterArgs): Diagnostic[] {
  return checkShape("", ARGS, args, ({ servers, staticServer, operatorServer }) => [
    ...(servers === undefined
      ? []
      : [...serversDiagnostics(Object.keys(servers)), ...portsBesideServers({ staticServer, operatorServer })]),
    ...hostNamesDiagnostics(args),
  ]);
}

/** Finds arguments that have no effect beside `servers`. */
export function portsBesideServers(ports: Readonly<Record<string, unknown>>): Diagnostic[] {
  return Object.entries(ports).flatMap(([path, given]) =>
    diagnose({
      code: "NA1742",
      path,
      problem:
        given === undefined
          ? undefined
          : "cannot be combined with `servers`, which has the ports and settings of each server",
      remedy: "Remove one of the two arguments.",
    }),
  );
}

/** Returns a cluster's arguments as its component registers them, with the operator and the accounts by name. */
export function registeredClusterArgs(args: ClusterArgs): pulumi.Inputs {
  const known = Object.fromEntries(
    Object.entries(isRecord(args) ? args : {}).filter(([key]) => Object.hasOwn(OWN_SHAPES, key)),
  );
  return { ...registeredArgs(withoutExtra(known)), ...registeredConfigurationArgs(args) };
}

/** Leaves out `extra` of all settings, at any depth: a text that is rejected because it contains a secret is registered, too. */
export function withoutExtra(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const members = Object.entries(args).map(([key, value]): [string, unknown] => [
    key,
    key === "settings"
      ? (pulumi.output(value) as pulumi.Output<unknown>).apply(omitExtra)
      : isRecord(value)
        ? withoutExtra(value)
        : value,
  ]);
  return Object.fromEntries(members);
}

function omitExtra(settings: unknown): unknown {
  return isRecord(settings) ? omitUndefined<object>({ ...settings, extra: undefined }) : settings;
}

/** Returns an argument that is a string; an empty one in place of another value, which is a problem of the cluster. */
export function textOf(input: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(input).apply((value) => (hasShape(stringShape, value) ? value : ""));
}

/** Default image of the servers: the nats-server version that this package is tested with. */
export const DEFAULT_IMAGE = "nats:2.15.2";
