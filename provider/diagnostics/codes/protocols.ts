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
  NA1769: {
    title: "Origins of one host",
    cause:
      "Two origins of `allowedOrigins` differ in scheme or port only. nats-server before 2.11.14, 2.12.5 and 2.14.0 keeps one origin for each host, so that browsers on pages of the other cannot connect.",
    remedy: "Use a newer nats-server, or remove one of them.",
  },
  NA1770: {
    title: "Invalid URL of a hub",
    cause:
      "A remote connects to the URLs of one hub. nats-server rejects URLs with and without WebSocket in one remote, and one TLS setting applies to all of them. Only WebSocket has paths. A user in a URL would be shown in previews.",
    remedy: "Use URLs such as `tls://hub.example.org:7422`, and `user` and `password` for a login.",
  },
  NA1771: {
    title: "Several logins of a remote",
    cause:
      "A remote logs in with one of `creds`, `seed`, and `user` with `password`: nats-server rejects several of them, or uses one.",
    remedy: "Remove all but one.",
  },
  NA1772: {
    title: "Invalid login of a remote",
    cause:
      "Creds, seed, user or password of a remote is missing or malformed, so the hub would refuse the connection, or nats-server would reject the configuration.",
    remedy: "Use the login that the operator of the hub has given you.",
  },
  NA1773: {
    title: "Account of a remote",
    cause:
      "A remote connects an account of the cluster with the hub. The system account cannot be connected: the servers of the hub would answer the questions of verifications, and requests of the hub would reach the servers of the cluster.",
    remedy: "Use one of the `accounts` of the cluster, or its name.",
  },
  NA1774: {
    title: "Two remotes for one hub",
    cause:
      "Two remotes of a server connect the same account with the same account of a hub: their logins are equal, or their creds belong to one account. nats-server rejects them, or the hub closes one of the connections as a duplicate.",
    remedy: "Remove one of them, bind it to another account, or log in to another account of the hub.",
  },
  NA1775: {
    title: "More remotes than leaf nodes",
    cause:
      "`limits.leafNodes` of an account counts the connections of its remotes, too, on all servers. Beyond the limit, nats-server closes them.",
    remedy: "Raise the limit, or remove remotes.",
  },
  NA1776: {
    title: "JetStream without a domain beside a hub",
    cause:
      "nats-server does not pass requests to the JetStream API between a leaf node and its hub. With different domains on both sides, clients of one side reach the streams of the other by the name of the domain.",
    remedy: "Set `jetstream.domain` to another domain than that of the hub.",
  },
  NA1777: {
    title: "Invalid name of a remote",
    cause: "The name of a remote is a part of the names of files.",
    remedy: "Use lower-case letters, digits and hyphens.",
  },
  NA1778: {
    title: "Unknown remote",
    cause: "A server disables a remote that `remotes` of the cluster does not contain, so that nothing is disabled.",
    remedy: "Correct the name, or remove the entry.",
  },
  NA1779: {
    title: "Two logins at one hub",
    cause:
      "Two remotes of a server connect the same account with one hub by different logins. That works if the logins belong to different accounts of the hub. Otherwise the hub closes one of the connections as a duplicate. The package knows the accounts of creds only. This is a warning.",
    remedy: "Remove one of the remotes if both logins belong to the same account of the hub.",
  },
} as const satisfies CodeTable;
