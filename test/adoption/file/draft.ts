/**
 * A static configuration before it is written: as an object, which is valid in the language of configurations, too. Keys are
 * referred to by names, so that a draft can be kept as a case: `@ONE/first` is the public key of a user, `@ONE` of an account.
 */
export interface FileDraft {
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of accounts, as in the configuration. */
  readonly accounts: readonly string[];
  /** The system account, if the configuration has one. */
  readonly systemAccount: string | null;
  readonly clients: readonly FileClient[];
  /** Whether the adoption gets the names of users. */
  readonly named: boolean;
}

/** A client of a server with a static configuration. */
export interface FileClient {
  readonly name: string;
  readonly account: string;
  /** How it logs in: by its key, which its name determines, by a password or by a token. */
  readonly login: "nkey" | { readonly user: string; readonly password: string } | { readonly token: string };
  /** The path of the user in the configuration. */
  readonly path: string;
  readonly limits: "none" | "some" | "no subscriptions";
}

/** The account of users without an account. */
export const GLOBAL = "$G";
