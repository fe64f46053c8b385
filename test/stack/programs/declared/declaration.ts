import type {
  AccountTerms,
  Authorization,
  ImportTerms,
  ParitySettings,
  Rotation,
  RoleTerms,
  ServerArgs,
  ServerStorage,
  UserTerms,
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
}

/** A key that is given, or replaced. */
interface DeclaredKey {
  readonly seed?: string;
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
    readonly identity?: "kept" | "offline";
  };
  /** Accounts by the names of their resources, each after those that it imports from. */
  readonly accounts?: Readonly<Record<string, DeclaredAccount>>;
  readonly static?: ServerArgs;
  readonly operatorServer?: ServerArgs;
  readonly clusterName?: string;
  readonly routes?: { readonly rotation?: { readonly version: number } };
  readonly bindAddress?: string;
  readonly jetstream?: ServerStorage;
  readonly parity?: ParitySettings;
  /** The Docker Engine, given by a provider of the program instead of the environment. */
  readonly dockerHost?: string;
}
