import type * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import { packagesDiagnostics } from "../../kubernetes/access-checks";
import type { Mode } from "../../model/cluster/servers";
import type { Duration } from "../../model/form/quantities";
import {
  anyValue,
  checkShape,
  fatal,
  isRecord,
  mapOf,
  objectOf,
  optional,
  type Shape,
  matching,
} from "../../model/form/shape";
import type { DeepInput } from "../../resources/dynamic-resource";
import type { NamespaceArgs } from "../../resources/cluster-verification";
import type { TlsFiles, UserChecks } from "../../servers/deployment/deployment";
import { missingClient } from "../cluster/kubernetes-sdk";
import type { AuthConfiguration } from "../configuration/auth-configuration";
import { componentShape } from "../configuration/configuration-parts";
import { accessOf, type KubernetesAccessArgs } from "../kubernetes-access";

/** How a verification connects to servers with TLS. A name, or a first handshake, requires TLS, also with a URL that begins with `nats`. */
export interface ServerTlsOptions {
  /**
   * Name that the certificate of a server is for.
   *
   * @default that of the configuration for its servers, otherwise the host of the URL
   */
  readonly serverName?: string;
  /**
   * True if the handshake precedes the first protocol message, as the server requires it.
   *
   * @default that of the configuration for its servers, otherwise false
   */
  readonly handshakeFirst?: boolean;
}

/** How a verification connects to all servers with TLS. */
export interface DeploymentTls extends TlsFiles, ServerTlsOptions {}

/** The namespace of a Kubernetes cluster in which servers are pods. */
export interface PodNamespace extends KubernetesAccessArgs {
  /** Namespace of the pods, apart from those of servers with a `namespace` of their own. */
  readonly namespace: pulumi.Input<string>;
}

/** A server to verify. */
export interface DeployedServerArgs {
  /**
   * Mode of the server.
   *
   * @default the mode of the server with this name in the configuration
   */
  mode?: pulumi.Input<Mode>;
  /**
   * Client URL of this server: `nats://` or `tls://`. It must not lead to a load balancer of several servers. With `kubernetes`, its port
   * is that of the pod, and its host only the name that the certificate is for.
   *
   * @default the URL of the server with this name in the configuration, otherwise with `kubernetes` `nats://<pod>:4222`
   */
  url?: pulumi.Input<string>;
  /**
   * Name of the pod, with `kubernetes`.
   *
   * @default the name of the server
   */
  pod?: pulumi.Input<string>;
  /**
   * Namespace of the pod, with `kubernetes`: that of its release.
   *
   * @default `namespace` of `kubernetes`
   */
  namespace?: pulumi.Input<string>;
  /**
   * HTTP monitoring URL of the server. If set, its identity and its `healthz` are verified as well. With `kubernetes`, its port is that of
   * the pod.
   *
   * @default monitoring is not asked
   */
  monitoringUrl?: pulumi.Input<string>;
  /**
   * Digest of the configuration that the server should have loaded, as `nats-server -t -c <file>` prints it (`sha256:…`). It
   * proves every setting. `"any"` for a configuration that may contain more: its accounts are compared one by one.
   *
   * @default the digest of `AuthConfiguration.configs` and `routes` for a server of the configuration, otherwise `"any"`
   */
  digest?: pulumi.Input<string>;
  /**
   * Name in the certificate of this server, and whether its handshake comes first. They replace those of `tls`.
   *
   * @default those of `tls`
   */
  tls?: DeepInput<ServerTlsOptions>;
}

/** Credentials of a user of the system account. Each user of `Operator.systemAccount` has these properties. */
export interface VerificationUser {
  /** Seed (`SU…`), as a secret: logs in to servers in static mode. */
  readonly seed?: pulumi.Input<string | undefined>;
  /** Content of a creds file, as a secret: logs in to servers in operator mode. */
  readonly creds?: pulumi.Input<string | undefined>;
}

