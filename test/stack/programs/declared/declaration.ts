import type { Export, ImportTerms, AccountLimits, Permissions, ServerArgs } from "pulumi-nats-auth";

/** An account of a declaration. */
export interface DeclaredAccount {
  readonly name?: string;
  readonly seed?: string;
  readonly description?: string;
  readonly exports?: readonly Export[];
  readonly imports?: readonly (ImportTerms & { readonly account: string })[];
  readonly limits?: AccountLimits;
  readonly users?: Readonly<
    Record<string, { readonly permissions?: Permissions; readonly seed?: string; readonly publicKey?: string }>
  >;
}

/** What the file that the stack's configuration names holds, as JSON. */
export interface Declaration {
  readonly operator?: {
    readonly name?: string;
    readonly seed?: string;
    readonly systemAccount?: Omit<DeclaredAccount, "imports">;
  };
  /** Accounts by the names of their resources, each after those that it imports from. */
  readonly accounts?: Readonly<Record<string, DeclaredAccount>>;
  readonly static?: ServerArgs;
  readonly operatorServer?: ServerArgs;
  readonly bindAddress?: string;
  /** The Docker Engine, given by a provider of the program instead of the environment. */
  readonly dockerHost?: string;
}
