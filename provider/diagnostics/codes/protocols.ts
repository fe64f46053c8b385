import type { CodeTable } from "./code";

/** Listeners for leaf nodes, WebSocket and MQTT. */
export const PROTOCOL_CODES = {
  NA1760: {
    title: "Invalid version of leaf nodes",
    cause: "nats-server rejects a `min_version` of leaf nodes that is not a version, or is below 2.8.0.",
    remedy: 'Use a version such as "2.11.0", or remove the property.',
  },
  NA1761: {
    title: "Invalid origin",
    cause:
      "Browsers send the origin of a page as scheme, host and port, and nats-server compares it with `allowed_origins`. It ignores paths, and rejects texts without a scheme when a client connects.",
    remedy: 'Use an origin such as "https://app.example.org".',
  },
  NA1762: {
    title: "Invalid name of a cookie",
    cause:
      "The name of a cookie contains letters, digits and some punctuation (RFC 6265), so no browser sends this one.",
    remedy: "Use letters, digits, `-` and `_`.",
  },
  NA1763: {
    title: "Settings without a port",
    cause:
      "`leafNodes`, `websocket` or `mqtt` of a cluster or of its `tls` are set, but no server has a port for the protocol; or `jwtCookie` is set, and only servers in static mode have one.",
    remedy: "Set `leafNodePort`, `websocketPort` or `mqttPort` of a server, or remove the settings.",
  },
  NA1764: {
    title: "MQTT on a static server",
    cause:
      "An MQTT client logs in with a user name and a password: in operator mode, with the JWT of a bearer. It cannot sign with an nkey, which is the only login of a static server of this package, so no client could log in.",
    remedy:
      "Remove `mqttPort` of the static server. MQTT clients connect to servers in operator mode, and reach the same subjects.",
  },
  NA1765: {
    title: "MQTT without JetStream",
    cause:
      "nats-server stores sessions and retained messages of MQTT clients in streams. It does not start with MQTT and without JetStream.",
    remedy: "Set `jetstream` of the cluster, and of the accounts that have MQTT clients.",
  },
  NA1766: {
    title: "Invalid JetStream domain",
    cause:
      "The domain is a token of the subjects of the JetStream API, `$JS.<domain>.API`. nats-server rejects white space, dots and wildcards.",
    remedy: "Use letters, digits, `-` and `_`.",
  },
  NA1767: {
    title: "More replicas for MQTT than servers",
    cause:
      "nats-server creates the streams for sessions and retained messages with `stream_replicas`. With fewer servers this fails, and MQTT clients cannot log in.",
    remedy: "Reduce `mqtt.streamReplicas`, or remove it.",
  },
  NA1768: {
    title: "Leaf node without a certificate",
    cause:
      "`tls.leafNodes` of the servers has `verify`, so leaf nodes need a certificate; or only one of `certificate` and `key` is set, or one is not a path.",
    remedy: "Set `certificate` and `key` of `leafNodeRemotes` to the paths of files on the machine of the leaf node.",
  },
} as const satisfies CodeTable;