/** Arguments of `ClusterVerification`. */
export interface ClusterVerificationArgs {
  /** Configuration that the servers should have loaded. */
  configuration: AuthConfiguration;
  /**
   * Servers by name: all servers of the cluster, each with a URL of its own.
   *
   * @default the servers of the configuration
   * @example
   * ```ts
   * { servers: { n1: { mode: "static", url: "nats://n1.example.org" }, n2: { mode: "operator", url: "tls://n2.example.org" } } }
   * ```
   */
  servers?: Readonly<Record<string, DeployedServerArgs>>;
  /**
   * Namespace of servers that are pods, such as those of the official Helm chart. They are reached through the API server of Kubernetes,
   * from any machine that reaches it. Each server is the pod with its name, or the one that its `pod` names.
   *
   * Plain, except for its members, because it determines how servers are reached.
   *
   * @default servers are reached at their URLs
   * @example
   * ```ts
   * {
   *   kubernetes: { context: "production", namespace: "nats" },
   *   servers: { "nats-static-0": { mode: "static" }, "nats-operator-0": { mode: "operator" } },
   * }
   * ```
   */
  kubernetes?: PodNamespace;
  /** User of the system account to log in as: `operator.systemAccount.users.<name>`. */
  user: VerificationUser;
  /**
   * Verification of the users of servers in static mode whose configuration is not proven by a digest. `"permissions"`:
   * each user whose seed is managed here logs in, and what the server permits is compared; of each `UserSet`, the first ten
   * users by name. `"logins"`: the users log in.
   * Servers log decisions on forbidden subjects as violations. In operator mode, permissions are part of the accounts' JWTs.
   *
   * @default "permissions"
   */
  users?: UserChecks;
  /**
   * Whether the servers run JetStream: then its leader, its members, and every stream are verified.
   *
   * @default true if the configuration or one of its accounts has `jetstream`
   */
  jetstream?: pulumi.Input<boolean>;
  /**
   * Time that an update waits for the servers to have the configuration.
   *
   * @default "30s"
   */
  timeout?: pulumi.Input<Duration>;
  /**
   * Certificates in PEM format, and the name in those of the servers, for NATS and for monitoring over `https://`. If set, TLS is
   * required for each server, as for `tls://` URLs.
   *
   * @default the certificate authorities of Node.js (`NODE_EXTRA_CA_CERTS` adds some)
   */
  tls?: DeepInput<DeploymentTls>;
}

/** A user. Any other value is not shown: it may be a seed, or the content of a creds file. */
const USER: Shape = (value, path) =>
  fatal({
    code: value === undefined ? "NA1002" : "NA1003",
    path,
    problem:
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? undefined
        : `${value === undefined ? "is missing; it " : ""}must be a user of the system account`,
    remedy: "Use `operator.systemAccount.users.<name>`.",
  });

/** What a verification reads of its configuration. */
const CONFIGURATION_MEMBERS: readonly string[] = ["gate", "parts"] satisfies (keyof AuthConfiguration)[];

const NOT_A_CONFIGURATION = matching(
  "an `AuthConfiguration`",
  "Use an `AuthConfiguration` of this program.",
  () => false,
);

/** The shape of a verification's configuration. */
export const CONFIGURATION: Shape = componentShape("AuthConfiguration", CONFIGURATION_MEMBERS, NOT_A_CONFIGURATION);

const ARGS: Shape = objectOf<ClusterVerificationArgs>({
  configuration: CONFIGURATION,
  servers: optional(
    mapOf(
      objectOf<DeployedServerArgs>({
        ...{
          mode: anyValue,
          url: anyValue,
          pod: anyValue,
          namespace: anyValue,
          monitoringUrl: anyValue,
          digest: anyValue,
        },
        tls: optional(objectOf<ServerTlsOptions>({ serverName: anyValue, handshakeFirst: anyValue })),
      }),
    ),
  ),
  kubernetes: optional(objectOf<PodNamespace>({ context: anyValue, kubeconfig: anyValue, namespace: anyValue })),
  user: USER,
  users: anyValue,
  jetstream: anyValue,
  timeout: anyValue,
  tls: anyValue,
});

/** Checks the shape of a verification's arguments, and that packages are installed which they require. */
export function verificationArgsDiagnostics(args: ClusterVerificationArgs): Diagnostic[] {
  return checkShape("", ARGS, args, ({ kubernetes }) =>
    kubernetes === undefined ? [] : packagesDiagnostics("kubernetes", missingClient()),
  );
}

/** Returns the namespace of servers that are pods, as the handler receives it; undefined if there is none, or it is malformed. */
export function declaredNamespace({ kubernetes }: Partial<ClusterVerificationArgs>): NamespaceArgs | undefined {
  return isRecord(kubernetes) ? { api: accessOf(kubernetes), namespace: kubernetes.namespace } : undefined;
}

/** Returns the servers to verify; undefined if the program names none. */
export function declaredTargets({
  servers,
}: Partial<ClusterVerificationArgs>): Record<string, DeployedServerArgs> | undefined {
  return isRecord(servers)
    ? Object.fromEntries(Object.entries(servers).map(([name, server]) => [name, isRecord(server) ? server : {}]))
    : undefined;
}
