import type { CodeTable } from "./code";

/** Arguments of `Account`, `Operator` and `MixedAuthCluster`, and the target that servers run on. */
export const COMPONENTS_CODES = {
  NA4001: {
    title: "Conflicting key arguments",
    cause:
      "Two arguments set the same key. A seed determines its public key, and an `Nkey` has its own seed: if both were accepted, one of them would have no effect.",
    remedy: "Keep one of the arguments.",
  },
  NA4002: {
    title: "Nkey of the wrong kind",
    cause:
      "The `key` of an account is an `Nkey` of a different kind. nats-server and the JWT library identify accounts by public keys that start with `A`.",
    remedy: 'Use an `Nkey` with `kind: "account"`.',
  },
  NA4003: {
    title: "Role without a managed seed",
    cause:
      "A user has a role that is declared by its public key. The role's signing key must sign the user's JWT, and its seed is not managed by this program.",
    remedy: "Set the role's `seed`, or sign the user where the key is managed.",
  },
  NA4004: {
    title: "Reserved role name",
    cause:
      "The system account has a role of its own, `pulumi-nats-auth-check`, whose key signs the short-lived credentials that verify the cluster. A role of the program with the same name would replace it, and the verification could not log in.",
    remedy: "Rename the role.",
  },
  NA4005: {
    title: "Argument not supported by the system account",
    cause:
      "nats-server does not give JetStream to the system account. An authorization service of the system account would decide who may monitor the servers, and whether this package can verify the cluster.",
    remedy: "Remove the argument.",
  },
  NA4006: {
    title: "Offline identity key with a seed",
    cause:
      'With `identityKey: "offline"` the state does not contain the seed of the operator\'s identity key. A `seed` would store it there.',
    remedy: 'Remove `seed`, or use `identityKey: "managed"`.',
  },
  NA4007: {
    title: "Argument fixed by the operator JWT",
    cause:
      "The operator has an existing JWT, which is deployed unchanged. The JWT already contains what this argument would set.",
    remedy: "Remove the argument, or have the JWT signed again with the new value.",
  },
  NA4008: {
    title: "Invalid operator JWT",
    cause:
      "The `jwt` of an operator cannot be decoded, belongs to an entity other than an operator, is not signed by the operator itself, or has expired. The operator server trusts accounts by this JWT.",
    remedy: "Copy the whole JWT, or have it signed again where the operator's identity key is managed.",
  },
  NA4009: {
    title: "Expired credentials",
    cause:
      "The fixed `expires` of a user is in the past. The operator server rejects the user's creds, and the user is left out of the static configuration. Credentials with a `lifetime` are renewed instead.",
    remedy: "Set a later `expires`, use `lifetime`, or remove the user.",
  },
  NA4010: {
    title: "Missing signer",
    cause:
      "The operator has an existing JWT, so this program does not have its identity key. The seed of a signing key is required to sign the accounts.",
    remedy: "Set `signer` to the seed of a signing key that the JWT lists.",
  },
  NA4011: {
    title: "Signer not listed in the operator JWT",
    cause:
      "nats-server trusts accounts that a signing key of the operator's JWT signed; the identity key counts only if the JWT does not set `strict_signing_key_usage`.",
    remedy: "Use the seed of one of the listed keys, or add the signer to the JWT.",
  },
  NA4012: {
    title: "Different system account in the operator JWT",
    cause:
      "The operator's JWT names a system account. nats-server does not start if the `system_account` of its configuration differs from it.",
    remedy: "Remove the system account's key arguments: its public key is taken from the JWT.",
  },
  NA4013: {
    title: "No system account in the operator JWT",
    cause:
      "The operator's JWT is an output, so the program cannot use it to decide whether to generate a key for the system account. It expects the JWT to name one.",
    remedy: "Set `publicKey`, `seed` or `key` of `systemAccount`, or pass the JWT as a plain string.",
  },
  NA4020: {
    title: "Account of a different operator",
    cause: "The operator server trusts one operator. It rejects an account JWT that a different operator signed.",
    remedy: "Create the account with the cluster's operator, or remove it from the cluster.",
  },
  NA4021: {
    title: "Invalid bind address",
    cause:
      "`bindAddress`, `clusterAddress` and `monitoringAddress` are IP addresses of the machine that runs the servers. Host names are not resolved, and the URL of a route cannot contain an IPv6 zone.",
    remedy: "Use 127.0.0.1 for the local machine only, 0.0.0.0 for all interfaces, or another address of the machine.",
  },
  NA4022: {
    title: "Bind address not available",
    cause: "The servers run as local processes, and this machine does not have the IP address that they listen on.",
    remedy:
      "Use 127.0.0.1 or ::1 for the local machine only, 0.0.0.0 or :: for all interfaces, or an address of this machine.",
  },
  NA4023: {
    title: "Invalid public key of a proxy",
    cause:
      "nats-server verifies a trusted proxy by its public key (`proxies.trusted`). It does not start with a value that is not a public nkey.",
    remedy: "Use the public key of the key pair that the proxy signs with.",
  },
  NA4030: {
    title: "Unsupported Docker provider setting",
    cause:
      "This package controls containers through the same Docker Engine as the docker provider. It cannot use Docker contexts, certificate folders or SSH options.",
    remedy: "Use `host` and, for TLS, `caMaterial`, `certMaterial` and `keyMaterial`.",
  },
  NA4031: {
    title: "Unsupported Docker host",
    cause:
      "This package connects to a Docker Engine over unix://, npipe://, tcp://, http:// or https://. It does not connect over SSH, because it could not verify the host key.",
    remedy: "Forward the engine's socket to this machine (`ssh -L`), and use its unix:// address.",
  },
  NA4040: {
    title: "nats-server executable not found",
    cause: "The servers run as local processes, and the executable is not on `PATH`, or is not an executable file.",
    remedy: "Install nats-server on `PATH`, or set `target.process.binary` to its path.",
  },
  NA4041: {
    title: "Unsupported nats-server executable",
    cause:
      "The executable does not print a nats-server version for `--version`, or is older than 2.11.0. Older servers do not report the digest of the loaded configuration, so a reload cannot be confirmed.",
    remedy: "Install nats-server 2.11.0 or newer.",
  },
  NA4042: {
    title: "Unusable state folder",
    cause: "The folder for configurations, logs and streams of local processes cannot be created or written.",
    remedy: "Set `target.process.folder` to a folder that you can write to or create.",
  },
  NA4043: {
    title: "Unsupported platform",
    cause: "Local processes are controlled by signals, which Windows does not have.",
    remedy: "Use Linux, macOS or WSL, or run the servers in containers.",
  },
  NA4050: {
    title: "Reference in place of an account",
    cause:
      "The `accounts` of a cluster contain the name and the key of an account, or the reference of an account of another stack. The operator of the cluster must sign each account, and configurations list the users, permissions and exports of each account.",
    remedy:
      "Create the `Account` in the program of the cluster, or with `Account.fromReference` from the reference that another stack exports.",
  },
  NA4051: {
    title: "Component of a different version",
    cause:
      "The operator or an account of a cluster, or the configuration of a verification, was created by a different version of this package, which is installed a second time. Components of different versions cannot use each other.",
    remedy: "Install one version: `npm ls pulumi-nats-auth` lists the installed ones.",
  },
  NA4052: {
    title: "Key argument without a value",
    cause:
      "A `seed`, `publicKey` or `signer` is an output that resolves to undefined, for example an output that another stack does not have. Pulumi omits such arguments, so a new key would be generated in place of the existing one.",
    remedy: "Correct the name of the output, or remove the argument.",
  },
  NA4053: {
    title: "Revocation of future credentials of the system account",
    cause:
      'A revocation of `"*"` in the system account has a time in the future. It applies to every JWT that is issued until then, so also to the credentials that are signed for each verification of the cluster.',
    remedy: "Use the current time or an earlier one.",
  },
  NA4060: {
    title: "Streams of a removed account",
    cause:
      "An account that has streams is removed from the cluster, or gets a different key. Servers identify accounts by key: an account that is added again under its old name has a new key and no streams. The streams that are left behind would make both servers report themselves as unhealthy (`/healthz`).",
    remedy:
      "Keep the account and its key. To save a copy of the streams, use `nats stream backup`. To delete them, add the account to `discardStreams`.",
  },
  NA4061: {
    title: "Streams of an account that loses JetStream",
    cause:
      "`jetstream` is removed from an account that has streams. They could no longer be used, and both servers would report themselves as unhealthy (`/healthz`).",
    remedy:
      "Keep `jetstream` of the account. To save a copy of the streams, use `nats stream backup`. To delete them, add the account to `discardStreams`.",
  },
  NA4062: {
    title: "Streams of a cluster that loses JetStream",
    cause:
      "`jetstream` is removed from a cluster whose accounts have streams. The volumes of containers are deleted with the streams; processes would find them again, if the servers and accounts keep their names and keys.",
    remedy:
      "Keep `jetstream` of the cluster. To save a copy of the streams, use `nats stream backup`. To delete them, add their accounts to `discardStreams`.",
  },
  NA4064: {
    title: "Streams that are not known",
    cause:
      "A change would lose the streams of an account that has JetStream, and the servers did not report whether it has any: one of them does not run or cannot be reached, `verification` is disabled, or an earlier version of this package has deployed them.",
    remedy:
      "Start the servers. If an earlier version has deployed them, run `pulumi up` without this change first. To change the cluster anyway, add the account to `discardStreams`.",
  },
  NA4065: {
    title: "Streams that could not be deleted",
    cause:
      "An update deletes the streams of an account of `discardStreams` before it changes the servers. The servers did not do so in time: for example, JetStream has no leader. The error lists the accounts whose streams were deleted, and those whose streams were not. The configurations of the servers were not changed.",
    remedy: "Check that both servers run and are healthy, then rerun `pulumi up`, which deletes the remaining streams.",
  },
  NA4066: {
    title: "Server that does not report its streams",
    cause:
      "A server did not respond to a request for its streams. It may have streams that the other server does not have.",
    remedy: "Check that both servers run and are connected.",
  },
  NA4067: {
    title: "Streams with more replicas than servers",
    cause:
      "Servers are removed from a cluster with JetStream. Their streams move to the other servers. Of these, there must be at least as many as the stream with the most replicas has.",
    remedy: "Lower the replicas of the streams with `nats stream edit --replicas` first, or add servers.",
  },
  NA4068: {
    title: "Removed server with streams that are not known",
    cause:
      "Servers are removed from a cluster with JetStream, and the servers did not report their streams: one of them does not run or cannot be reached, or `verification` is disabled. The streams of a removed server would be lost unless they move to others first.",
    remedy:
      "Start the servers and enable `verification`, then repeat the preview. If a server is lost for good, remove it from JetStream with `nats server cluster peer-remove` first.",
  },
  NA4080: {
    title: "Docker Engine without TLS",
    cause:
      "This package and the docker provider control the Docker Engine over plain tcp:// or http://, and its address is not a loopback address. Anyone on the network in between can read the connection, and in it the password of the routes. Anyone who reaches the engine's port can control it without credentials, and is root on its machine. This is a warning.",
    remedy:
      "Use TLS (`caMaterial`, `certMaterial` and `keyMaterial` of the docker provider), or forward the engine's socket to this machine (`ssh -L`), and use its unix:// address.",
  },
  NA4081: {
    title: "Container limit out of range",
    cause: "A server does not run with less memory or fewer threads, or Linux does not support a limit that large.",
    remedy: "Use a limit in the range that the message shows, or remove the property.",
  },
  NA4082: {
    title: "Memory limit below the memory of streams",
    cause:
      "`jetstream.memoryStorage` lets streams take more than three quarters of the memory of a container: `target.docker.memoryLimit`, or `resources.limits.memory` of pods. The system would kill the server before its streams are full, and messages in memory are lost when both servers are killed.",
    remedy: "Raise the limit to at least four thirds of `memoryStorage`, or lower `memoryStorage`.",
  },
  NA4083: {
    title: "State folder that another user can change",
    cause:
      "The folder of local processes, one above it, or a link to it belongs to another user, or others can write to it. That user could replace the configuration or the executable of a server, which runs with your permissions.",
    remedy:
      "Change the owner or the permissions of the folder that the message names (`chmod go-w`), or set `target.process.folder` to a folder that only you can change.",
  },
  NA4084: {
    title: "Package that the engine does not find",
    cause:
      "The engine loads the handlers of the package's resources, and `@pulumi/pulumi`, which runs them, from the folder of the program. The package manager (pnpm, or Yarn with Plug'n'Play) lets the program find only its own dependencies, not those of a library.",
    remedy:
      "Add `pulumi-nats-auth` to the dependencies of the program itself, in the version that a library uses. A program in another language than TypeScript also needs `@pulumi/pulumi`: `pnpm add @pulumi/pulumi pulumi-nats-auth-0.1.0.tgz`.",
  },
  NA4085: {
    title: "Package in two versions",
    cause:
      "The program, or a library that it uses, loads a different version of the package than the engine, which loads the handlers from the folder of the program. Inputs of one version may not be supported by the other. This is a warning.",
    remedy:
      "Install one version of the package. `npm ls pulumi-nats-auth` or `pnpm why pulumi-nats-auth` lists the installed ones.",
  },
  NA4090: {
    title: "Invalid server URL",
    cause:
      "`ClusterVerification` connects to NATS servers with `nats://` or `tls://` URLs. They contain a host, and a port unless it is 4222; credentials belong into `user`. Monitoring URLs are `http://` or `https://` URLs.",
    remedy: "Use a URL such as `nats://n1.example.org:4222`.",
  },
  NA4091: {
    title: "Invalid configuration digest",
    cause: "nats-server prints the digest of a configuration as `sha256:` and 64 hexadecimal digits.",
    remedy: 'Copy the digest that `nats-server -t -c <file>` prints, or use `"any"`.',
  },
  NA4092: {
    title: "Verification without credentials",
    cause:
      "A verification logs in to servers in static mode with the seed of `user`, and to servers in operator mode with its creds. One of them is needed and missing, for example because the seed is not managed here.",
    remedy: "Use a user of the system account whose seed is managed here, or pass both `seed` and `creds`.",
  },
  NA4093: {
    title: "Invalid host of a server",
    cause:
      "The `host` of a server in an `AuthConfiguration` is a part of the URLs by which clients and other servers reach it.",
    remedy: "Use a host name or an IP address, without port, scheme and zone, and not 0.0.0.0.",
  },
  NA4094: {
    title: "Invalid folder on the machines of servers",
    cause:
      "`storeFolder` of an `AuthConfiguration` is the folder of streams on the machine of each server, `tlsFolder` that of certificates and keys. A server resolves a relative path in the folder that it is started in, so that streams can seem lost after a restart.",
    remedy: "Use an absolute path, such as `/var/lib/nats`.",
  },
  NA4095: {
    title: "Pod without a Kubernetes cluster",
    cause:
      "`pod` and `namespace` of a server of a `ClusterVerification` name the pod that is reached through the API server of Kubernetes. Without `kubernetes`, servers are reached at their URLs.",
    remedy: "Set `kubernetes` of the verification, or remove the property.",
  },
} as const satisfies CodeTable;
