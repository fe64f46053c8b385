import { diagnose, display, type Diagnostic } from "../../diagnostics/diagnostic";
import { type Duration } from "../form/quantities";
import { sortUnique } from "../form/order";
import { listOf, matching, stringShape } from "../form/shape";
import { countSetting, durationSetting, flagSetting } from "../form/setting-terms";
import { term, Terms } from "../form/terms";
import { formatSince, hasSince, type Since } from "./server-version";

/** Settings of the listeners for leaf nodes: servers of other clusters and edges that connect with a user of an account. */
export interface LeafNodeSettings {
  /**
   * Compression of the connections (`compression`). `"s2_auto"` chooses by the round-trip time. Leaf nodes must support it. A change
   * is reloaded.
   *
   * @default the server's own: it accepts what the leaf node asks for
   */
  readonly compression?: "off" | "accept" | "s2_auto" | "s2_fast" | "s2_better" | "s2_best";
  /**
   * Oldest version of nats-server that may connect (`min_version`), such as `"2.11.0"`; at least 2.8.0. A change restarts the servers.
   *
   * @default every version
   */
  readonly minVersion?: string;
}

/** Settings of the listeners for NATS clients over WebSocket. A change restarts the servers. */
export interface WebSocketSettings {
  /**
   * Origins whose pages may connect from a browser (`allowed_origins`): scheme and host, such as `"https://app.example.org"`. Clients
   * that send no origin, such as programs, are accepted. nats-server compares whole origins: there are no wildcards. Several origins with
   * one host, such as with different ports, require nats-server 2.11.14, 2.12.5, 2.14.0 or newer.
   *
   * @default every origin, or the one of the server with `sameOrigin`
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Whether pages may connect only to the host that they come from (`same_origin`): scheme, host and port. A server without TLS behind a
   * proxy with TLS therefore accepts none. With `allowedOrigins`, an origin must meet both.
   *
   * @default false
   */
  readonly sameOrigin?: boolean;
  /**
   * Whether messages are compressed if the client supports it (`compression`).
   *
   * @default false
   */
  readonly compression?: boolean;
  /**
   * Name of a cookie with the JWT of a user (`jwt_cookie`), for clients that cannot sign. Only servers in operator mode read it, and
   * only the JWT of a `bearer` logs in this way.
   *
   * @default no cookie is read
   */
  readonly jwtCookie?: string;
  /**
   * Time for the handshake (`handshake_timeout`): such as `"5s"`, or a number of seconds.
   *
   * @default 2 seconds
   */
  readonly handshakeTimeout?: Duration;
}

/** Settings of the listeners for MQTT clients. A change is reloaded. */
export interface MqttSettings {
  /**
   * Time after which a message of QoS 1 or 2 without acknowledgement is sent again (`ack_wait`). Applies to new subscriptions.
   *
   * @default 30 seconds
   */
  readonly ackWait?: Duration;
  /**
   * Maximum number of messages without acknowledgement of a subscription (`max_ack_pending`); at most 65,535. Applies to new sessions.
   *
   * @default 1,024
   */
  readonly maxAckPending?: number;
  /**
   * Replicas of the streams for sessions and retained messages (`stream_replicas`). Applies to accounts without such streams.
   *
   * @default 3 for three servers or more, otherwise 1
   */
  readonly streamReplicas?: number;
}

const COMPRESSIONS: readonly unknown[] = [
  "off",
  "accept",
  "s2_auto",
  "s2_fast",
  "s2_better",
  "s2_best",
] satisfies LeafNodeSettings["compression"][];
/** The fields of MQTT that hold it have 16 bits. */
const LARGEST_ACK_PENDING = 65_535;
const LARGEST_REPLICAS = 5;

const VERSION = /^2\.(?:[89]|[1-9]\d+)\.\d+(?:-[\w.]+)?$/;

function versionDiagnostics(value: string): Diagnostic[] {
  const problem = VERSION.test(value) ? undefined : "must be a version of nats-server, 2.8.0 or newer";
  return diagnose({ code: "NA1760", value, problem, remedy: 'Use a version such as "2.11.0".' });
}

