import type { CodeTable } from "./code";

/** Accounts in a cluster, ports, and information about the operator. */
export const CLUSTER_CODES = {
  NA1701: {
    title: "Invalid cluster name",
    cause:
      "nats-server rejects cluster names with spaces. The name is also part of the names of containers and networks, for which Docker accepts letters, digits, `_`, `.` and `-` only.",
    remedy: "Rename the resource: begin with a letter or digit, followed by letters, digits, `_`, `.` or `-`.",
  },
  NA1702: {
    title: "Duplicate account name",
    cause: "Exports, imports and authorization services refer to accounts by name, so names are unique in a cluster.",
    remedy: "Rename one of the accounts.",
  },
  NA1703: {
    title: "Account outside the cluster",
    cause:
      "An import, the importers of an export, or an authorization service refer to an account that is not part of the cluster. Both servers load the accounts of the cluster only; a static server does not start with an import from an unknown account.",
    remedy: "Correct the name, or add the account to the cluster's `accounts`.",
  },
  NA1704: {
    title: "Import cycle",
    cause:
      "Through the imports of other accounts, an imported stream or service can return to the importing account. The static server does not start with such an import (`serviceImportFormsCycle`, `streamImportFormsCycle`); the operator server ignores it.",
    remedy: "Use a different `localSubject` for one of the imports, or export a narrower subject.",
  },
  NA1705: {
    title: "Missing activation",
    cause:
      "The JWT of an account that imports a private export contains an activation, signed by the exporting account. The program does not have the seed of that account, so it cannot sign one, and the operator server would ignore the import.",
    remedy:
      "Add the seed of the exporting account, as `seed` of an account or as `signer` of a reference. Or add the JWT of an activation as the `token` of the import.",
  },
  NA1706: {
    title: "Several authorization services",
    cause:
      "In static mode, auth callout is a setting of the server (`authorization.auth_callout`), and a server has one. Only one account of a cluster can therefore have an authorization service.",
    remedy: "Use one service for all clients, or remove `authorization` from the other accounts.",
  },
  NA1707: {
    title: "JetStream on servers without it",
    cause:
      "An account enables JetStream, but the servers of the cluster do not run it. Requests to its API would time out.",
    remedy: "Add `jetstream` to the cluster, or remove it from the account.",
  },
  NA1708: {
    title: "Proxy required without trusted proxies",
    cause:
      "A user or role accepts connections through a trusted proxy only (`proxy_required`), but the servers of the cluster trust none. Nobody could log in.",
    remedy: "Add `trustedProxies` to the cluster, or remove `proxyRequired`.",
  },
  NA1709: {
    title: "Cluster without users",
    cause:
      "A static configuration with accounts, but without any user, accepts clients without credentials: nats-server assigns them to its global account (`$G`).",
    remedy: "Add at least one user; the users of the system account count.",
  },
  NA1710: {
    title: "Key used twice",
    cause: "Servers identify accounts and users by public key. Each needs a key of its own.",
    remedy: "Use a different key, or remove the argument to generate one.",
  },
  NA1711: {
    title: "Port used twice",
    cause: "The servers of a cluster run on the same host, where each port accepts one listener.",
    remedy: "Choose a different port.",
  },
  NA1712: {
    title: "Invalid service URL",
    cause:
      "The JWT library (`ValidateOperatorServiceURL`) accepts URLs with the schemes nats, tls, ws and wss, without user information and path.",
    remedy: "Use a URL such as `nats://nats.example.org:4222`.",
  },
  NA1713: {
    title: "Invalid server version",
    cause:
      "`assert_server_version` of an operator JWT is a version with three numbers; nats-server compares its own with it.",
    remedy: "Use a version such as `2.15.2`.",
  },
  NA1720: {
    title: "Servers with streams renamed",
    cause:
      "The cluster's name is part of the names of its servers, by which JetStream identifies its members. JetStream does not recognize servers with other names: it has no leader, and every stream is lost, even if the names are changed back.",
    remedy:
      "Set `clusterName` to the present name, also if the resource gets a different one. To rename the cluster, save the streams with `nats account backup`, remove `jetstream` for one update, and restore them afterwards. If no streams are stored, this one update suffices. If the servers are local processes, their stores remain, and the message names them: delete them.",
  },
  NA1721: {
    title: "Streams left behind",
    cause:
      "JetStream data does not move: it is stored in the volume or in the folder of each server. On another target, Docker Engine or folder the servers would start without it, and the present data would be deleted or abandoned.",
    remedy:
      "Save the streams with `nats account backup`, remove `jetstream` for one update, move the servers, and restore the streams.",
  },
  NA1722: {
    title: "System account of servers with streams replaced",
    cause:
      "The servers keep the list of all streams in the storage of the system account. With a different system account, JetStream starts with an empty list: the streams are not found, although their messages are still stored.",
    remedy:
      "Keep the system account's key: pass its `seed` or `publicKey`. To replace it, save the streams with `nats account backup`, remove `jetstream` for one update, and restore them afterwards.",
  },
  NA1723: {
    title: "Streams or hubs not verified",
    cause:
      "The permissions of the verification are part of the system account's JWT, which is created with the operator. This cluster was created later, after the program had waited for something, so the verification may ask for the leader and the members of JetStream, but not for the health of streams, or for connections with hubs.",
    remedy: "Create the operator and the cluster without `await` in between.",
  },
  NA1724: {
    title: "JetStream of one server and of several",
    cause:
      "A single server runs JetStream alone. As a member of a cluster it would not find the streams that it has created alone, and the last remaining member of a cluster has no quorum.",
    remedy:
      "Keep at least two servers, or save the streams with `nats account backup`, remove `jetstream` for one update, change the servers, and restore the streams.",
  },
  NA1725: {
    title: "Operator replaced by a move",
    cause:
      "A program in another language continues a stack of a TypeScript program, whose `Operator` resource has another name than the operator here. The preview would create a new operator: with a new system account, whose users could not log in with their creds, and with new JWTs of all accounts.",
    remedy:
      "Set `operator.resourceName` to the name of the `Operator` resource of the TypeScript program. If a new operator is intended, set it to the name of the component.",
  },
  NA1730: {
    title: "Limit that existing streams do not meet",
    cause:
      "An account gets a JetStream limit that its existing streams or consumers do not meet: a required or a smaller maximum size, fewer unacknowledged messages, or no tier for their replicas. nats-server 2.15.2 accepts the limit when it reloads, but does not load these streams and consumers when it starts again; they are then missing until the limit is raised and the servers start once more.",
    remedy: "Raise the limit, or change the streams and consumers first.",
  },
  NA1740: {
    title: "Invalid server name",
    cause:
      "The name of a server is a part of its `server_name`, its host name in the network of containers, the name of its folder, and a key of states. It has 1 to 63 lower-case letters, digits and hyphens, and begins and ends with a letter or digit. Some names are reserved for other keys of states.",
    remedy: "Rename the server.",
  },
  NA1741: {
    title: "Cluster without servers",
    cause: "The `servers` of a cluster are an empty object.",
    remedy: "Add a server, or remove the argument to run one server of each mode.",
  },
  NA1742: {
    title: "Ports of servers in two arguments",
    cause:
      "`staticServer` and `operatorServer` contain the ports and settings of the two servers of a cluster without `servers`. With `servers`, they would have no effect.",
    remedy: "Remove `servers`, or move the ports and settings into it.",
  },
  NA1743: {
    title: "Port of a server that leaves",
    cause:
      "A server is removed from a cluster, and another one uses its port in the same update: for example, the server was renamed. A removed server keeps running until the others have their new configurations, and its streams and clients have moved to them. Until then, nothing else can listen on its ports.",
    remedy:
      "Choose different ports for the new server. `clusterPort` of one of `servers` is `clientPort` + 2000 unless it is set. To keep the ports, remove the old server in one update, and add the new one in the next update.",
  },
  NA1744: {
    title: "Port of a server that changes later",
    cause:
      "Two servers exchange ports, or one gets the port that another one has until now. Servers change one after the other, so that clients always find one: first those in operator mode, then the static ones, each by name. The one that changes first cannot listen on a port that the other one still uses.",
    remedy:
      "Choose a port that no server of the cluster uses now. To pass a port on, give its present server another one in one update, and use the port in the next update.",
  },
  NA1750: {
    title: "Server without a host, or with an unknown one",
    cause: "With `hosts`, each of `servers` sets `host` to one of them. Without `hosts`, no server has a `host`.",
    remedy: "Set `host` to the name of one of `hosts`, or remove both.",
  },
  NA1751: {
    title: "Hosts without servers that name them",
    cause: "`hosts` are the places where servers run. They require `servers`, each of which names its host.",
    remedy: "Add `servers` with the name of a host each, or remove `hosts`.",
  },
  NA1752: {
    title: "Address for routes beside hosts",
    cause: "With `hosts`, each host has its own address for routes, so the cluster's address would have no effect.",
    remedy: "Remove it, or set `clusterAddress` of each host.",
  },
  NA1753: {
    title: "Invalid address of a host",
    cause:
      "Servers on other hosts reach a machine by its `address`, a DNS name or an IP address. Pods do not reach a machine by a loopback address. Ports are bound to IP addresses: if `address` is a name, `clusterAddress` names the IP address that ports for routes are bound to.",
    remedy: "Use an address of the host in the network that it shares with the others.",
  },
  NA1754: {
    title: "Host that the verification cannot reach",
    cause:
      "The verification connects to a client port of this host. Without `bindAddress`, client ports are bound to a loopback address, which can be reached from the host alone.",
    remedy:
      'Set `bindAddress` of the host. If the update runs on this host, set it to "127.0.0.1". Otherwise set `verification: "disabled"`.',
  },
  NA1756: {
    title: "Several hosts that are one machine",
    cause:
      "Two hosts have the same `address` or the same docker provider, or both have no `provider`: their Docker Engine is then that of the cluster's own docker provider. Each host is a machine of its own, and processes run on one machine only. Two hosts in Kubernetes have namespaces or clusters of their own; hosts with the same kubernetes provider are in the same cluster.",
    remedy: "Give each host its own `address` and `provider`, or let the servers name one host.",
  },
  NA1757: {
    title: "Invalid host name",
    cause:
      "The name of a host is a part of the names of its containers and its network. It has 1 to 63 lower-case letters, digits and hyphens, and begins and ends with a letter or digit.",
    remedy: "Rename the host.",
  },
  NA1758: {
    title: "Servers with the same resource name",
    cause:
      "The container of a server is called `<cluster>-<host>-<server>`, or `<cluster>-<server>` on the host without `provider`. The same holds for resources of pods on a host with a `target` of its own. With hyphens in names, two servers can get the same one: server `c` on host `a-b`, and server `b-c` on host `a`. In Kubernetes, the Services `<cluster>-<host>` and `<cluster>-<server>-<n>-routes` are resources with names, too.",
    remedy: "Rename one of the servers or hosts.",
  },
  NA1759: {
    title: "Provider of another platform",
    cause:
      "The `provider` of a host creates its containers or pods, so it must be of the package for its `target`. Pulumi ignores a provider of another package, and the servers would run where the default provider leads. Processes need no provider.",
    remedy: "Use a `docker.Provider` for containers and a `kubernetes.Provider` for pods, or correct `target`.",
  },
  NA1780: {
    title: "Lame duck mode too short",
    cause: "nats-server rejects a `lame_duck_duration` of less than 30 seconds.",
    remedy:
      "Use at least 30 seconds, or remove the setting: an update then gives clients two seconds before it stops a server.",
  },
  NA1781: {
    title: "Grace period longer than lame duck mode",
    cause:
      "The grace period is the first part of the time in lame duck mode. nats-server does not start if it is not shorter than the whole, which is two minutes by default.",
    remedy: "Shorten `lameDuckGracePeriod`, or extend `lameDuckDuration`.",
  },
  NA1782: {
    title: "Payload larger than `maxPending`",
    cause:
      "nats-server does not start if `max_payload` is higher than `max_pending`: a client could not receive the largest message. The defaults are 1 MiB and 64 MiB.",
    remedy: "Reduce `maxPayload`, or raise `maxPending`.",
  },
  NA1783: {
    title: "Large payloads",
    cause:
      "nats-server warns of a `max_payload` above 8 MiB when it starts: each message takes that much memory on every server and client that it passes. This is a warning.",
    remedy: "Split large messages, or store them in an object store of JetStream.",
  },
  NA1784: {
    title: "Control line too short",
    cause:
      "A client logs in with one line, which contains its JWT. The names, tags and permissions of users are checked against the 4,096 bytes that nats-server accepts by default. With a shorter line, clients could not log in with their creds.",
    remedy: "Use at least 4,096 bytes, or remove the setting.",
  },
  NA1785: {
    title: "Invalid monitoring path",
    cause:
      "`http_base_path` is the beginning of the paths of the monitoring endpoints. Some characters have a meaning for the HTTP server.",
    remedy: 'Use a path such as "/nats", of letters, digits, `-`, `_`, `.` and `~`.',
  },
  NA1786: {
    title: "Monitoring path without monitoring",
    cause: "`monitoringBasePath` is set, but no server that it applies to has a `monitoringPort`.",
    remedy: "Set `monitoringPort` of a server, or remove the path.",
  },
  NA1787: {
    title: "Limit above that of the servers",
    cause:
      "An account, a user or a role has a limit above that in `settings` of the servers. The servers apply the lower limit. This is a warning.",
    remedy: "Reduce the limit of the account, user or role, or raise that of the servers.",
  },
  NA1790: {
    title: "Invalid extra options",
    cause:
      "`settings.extra` is parsed as nats-server parses its configuration files, before a server is changed. The text has a syntax error, or uses a variable or a name that the package cannot render.",
    remedy: "Correct the text. Write values in place of variables.",
  },
  NA1791: {
    title: "Option that extra does not accept",
    cause:
      "`settings.extra` accepts options that nothing else determines. This option has an argument, is rendered by the package, decides who may log in, or opens a port. Two values for an option would contradict each other, and nats-server applies them in no particular order.",
    remedy: "Use the argument that the message names, or remove the option.",
  },
  NA1792: {
    title: "Option set twice",
    cause:
      "`settings.extra` contains an option twice, perhaps in different case or by another name. nats-server applies options in no particular order, so either value could win.",
    remedy: "Remove one of them.",
  },
  NA1793: {
    title: "Secret in extra options",
    cause:
      "A name or a value in `settings.extra` looks like a password, token, key or JWT. The text becomes a part of the configuration file, which is plain text in the state and in previews.",
    remedy: "Remove the secret. If the value is not a secret, rename the property.",
  },
} as const satisfies CodeTable;
