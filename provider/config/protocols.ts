import {
  PROTOCOL_NAMES,
  PROTOCOL_PORT,
  type LeafNodeSettings,
  type MqttSettings,
  type Protocol,
  type ProtocolPorts,
  type ProtocolSettings,
  type WebSocketSettings,
} from "../model/cluster/protocols";
import type { Mode } from "../model/cluster/servers";
import { emptyToUndefined, omitUndefined } from "../model/form/order";
import { block, comment, linesOf, settingOf, settings, texts, type Lines, type LineTable } from "./lines";
import { remotesLines, type RemoteBlocks } from "./remotes";
import { tlsLines, type TlsBlocks } from "./tls";
import type { Applied } from "./server-settings";

/** The name of the block of each protocol. */
export const PROTOCOL_BLOCK: Readonly<Record<Protocol, string>> = {
  leafNodes: "leafnodes",
  websocket: "websocket",
  mqtt: "mqtt",
};

/** How nats-server applies a change of each setting. It reads the ports when it starts. */
export const PROTOCOL_APPLIED: {
  readonly [P in Protocol]: Readonly<Record<keyof NonNullable<ProtocolSettings[P]>, Applied>>;
} = {
  leafNodes: { compression: "reload", minVersion: "restart" },
  websocket: {
    allowedOrigins: "restart",
    sameOrigin: "restart",
    compression: "restart",
    jwtCookie: "restart",
    handshakeTimeout: "restart",
  },
  mqtt: { ackWait: "reload", maxAckPending: "reload", streamReplicas: "reload" },
};

/** Leaves out what has no effect: settings without a port, and the cookie of a server that reads no JWTs. */
export function usedProtocols(
  mode: Mode,
  ports: ProtocolPorts,
  { leafNodes, websocket, mqtt }: ProtocolSettings = {},
): ProtocolSettings | undefined {
  const read =
    mode === "operator" ? websocket : omitUndefined<WebSocketSettings>({ ...websocket, jwtCookie: undefined });
  const all = { leafNodes, websocket: read, mqtt };
  const used = PROTOCOL_NAMES.map((protocol) => {
    const { [protocol]: known } = all;
    const isUsed = known !== undefined && ports[PROTOCOL_PORT[protocol]] !== undefined;
    return [protocol, isUsed ? emptyToUndefined(known) : undefined] as const;
  });
  return emptyToUndefined(omitUndefined<ProtocolSettings>(Object.fromEntries(used)));
}

/** Returns the settings that a server reads only when it starts; undefined if there are none. */
export function startupProtocols(protocols: ProtocolSettings): ProtocolSettings | undefined {
  const kept = PROTOCOL_NAMES.map((protocol) => {
    const applied: Readonly<Record<string, Applied>> = PROTOCOL_APPLIED[protocol];
    const entries = Object.entries(protocols[protocol] ?? {}).filter(([name]) => applied[name] === "restart");
    return [protocol, emptyToUndefined(Object.fromEntries(entries))] as const;
  });
  return emptyToUndefined(omitUndefined<ProtocolSettings>(Object.fromEntries(kept)));
}

const LEAF_NODES: LineTable<LeafNodeSettings> = {
  compression: settingOf("compression"),
  minVersion: settingOf("min_version"),
};

const WEBSOCKET: LineTable<WebSocketSettings> = {
  allowedOrigins: (origins) => texts("allowed_origins", origins),
  sameOrigin: settingOf("same_origin"),
  compression: settingOf("compression"),
  jwtCookie: settingOf("jwt_cookie"),
  handshakeTimeout: settingOf("handshake_timeout"),
};

const MQTT: LineTable<MqttSettings> = {
  ackWait: settingOf("ack_wait"),
  maxAckPending: settingOf("max_ack_pending"),
  streamReplicas: settingOf("stream_replicas"),
};

/** The parts of a section besides the ports. */
interface ProtocolParts {
  readonly settings?: ProtocolSettings | undefined;
  readonly tls?: TlsBlocks;
  readonly remotes?: RemoteBlocks | undefined;
}

/**
 * Renders the listeners of a server besides the one for NATS clients, and its remotes.
 *
 * @param host the address to listen on
 */
export function protocolSections(
  host: string,
  ports: ProtocolPorts,
  { settings: known = {}, tls = {}, remotes }: ProtocolParts = {},
): Lines[] {
  const at = (protocol: Protocol, more: Lines) => {
    const { [PROTOCOL_PORT[protocol]]: port } = ports;
    return port === undefined ? [] : [...settings({ host, port }), ...tlsLines(tls[protocol]), ...more];
  };
  const sections: Readonly<Record<Protocol, Lines>> = {
    leafNodes: [
      ...at("leafNodes", [
        comment("A leaf node that can log in to one server only must not be sent to the other one."),
        ...settings({ no_advertise: true }),
        ...linesOf(LEAF_NODES, known.leafNodes ?? {}, undefined),
      ]),
      ...(remotes === undefined ? [] : remotesLines(remotes)),
    ],
    websocket: at("websocket", [
      ...settings({ no_tls: tls.websocket === undefined ? true : undefined }),
      ...linesOf(WEBSOCKET, known.websocket ?? {}, undefined),
    ]),
    mqtt: at("mqtt", linesOf(MQTT, known.mqtt ?? {}, undefined)),
  };
  return PROTOCOL_NAMES.map((protocol) => block(PROTOCOL_BLOCK[protocol], sections[protocol]));
}
