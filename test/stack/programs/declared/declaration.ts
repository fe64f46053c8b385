import type {
  AccountTerms,
  Authorization,
  ClusterServerArgs,
  ClusterTls,
  ImportTerms,
  KubernetesTarget,
  LeafNodeSettings,
  MqttSettings,
  ParitySettings,
  RemoteArgs,
  Rotation,
  RoleTerms,
  ServerArgs,
  ServerSettings,
  ServerStorage,
  Target,
  UserSetArgs,
  UserTerms,
  WebSocketSettings,
} from "pulumi-nats-auth";

/** An account of a declaration. */
export interface DeclaredAccount extends Omit<AccountTerms, "authorization"> {
  /** Who decides about clients, into no other account. */
  readonly authorization?: Omit<Authorization, "allowedAccounts">;
  readonly name?: string;
  readonly seed?: string;
  readonly imports?: readonly (ImportTerms & { readonly account: string })[];
  readonly users?: Readonly<Record<string, UserTerms & DeclaredKey>>;
  readonly roles?: Readonly<Record<string, RoleTerms & DeclaredKey>>;
  readonly removedSets?: readonly string[];
  /** Sets of users by name. */
  readonly sets?: Readonly<Record<string, DeclaredSet>>;
}

/** A set of users, of which the stack's outputs contain all credentials, or those of some users. */
export interface DeclaredSet extends Omit<UserSetArgs, "account" | "template"> {
  readonly shown?: readonly string[];
  /** Its former name. */
  readonly alias?: string;
  /** Name of a component that it is in. */
  readonly parent?: string;
  /** Folder to which the program hands out its creds. */
  readonly handOut?: string;
  /** Whether the program waits before it creates the set. */
  readonly late?: boolean;
}

/** A key that is given, or replaced. */
interface DeclaredKey {
  readonly seed?: string;
  readonly creds?: string;
  readonly publicKey?: string;
  readonly rotation?: Rotation;
}

/** What the file that the stack's configuration names holds, as JSON. */
export interface Declaration {
  readonly operator?: {
    readonly name?: string;
    readonly seed?: string;
    readonly systemAccount?: Omit<DeclaredAccount, "imports">;
    readonly rotation?: Rotation;
    readonly identityKey?: "managed" | "offline";
  };
  /** Accounts by the names of their resources, each after those that it imports from. */
  readonly accounts?: Readonly<Record<string, DeclaredAccount>>;
  readonly staticServer?: ServerArgs;
  readonly operatorServer?: ServerArgs;
  /** Servers by name, in place of the two. */
  readonly servers?: Readonly<Record<string, ClusterServerArgs>>;
  /** Hosts of the servers, with the address of the Docker Engine of each; that of the cluster's provider by default. */
  readonly hosts?: Readonly<
    Record<
      string,
      { readonly target?: Target; readonly engine?: string; readonly address?: string; readonly bindAddress?: string }
    >
  >;
  readonly tls?: ClusterTls;
  readonly leafNodes?: LeafNodeSettings;
  readonly websocket?: WebSocketSettings;
  readonly mqtt?: MqttSettings;
  /** Hubs by name, with the names of accounts. */
  readonly remotes?: Readonly<Record<string, RemoteArgs>>;
  /** A leaf node of the cluster: the user that it logs in as, and the path of its creds. */
  readonly edge?: { readonly account: string; readonly user: string; readonly credentials: string };
  readonly clusterName?: string;
  /** A secret that all accounts, the operator and the cluster contain. The users of sets are secrets, too. */
  readonly hidden?: string;
  readonly routes?: { readonly rotation?: { readonly version: number } };
  readonly bindAddress?: string;
  readonly clusterAddress?: string;
  readonly monitoringAddress?: string;
  /** Settings of pods, in place of the stack's own target. */
  readonly kubernetes?: KubernetesTarget;
  /** A namespace of Kubernetes that gets a Secret of each user. */
  readonly secretsIn?: string;
  /** A key that pods tolerate, which the program sets by a transform. */
  readonly toleration?: string;
  /** IP addresses of load balancers by the names of Services, which the program sets by a transform. */
  readonly loadBalancers?: Readonly<Record<string, string>>;
  /** Limits of containers. */
  readonly limits?: { readonly memoryLimit?: string; readonly pidsLimit?: number };
  readonly settings?: ServerSettings;
  readonly jetstream?: ServerStorage;
  readonly discardStreams?: readonly string[];
  readonly parity?: ParitySettings;
  readonly verification?: "enabled" | "disabled";
  /** The Docker Engine, given by a provider of the program instead of the environment. */
  readonly dockerHost?: string;
  /** PEM texts for TLS, of which the provider gets the key as a secret. */
  readonly dockerMaterial?: {
    readonly caMaterial: string;
    readonly certMaterial: string;
    readonly keyMaterial: string;
  };
}