/** Scheme, host and port: what browsers send. A host can be an IPv6 address in brackets. */
const ORIGIN = /^https?:\/\/(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Not every text with the form of an origin is one: a port has at most 65,535. */
function originProblem(value: string): string | undefined {
  if (value.includes("*")) {
    return "contains a wildcard, but nats-server compares whole origins";
  }
  return ORIGIN.test(value) && URL.canParse(value)
    ? undefined
    : "is not an origin: it must have the scheme http or https, a host, optionally a port, and no path";
}

function originsDiagnostics(origins: readonly string[]): Diagnostic[] {
  if (origins.length === 0) {
    const problem = "is an empty list, which servers treat as every origin";
    return diagnose({ code: "NA1201", value: origins, problem, remedy: "Add an origin, or remove the property." });
  }
  return origins.flatMap((value, index) =>
    diagnose({
      code: "NA1761",
      path: `[${index}]`,
      value,
      problem: originProblem(value),
      remedy: 'Use an origin such as "https://app.example.org".',
    }),
  );
}

/** The first versions of nats-server that compare an origin with all of `allowed_origins` that have its host. */
const ORIGINS_OF_ONE_HOST: Since = ["2.11.14", "2.12.5", "2.14.0"];

/** Finds origins that a version of nats-server ignores: before, each replaced another one with the same host. */
export function versionedOriginDiagnostics(origins: readonly string[], version: string): Diagnostic[] {
  const hosts = origins.map((origin) => (URL.canParse(origin) ? new URL(origin).hostname : undefined));
  return origins.flatMap((value, index) => {
    const former = hosts.indexOf(hosts[index]);
    return diagnose({
      code: "NA1769",
      path: `allowedOrigins[${index}]`,
      value,
      problem:
        hosts[index] !== undefined &&
        former < index &&
        origins[former] !== value &&
        hasSince(version, ORIGINS_OF_ONE_HOST) === false
          ? `has the same host as ${display(origins[former])}, and nats-server ${version} accepts one of them only`
          : undefined,
      remedy: `Use nats-server ${formatSince(ORIGINS_OF_ONE_HOST, "or")} or newer, or remove one of them.`,
    });
  });
}

/** A token of RFC 6265. */
const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

function cookieDiagnostics(value: string): Diagnostic[] {
  const problem = COOKIE_NAME.test(value) ? undefined : "is not a valid name of a cookie";
  return diagnose({ code: "NA1762", value, problem, remedy: "Use letters, digits, `-` and `_`." });
}

/** The settings for leaf nodes. */
export const LEAF_NODES = new Terms<LeafNodeSettings>({
  compression: term(
    matching("a compression mode of nats-server", 'Use "s2_auto", or remove the property.', (value) =>
      COMPRESSIONS.includes(value),
    ),
    () => [],
  ),
  minVersion: term(stringShape, versionDiagnostics),
});

/** The settings for WebSocket. */
export const WEBSOCKET = new Terms<WebSocketSettings>({
  allowedOrigins: term(listOf(stringShape), originsDiagnostics, (origins: readonly string[]) => sortUnique(origins)),
  sameOrigin: flagSetting,
  compression: flagSetting,
  jwtCookie: term(stringShape, cookieDiagnostics),
  handshakeTimeout: durationSetting(),
});

/** The settings for MQTT. */
export const MQTT = new Terms<MqttSettings>({
  ackWait: durationSetting(),
  maxAckPending: countSetting(LARGEST_ACK_PENDING),
  streamReplicas: countSetting(LARGEST_REPLICAS),
});

/** The settings of all protocols besides that of NATS clients, by the argument that contains them. */
export interface ProtocolSettings {
  readonly leafNodes?: LeafNodeSettings;
  readonly websocket?: WebSocketSettings;
  readonly mqtt?: MqttSettings;
}

/** How the settings of each protocol are checked and normalized. */
export const PROTOCOLS = { leafNodes: LEAF_NODES, websocket: WEBSOCKET, mqtt: MQTT } as const satisfies {
  [Protocol in keyof ProtocolSettings]-?: Terms<NonNullable<ProtocolSettings[Protocol]>>;
};

/** A protocol that a server accepts besides that of NATS clients. */
export type Protocol = keyof ProtocolSettings;

/** The name of the argument that sets the port of each protocol. */
export const PROTOCOL_PORT = {
  leafNodes: "leafNodePort",
  websocket: "websocketPort",
  mqtt: "mqttPort",
} as const satisfies Readonly<Record<Protocol, string>>;

/** Ports of a server for these protocols. */
export type ProtocolPorts = { readonly [P in Protocol as (typeof PROTOCOL_PORT)[P]]?: number | undefined };

/** The names of all protocols, in a stable order. */
export const PROTOCOL_NAMES = Object.keys(PROTOCOLS) as readonly Protocol[];
