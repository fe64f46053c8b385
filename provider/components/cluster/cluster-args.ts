import type * as pulumi from "@pulumi/pulumi";
import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { MODE_SHAPE, serversDiagnostics, type DefaultServer, type Mode } from "../../model/cluster/servers";
import {
  anyValue,
  isRecord,
  listOf,
  mapOf,
  matching,
  objectOf,
  optional,
  checkShape,
  stringShape,
  type Shape,
} from "../../model/form/shape";
import {
  CONFIGURATION_SHAPES,
  registeredConfigurationArgs,
  type ConfigurationArgs,
} from "../configuration/configuration-args";
import { registeredArgs } from "../registered-args";
import { HOST, hostNamesDiagnostics, type HostArgs } from "./host-args";
import { podArgsDiagnostics } from "./pod-args";
import { TARGET, type Target } from "./target";
import type { ServerArgs, SharedArgs } from "../configuration/server-args";
import { withoutSecrets, SHARED_SHAPES, SERVER_SHAPES } from "../configuration/server-args";
import { CLUSTER_TLS, type ClusterTls } from "../configuration/tls-args";

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
  /**
   * Number of pods, each of which is a server `<name>-0`, `<name>-1`, …; from 1 to 100, only with `target: { kubernetes }`. Removed
   * are the pods with the highest numbers: their streams move to the other servers first.
   *
   * Plain, because it determines which servers exist.
   *
   * @default 1
   */
  replicas?: number;
  /**
   * Addresses by which servers on other `hosts` reach the pods, such as `"192.0.2.10:31222"`: one for each pod, in the order of their
   * numbers. A Service of the type `routeServiceType` leads to each one. With `tls`, the certificate for routes must be valid for the
   * addresses. Required for pods if there are several `hosts`.
   *
   * Plain, except for its members, because their number determines which resources exist.
   *
   * @default none: only servers in the same Kubernetes cluster reach the pods
   */
  routeAddresses?: readonly pulumi.Input<string>[];
}

/**
 * Arguments of `MixedAuthCluster`.
 *
 * @typeParam T type of `target`: where the servers run
 * @typeParam Name names of `servers`; inferred
 * @typeParam H types of `target` of `hosts`; inferred
 */
export interface MixedAuthClusterArgs<
  T extends Target = Target,
  Name extends string = DefaultServer,
  H extends Target = never,
>
  extends ConfigurationArgs, SharedArgs {
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
  /** Ports and settings of the static server, which has the accounts in its configuration; only without `servers`. */
  staticServer?: ServerArgs;
  /** Ports and settings of the operator server, which trusts the operator's JWT; only without `servers`. */
  operatorServer?: ServerArgs;
  /**
   * Where the servers run: in containers of a Docker Engine, as processes on the machine that runs the update, or as pods of
   * Kubernetes.
   *
   * Plain, because it determines which resources exist.
   *
   * @default "docker"
   * @example
   * ```ts
   * { target: { docker: { memoryLimit: "8GiB" } } }
   * { target: "process" } // `nats-server` from PATH
   * { target: { process: { binary: "/opt/nats/nats-server" } } }
   * { target: { kubernetes: { context: "production", namespace: "nats" } } }
   * ```
   */
  target?: T;
  /**
   * Where servers run, by name, if it is not one place: machines with a Docker Engine each, processes on this machine, Kubernetes
   * clusters. Each of `servers` names its host. A name has lower-case letters, digits and hyphens. Servers on the same host reach each
   * other in their network, servers on different hosts by the `address` of the host, or the `routeAddresses` of pods. A server that
   * moves to another host would leave its streams behind, which is refused: add a server there, then remove the former one.
   *
   * Plain, because it determines which resources exist.
   *
   * @default all servers run in one place, the `target`
   * @example
   * ```ts
   * { hosts: { east: { provider: east, address: "10.0.0.1" }, west: { provider: west, address: "10.0.0.2" } } }
   * { target: { kubernetes: { context: "production" } }, hosts: { machine: { target: "docker", address: "10.0.0.1" }, pods: {} } }
   * ```
   */
  hosts?: Readonly<Record<string, HostArgs<H>>>;
  /**
   * nats-server image of the containers or pods. It is pulled if the Docker Engine or the node does not have it. Processes run an
   * executable instead: see `target`.
   *
   * @default nats:2.15.2
   */
  image?: pulumi.Input<string>;
  /**
   * IP address that client ports are bound to, on the machine that runs the servers. 0.0.0.0 or :: binds to all interfaces. Pods
   * have addresses of their own: a Service makes their ports available.
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
   * TLS of clients, routes and monitoring. Without it, ports that others than the same machine reach are errors of the preview,
   * unless `parity.accept` names them.
   *
   * Plain, except for its certificates, keys and settings, because it determines the URLs of the servers.
   *
   * @default connections are not encrypted
   * @example
   * ```ts
   * { tls: { certificate: server.certPem, key: key.privateKeyPem, ca: ca.certPem } }
   * ```
   */
  tls?: ClusterTls;
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
export type ClusterArgs = MixedAuthClusterArgs<Target, string, Target>;

const VERIFICATIONS: readonly unknown[] = ["enabled", "disabled"] satisfies ClusterArgs["verification"][];
const SERVER: Shape = optional(objectOf<ServerArgs>(SERVER_SHAPES));

/** The shape of one of `servers`. */
export const CLUSTER_SERVER: Shape = objectOf<ClusterServerArgs>({
  mode: MODE_SHAPE,
  host: optional(stringShape),
  replicas: anyValue,
  routeAddresses: optional(listOf(anyValue)),
  ...SERVER_SHAPES,
});
const OWN_SHAPES: Readonly<Record<Exclude<keyof ClusterArgs, keyof ConfigurationArgs | keyof SharedArgs>, Shape>> = {
  servers: optional(mapOf(CLUSTER_SERVER)),
  hosts: optional(mapOf(HOST)),
  staticServer: SERVER,
  operatorServer: SERVER,
  target: TARGET,
  image: anyValue,
  bindAddress: anyValue,
  clusterAddress: anyValue,
  monitoringAddress: anyValue,
  tls: CLUSTER_TLS,
  discardStreams: anyValue,
  verification: optional(
    matching('"enabled" or "disabled"', "Use one of these values.", (value) => VERIFICATIONS.includes(value)),
  ),
};
const ARGS: Shape = objectOf<ClusterArgs>({ ...CONFIGURATION_SHAPES, ...SHARED_SHAPES, ...OWN_SHAPES });

/** Checks the shape of a cluster's arguments, as far as they are plain values. */
export function clusterArgsDiagnostics(args: ClusterArgs): Diagnostic[] {
  return checkShape("", ARGS, args, ({ servers, staticServer, operatorServer }) => [
    ...(servers === undefined
      ? []
      : [...serversDiagnostics(Object.keys(servers)), ...portsBesideServers({ staticServer, operatorServer })]),
    ...hostNamesDiagnostics(args),
    ...podArgsDiagnostics(args),
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
  const shapes = { ...SHARED_SHAPES, ...OWN_SHAPES };
  const known = Object.fromEntries(
    Object.entries(isRecord(args) ? args : {}).filter(([key]) => Object.hasOwn(shapes, key)),
  );
  return { ...registeredArgs(withoutSecrets(known)), ...registeredConfigurationArgs(args) };
}

/** Default image of the servers: the nats-server version that this package is tested with. */
export const DEFAULT_IMAGE = "nats:2.15.2";
