import type { CodeTable } from "./code";

/** Servers at run time, and the resources that manage them, their keys and their tokens. */
export const SERVERS_CODES = {
  NA5001: {
    title: "Configuration rejected",
    cause:
      "Before a server is changed, the nats-server that will run the new configuration reads it with `-t`. It rejected the configuration, so no server loads it. The message shows what nats-server printed and the parts of the program that the lines come from.",
    remedy: "Correct the program, then rerun `pulumi up`. Report a configuration that a check should have rejected.",
  },
  NA5002: {
    title: "Server not started",
    cause:
      "nats-server ended before it was ready, did not become ready within 10 minutes, or could not be started at all. The most common cause is a port that another program uses.",
    remedy: "Correct what the message shows, such as the port, then rerun `pulumi up`. It continues where it stopped.",
  },
  NA5003: {
    title: "Reload rejected",
    cause:
      "nats-server rejected the new configuration when it reloaded, although `nats-server -t` had accepted it. A reload cannot change some options. The previous configuration stays active.",
    remedy: "Correct the program, then rerun `pulumi up`.",
  },
  NA5004: {
    title: "Reload not confirmed",
    cause:
      "The server did not log the result of a reload within 60 seconds, ended, or could not be signalled. It is unknown which configuration is active.",
    remedy: "Read the log of the server, then rerun `pulumi up`.",
  },
  NA5005: {
    title: "Unexpected configuration loaded",
    cause:
      "nats-server logs the digest of the configuration that it loaded. This digest differs from the digest of the configuration that was written, because another program changed the files in between.",
    remedy: "Find out what else writes to the files of the server, then rerun `pulumi up`.",
  },
  NA5006: {
    title: "Server missing",
    cause:
      "The container or the folder of a server no longer exists, but is still in the stack's state. Something other than Pulumi removed it.",
    remedy: "Run `pulumi up --refresh`, which creates it again.",
  },
  NA5007: {
    title: "Docker Engine not usable",
    cause:
      "The Docker Engine did not answer a request about a container, or answered with an error. The message contains the answer.",
    remedy: "Check that the Docker Engine runs and is reachable, then rerun the command.",
  },
  NA5008: {
    title: "Server not stopped",
    cause: "The process of a server still exists after SIGKILL. The operating system could not end it.",
    remedy: "End the process, or restart the machine, then rerun `pulumi up`.",
  },
  NA5009: {
    title: "Folder of another owner",
    cause:
      "The folder to be deleted is a symbolic link, is not a folder, has an unexpected name or belongs to another user. Deleting it could remove files that this package did not create.",
    remedy: "Run the command as the user who deployed the cluster, or remove the folder yourself.",
  },
  NA5010: {
    title: "Port not available",
    cause:
      "A server of the cluster cannot listen on this address and port, because another process does. A port that the program does not set has a default: docs/shapes.md lists them.",
    remedy: "Stop the other process, or choose a different port.",
  },
  NA5011: {
    title: "Port not permitted",
    cause: "The operating system does not let this user listen on this port. Ports below 1024 often need privileges.",
    remedy: "Choose a port above 1023.",
  },
  NA5012: {
    title: "Address not available",
    cause: "No network interface of this machine has this address.",
    remedy: "Choose an address of this machine, such as `127.0.0.1`.",
  },
  NA5020: {
    title: "Cluster not reachable",
    cause:
      "After an update, `ClusterCheck` logs in to a server of the cluster with credentials of the system account. It could not connect to the client URL.",
    remedy: "Check that the machine that runs Pulumi reaches this address, or disable `verification`.",
  },
  NA5021: {
    title: "Verification login rejected",
    cause:
      "A server rejected the credentials of the verification. In operator mode, they are created for each run and are valid for one minute, or three if JetStream is verified. The clocks of the two machines differ too much, or another server listens on this address.",
    remedy: "Synchronize the clocks, and check which server listens on the address.",
  },
  NA5022: {
    title: "Cluster not as declared",
    cause:
      "The servers run, but they did not form one cluster within 20 seconds, have not loaded every account, or are not connected with every hub. The message lists each difference.",
    remedy:
      "Read the logs of the servers, then rerun `pulumi up`. If a hub's cluster has the same name as this one, set `clusterName` of one of them. If a hub rejects a login, compare it with the hub's mode: a static server accepts `seed` or `user` and `password`, a server in operator mode accepts `creds`.",
  },
  NA5023: {
    title: "State of a newer version",
    cause:
      "A newer version of this package wrote the state of this resource, in a form that the installed version cannot read.",
    remedy: "Install the newer version again. The resource was not changed.",
  },
  NA5030: {
    title: "Unknown kind of key",
    cause:
      "An `Nkey` generates a key of one of the kinds that NATS defines, which determines the first letter of its public key.",
    remedy: "Use one of the kinds that the message lists.",
  },
  NA5032: {
    title: "User without a key",
    cause:
      "The `publicKey` of a user was removed from the program. The key would stay, but its seed is not managed here, so the user would have no credentials.",
    remedy: "Keep `publicKey`, or set a rotation version to generate a key.",
  },
  NA5033: {
    title: "Missing issue time",
    cause:
      "A user with a role needs the time at which its JWT was issued. Revocations apply to JWTs up to a time: without it, a revocation would include the JWT that replaces a revoked one.",
    remedy: "Set the user's `issuedAt`, in Unix seconds.",
  },
  NA5034: {
    title: "Auth callout without its own key",
    cause:
      "The response of an auth callout service is signed by the `issuer`, which nats-server requires to be an account key. With the account's own key as issuer, the service could sign as the account.",
    remedy: "Set `issuer` to the public key of another account key.",
  },
  NA5035: {
    title: "Not an activation",
    cause:
      "The `token` of an import is not an activation JWT, or its signature is not valid for the key that it names.",
    remedy: "Use the `jwt` of an `Activation` for this import.",
  },
  NA5036: {
    title: "Activation for another import",
    cause:
      "An activation permits one account to import one subject of one exporting account, as a stream or a service (JWT library, `Import.Validate`). nats-server ignores the import if the activation does not match.",
    remedy: "Use the `jwt` of an `Activation` for this import.",
  },
  NA5037: {
    title: "Operator not signed by itself",
    cause: "An operator JWT is self-signed: nats-server and the JWT library accept no other issuer.",
    remedy: "Use the seed of the operator that `publicKey` identifies.",
  },
  NA5038: {
    title: "Missing operator seed",
    cause:
      "The operator has no JWT yet, and its seed, which must sign the first one, is not available. An identity key can only be kept offline after the first update.",
    remedy: "Provide the seed for the first update, or use a JWT that was signed elsewhere.",
  },
  NA5039: {
    title: "Offline operator key needed",
    cause:
      "A change requires the operator JWT to be signed again, but the seed of the operator's identity key is not in the stack's state.",
    remedy: "Provide the seed for this update, or have the JWT signed where the key is kept and use that JWT.",
  },
  NA5040: {
    title: "Replacement of an offline operator",
    cause: "The update would replace an operator whose seed is not in the stack's state, so it could not be restored.",
    remedy: "Provide the seed of the existing operator. Use a different resource name for a new operator.",
  },
  NA5050: {
    title: "Server ended",
    cause:
      "A server of the cluster does not run, so the cluster could not be verified: it crashed, was stopped or was removed after it had started. The state of the stack still describes a running server, and a plain `pulumi up` does not inspect servers for which there is no change.",
    remedy: "Read the log of the server, then run `pulumi up --refresh`, which starts the server again.",
  },
  NA5051: {
    title: "JetStream not healthy",
    cause:
      "The servers form one cluster and have loaded every account, but JetStream did not become healthy within two minutes: it has no leader, a server is not a member or has not caught up, or a stream has no leader. The message shows what the servers report. An update that restarts servers waits for this before the first one stops, and between two of them: if two servers are behind at the same time, streams in memory can lose messages.",
    remedy:
      "Read the logs of the servers. If they are still catching up, rerun `pulumi up` later, which verifies again. If a server that the message names does not recover, restart it by itself, or remove a member that no longer exists with `nats server cluster peer-remove`; then run `pulumi up`. JetStream accepts a removed server under the same name only after about five minutes: give a server that is added again a new name, or wait. Do not remove a member or delete a store before you have saved the streams.",
  },
  NA5052: {
    title: "JetStream taken from an account with streams",
    cause:
      "An account loses JetStream, but has streams. The servers would stop the streams, discard those in memory, and report themselves as unhealthy from then on. No server was changed.",
    remedy:
      "Keep `jetstream` of the account. To remove it, save the streams with `nats account backup` if you need them, and delete them first.",
  },
  NA5053: {
    title: "Streams in memory would be lost",
    cause:
      "`jetstream.clusterTraffic` of an account changes in the same update as settings for which the operator server restarts. The static server must restart, too, and in between the servers cannot replicate the account's streams. Streams in memory would lose their messages; if the servers do not report their streams, the account counts as one with such streams. No server was changed.",
    remedy: "Make the two changes in two updates.",
  },
  NA5054: {
    title: "Streams of an account unknown",
    cause:
      "An account loses JetStream, but the servers did not report whether it has streams: a server does not respond, or does not permit the request (NA1723). No server was changed.",
    remedy:
      "Run `pulumi up --refresh` with `jetstream` of the account as before, then remove it. Delete the account's streams first.",
  },
  NA5055: {
    title: "Streams that could not be moved",
    cause:
      "A server leaves a cluster with JetStream, so its streams move to other servers before it stops. The servers did not accept that, or did not finish in time: for example, no other server has enough storage. The server still runs.",
    remedy: "Correct the cause, then rerun `pulumi up`. It continues where it stopped.",
  },
  NA5056: {
    title: "Server that remains a member of JetStream",
    cause:
      "The streams of a server that leaves the cluster have moved, but JetStream did not remove it from its members in time: for example, JetStream has no leader. It would count for the quorum.",
    remedy: "Check that the other servers are healthy, then rerun `pulumi up`. It continues where it stopped.",
  },
  NA5070: {
    title: "Place that another user can change",
    cause:
      "The folder of a server that runs as a local process, one above it, or a link to it belongs to another user, or others can write to it. That user could replace the configuration or the executable of the server, so it is not started there.",
    remedy: "Change the owner or the permissions of the folder, or set `target.process.folder`.",
  },
  NA5080: {
    title: "Deployed server not reachable",
    cause:
      "`ClusterVerification` connects to the URL of each server, and to its monitoring URL if there is one. The connection failed, or the monitoring endpoint is that of another server or reports that the server is not healthy. The message shows the reason.",
    remedy: "Start the server, and check its URLs and that the machine that runs Pulumi reaches them.",
  },
  NA5081: {
    title: "Deployed server rejects the system account",
    cause:
      "`ClusterVerification` logs in as a user of the system account: with the seed in static mode, with the creds in operator mode. The server rejected them, or does not answer the requests of this user.",
    remedy:
      "Deploy the current configuration to this server and reload it. Check that `mode` and `url` belong to this server, that `user` is a user of the system account without restrictive permissions, and that its creds have not expired.",
  },
  NA5082: {
    title: "Deployed servers that are not one cluster",
    cause:
      "A server has no route to another one, belongs to another cluster, has a route to a server that is not verified, or two URLs lead to the same server.",
    remedy:
      "Correct `cluster` in the configurations: `name`, `routes` and `authorization`. Give `servers` one URL for each server of the cluster.",
  },
  NA5083: {
    title: "Account missing on a deployed server",
    cause:
      "A server has not loaded an account of the configuration, its JWT has expired, or some of its imports could not be resolved. Usually, the server still runs with an earlier configuration.",
    remedy: "Deploy the current configuration to this server and reload it. Read its log if it rejected the reload.",
  },
  NA5084: {
    title: "Account that differs on a deployed server",
    cause:
      "A server reports other exports, imports, mappings or another JWT of an account than the configuration contains, another operator JWT, or another system account. The message lists what differs.",
    remedy:
      "Deploy the current configuration to this server and reload it, and remove edits made by hand. A changed operator JWT requires a restart.",
  },
  NA5085: {
    title: "Users that a deployed server treats differently",
    cause:
      "A server rejects a user of the configuration, permits other subjects than the configuration contains, or accepts clients without credentials or with an unknown key. Servers in operator mode read the permissions of users in JWTs; in static mode, the users are part of the configuration.",
    remedy:
      "Deploy the current configuration to this server and reload it, and remove `no_auth_user`, users and edits that are not part of it.",
  },
  NA5086: {
    title: "Other configuration on a deployed server",
    cause:
      "A server reports the digest of the configuration that it has loaded (`config_digest`). It differs from the digest of the expected one: the server still runs with an earlier configuration, somebody edited it, or it contains more settings than the one that the program renders.",
    remedy:
      'Deploy the configuration of the program unchanged, with its `routes.conf`, and reload the server. If the file contains more settings on purpose, set `digest` to what `nats-server -t` prints for it, or to `"any"`: then the accounts are compared one by one.',
  },
  NA5087: {
    title: "Deployed server without a connection to a hub",
    cause:
      "`ClusterVerification` compares the connections of each server with the `remotes` of the configuration. The server has fewer connections for an account than remotes: the hub cannot be reached, rejects the login, or the server does not trust its certificate. A server reports the account of each connection, and not the remote.",
    remedy:
      'Read the log of the server, which contains the reason. Correct the remote, or set `verification: "disabled"` of a remote whose hub is not always reachable.',
  },
  NA5088: {
    title: "Pod of a deployed server not running",
    cause:
      "With `kubernetes`, `ClusterVerification` connects to the pod of each server. The namespace has no pod with this name, or the pod does not run: its release is not deployed yet or is scaled down, or Kubernetes cannot start it. An update waits for it until `timeout`.",
    remedy:
      "Check `kubernetes.namespace`, the release, and what Kubernetes reports about the pod. The name of a server in `servers` is that of its pod, unless it has `pod`.",
  },
} as const satisfies CodeTable;
