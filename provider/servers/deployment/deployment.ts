import type { ExpectedAccount } from "../../config/expected-accounts";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import type { Mode, PerServer } from "../../model/cluster/servers";

/** A server that something else deploys, and how to verify it. */
export interface DeployedServer {
  readonly mode: Mode;
  /** Client URL. */
  readonly url: string;
  /** The name of its pod, which is reached through the API server of Kubernetes. @default the URLs lead to it */
  readonly pod?: string;
  /** The namespace of the pod. @default that of the deployment */
  readonly namespace?: string;
  /** HTTP monitoring URL. @default monitoring is not asked */
  readonly monitoringUrl?: string;
  /** The digest of the configuration that it should have loaded. @default the accounts are compared one by one */
  readonly digest?: string;
  /** The `server_name`. @default the one that it reports */
  readonly serverName?: string;
  /** The name that its certificate is for. @default the host of each URL */
  readonly certificateName?: string;
  /** True if the handshake must precede the first protocol message. @default false */
  readonly handshakeFirst?: boolean;
}

/** A server, and how this machine reaches it. */
export interface ReachedServer extends DeployedServer {
  /** The address of this machine that leads to the server, such as `127.0.0.1:40001`. @default that of the URL */
  readonly via?: string;
  /** The same for its monitoring URL. @default that of the URL */
  readonly monitoringVia?: string;
}

/** An account that every server should have loaded. */
export interface DeployedAccount extends ExpectedAccount {
  /** The account's JWT, which servers in operator mode report. */
  readonly jwt: string;
}

/** The expected state of servers that something else deploys. */
export interface Deployment {
  /** @default the name that the servers agree on */
  readonly clusterName?: string;
  readonly servers: PerServer<ReachedServer>;
  /** Public key of the system account. */
  readonly systemAccount: string;
  readonly operatorJwt: string;
  /** The accounts by public key. */
  readonly accounts: Readonly<Record<string, DeployedAccount>>;
  /** Whether the servers should run JetStream. */
  readonly jetstream: boolean;
  /** Whether an account has an authorization service, which servers in static mode ask about unknown clients. */
  readonly authorizationService?: boolean;
  /**
   * The hubs with which servers should be connected: the names of remotes by the public key of their account, by the name of the server
   * in the program.
   *
   * @default none
   */
  readonly remotes?: PerServer<RemotesByAccount>;
}

/** The names of remotes that a server should be connected with, by the public key of their account. */
export type RemotesByAccount = Readonly<Record<string, readonly string[]>>;

/** Verification of the users of servers in static mode, without a digest. */
export type UserChecks = "permissions" | "logins" | "none";

/** Certificates for TLS connections, in PEM format. */
export interface TlsFiles {
  /** Certificates of the authorities that servers are verified with. @default those of Node.js */
  readonly ca?: string;
  /** Certificate of the client. @default none */
  readonly cert?: string;
  /** Private key of the client. */
  readonly key?: string;
}

/** How a verification logs in. */
export interface DeploymentAccess {
  /** Seed of a user of the system account, for servers in static mode. */
  readonly seed?: string;
  /** Creds of that user, for servers in operator mode. */
  readonly creds?: string;
  /** Seeds of the accounts' users, by public key. */
  readonly seeds: Readonly<Record<string, string>>;
  readonly users: UserChecks;
  readonly tls?: TlsFiles;
}

/** Result of the verification of a server. */
export interface VerifiedServer {
  /** The `server_name` that the server reports. */
  readonly serverName: string;
  /** Mode of the server. */
  readonly mode: Mode;
  /** Name of the cluster that the server belongs to; none if it runs alone. */
  readonly clusterName?: string;
  /** The servers of the verification that it has a route to. */
  readonly routes: readonly string[];
  /**
   * `"digest"` if the server has loaded exactly the expected configuration, `"accounts"` if it reports the expected accounts,
   * and its configuration may contain more.
   */
  readonly configuration: "digest" | "accounts";
  /** The accounts that it has loaded. */
  readonly accounts: readonly string[];
  /** The remotes of the configuration that are connected with their hubs; not set if it has no remotes. */
  readonly remotes?: readonly string[];
  /** The users that have logged in, as `<account>/<user>`. */
  readonly users: readonly string[];
  /** Whether JetStream is healthy; not set if the server should not run it, or another server cannot be asked. */
  readonly jetstream?: "healthy";
}

/** The result of a verification. */
export interface Inspection {
  readonly problems: readonly Diagnostic[];
  /** The results for the servers without problems. */
  readonly verified: PerServer<VerifiedServer>;
}
