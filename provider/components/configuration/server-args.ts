import * as pulumi from "@pulumi/pulumi";
import type { Rotation } from "../../model/keys/rotation";
import type { LeafNodeSettings, MqttSettings, WebSocketSettings } from "../../model/cluster/protocols";
import type { ServerSettings } from "../../model/cluster/server-settings";
import type { ServerStorage } from "../../model/cluster/server-storage";
import { omitUndefined } from "../../model/form/order";
import { anyValue, hasShape, isRecord, objectOf, optional, stringShape, type Shape } from "../../model/form/shape";
import type { DeepInput } from "../../resources/dynamic-resource";
import { registeredRemotes, REMOTES, SERVER_REMOTES, type RemoteArgs } from "./remote-args";
import { SERVER_TLS, withoutPem, type ServerTlsArgs } from "./tls-args";

/** Ports and settings of one server. */
export interface ServerArgs {
  /**
   * Client port, also of the host: see `bindAddress`. In Kubernetes also that of the Service.
   *
   * @default 4222 in static mode, 4223 in operator mode; in Kubernetes 4222
   */
  clientPort?: pulumi.Input<number>;
  /**
   * Port for the routes from other servers. Containers use it in their network only: see `clusterAddress`.
   *
   * @default for each of `servers`, `clientPort` + 2000. For `staticServer` 6222 and for `operatorServer` 6223, whatever `clientPort` is. In
   * Kubernetes 6222
   */
  clusterPort?: pulumi.Input<number>;
  /**
   * HTTP monitoring port. The endpoint is unauthenticated: it shows connections, accounts, subscriptions and settings to
   * everyone who reaches it, that is, at `monitoringAddress`, and for containers also in `MixedAuthCluster.network`. In Kubernetes
   * it is always on, because Kubernetes asks it for the health of the server, and every pod reaches it.
   *
   * @default monitoring is disabled; in Kubernetes 8222
   */
  monitoringPort?: pulumi.Input<number>;
  /**
   * Port for leaf nodes, which log in as users of an account: see `leafNodes`. A change restarts the server.
   *
   * @default no leaf node can connect
   */
  leafNodePort?: pulumi.Input<number>;
  /**
   * Port for NATS clients over WebSocket: see `websocket`. A change restarts the server.
   *
   * @default no client can connect over WebSocket
   */
  websocketPort?: pulumi.Input<number>;
  /**
   * Port for MQTT clients: see `mqtt`. Requires `jetstream`, and a server in operator mode: MQTT clients log in with the JWT of a
   * `bearer` as their password, and cannot sign with an nkey. A change restarts the server.
   *
   * @default no client can connect over MQTT
   */
  mqttPort?: pulumi.Input<number>;
  /**
   * Limits, timeouts and other settings of this server. Each one replaces the same one in `settings` of the cluster.
   *
   * @default the `settings` of the cluster
   */
  settings?: DeepInput<ServerSettings>;
  /**
   * Remotes of this server. Each one is added to `remotes` of the cluster, or replaces the one with the same name there; `"disabled"`
   * removes that one.
   *
   * Plain, except for URLs, logins and TLS, because it determines what an update verifies.
   *
   * @default the `remotes` of the cluster
   */
  remotes?: Readonly<Record<string, RemoteArgs | "disabled">>;
  /**
   * Certificate and TLS settings of this server. Each one replaces the same one in `tls` of the cluster.
   *
   * Plain, except for its certificates, keys and settings, because it determines the URLs of the server.
   *
   * @default the `tls` of the cluster
   */
  tls?: ServerTlsArgs;
}

/** The shape of each of these arguments. */
export const SERVER_SHAPES = {
  clientPort: anyValue,
  clusterPort: anyValue,
  monitoringPort: anyValue,
  leafNodePort: anyValue,
  websocketPort: anyValue,
  mqttPort: anyValue,
  settings: anyValue,
  remotes: SERVER_REMOTES,
  tls: SERVER_TLS,
} as const satisfies Readonly<Record<keyof ServerArgs, Shape>>;

/**
 * Leaves out `extra` of all settings, certificates and keys of TLS, and logins of remotes, at any depth: a text that is rejected because it contains a
 * secret is registered, too.
 */
export function withoutSecrets(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const members = Object.entries(args).map(([key, value]): [string, unknown] => [
    key,
    key === "settings"
      ? (pulumi.output(value) as pulumi.Output<unknown>).apply(omitExtra)
      : key === "tls"
        ? withoutPem(value)
        : key === "remotes"
          ? registeredRemotes(value)
          : key === "kubeconfig"
            ? undefined
            : isRecord(value)
              ? withoutSecrets(value)
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

/** Arguments that the servers of a cluster share, whatever deploys them. */
export interface SharedArgs {
  /**
   * Cluster name, used by all servers and part of their names. It cannot change while the servers run JetStream, which
   * identifies its members by their names: set it to the present name if the resource gets a different one.
   *
   * @default the name of the resource
   */
  clusterName?: pulumi.Input<string>;
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
   * Settings of the listeners for leaf nodes, of all servers with a `leafNodePort`.
   *
   * @default those of nats-server
   */
  leafNodes?: DeepInput<LeafNodeSettings>;
  /**
   * Settings of the listeners for WebSocket, of all servers with a `websocketPort`.
   *
   * @default those of nats-server
   */
  websocket?: DeepInput<WebSocketSettings>;
  /**
   * Settings of the listeners for MQTT, of all servers with an `mqttPort`.
   *
   * @default those of nats-server
   */
  mqtt?: DeepInput<MqttSettings>;
  /**
   * Hubs to which all servers connect as leaf nodes, by a name of your choice: each with one account of the cluster
   * (`leafnodes.remotes`).
   *
   * Plain, except for URLs, logins and TLS, because it determines what an update verifies.
   *
   * @default the servers connect to no hub
   * @example
   * ```ts
   * { remotes: { hub: { urls: ["tls://hub.example.org:7422"], account: plant, creds: config.requireSecret("hubCreds") } } }
   * ```
   */
  remotes?: Readonly<Record<string, RemoteArgs>>;
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
}

/** The shape of each of these arguments. */
export const SHARED_SHAPES: Readonly<Record<keyof SharedArgs, Shape>> = {
  clusterName: anyValue,
  settings: anyValue,
  jetstream: anyValue,
  leafNodes: anyValue,
  websocket: anyValue,
  mqtt: anyValue,
  remotes: REMOTES,
  trustedProxies: anyValue,
  routes: optional(objectOf<NonNullable<SharedArgs["routes"]>>({ rotation: anyValue })),
};
