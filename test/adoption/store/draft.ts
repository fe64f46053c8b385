/** An nsc store before anything of it is signed. Keys are referred to by names, so that a draft can be kept as a case. */
export interface StoreDraft {
  readonly operator: OperatorDraft;
  /** The accounts by name, apart from the system account. */
  readonly accounts: Readonly<Record<string, AccountDraft>>;
  readonly system: AccountDraft;
  /** Labels of the keys whose seeds are not in the keystore. */
  readonly withoutSeeds: readonly string[];
}

/** The operator of a store. */
export interface OperatorDraft {
  /** Number of signing keys. */
  readonly signingKeys: number;
  /** `strict_signing_key_usage`. */
  readonly strict: boolean;
  /** The key that signed the JWT: the identity key, or the first signing key, as after a later edit with nsc. */
  readonly signedBy: "identity" | "signing key";
  readonly validity: Validity;
}

/** When a JWT is valid. */
export type Validity = "always" | "for a day" | "ended" | "not yet";

/** The key that signed an account: the operator's identity key, a signing key, or one that the operator does not list. */
export type AccountSigner = "identity" | "signing key" | "last signing key" | "former signing key" | "itself";

/** When something is revoked: before or after everything in the store was signed, or in the future. */
export type RevokedAt = "before" | "after" | "future";

/** An account of a store. Claims are as in its JWT. */
export interface AccountDraft {
  readonly signedBy: AccountSigner;
  readonly validity: Validity;
  /** `limits`, on top of those that nsc writes. A limit of null is absent. */
  readonly limits: Readonly<Record<string, unknown>>;
  /** Other claims, such as `mappings`. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The signing keys: each without a scope, or with the template of a role. */
  readonly signingKeys: readonly (null | Template)[];
  /** Revocations by user name or `*`. */
  readonly revocations: Readonly<Record<string, RevokedAt>>;
  readonly exports: readonly ExportDraft[];
  readonly imports: readonly ImportDraft[];
  readonly users: Readonly<Record<string, UserDraft>>;
}

/** The permissions and limits of a user or of a role, as in JWTs. */
export type Template = Readonly<Record<string, unknown>>;

/** An export of an account, as in its JWT. */
export interface ExportDraft {
  readonly subject: string;
  readonly type: "stream" | "service";
  readonly claims: Readonly<Record<string, unknown>>;
  /** Revocations of activations, by account name or `*`. */
  readonly revocations: Readonly<Record<string, RevokedAt>>;
}

/** What is wrong with an activation. */
export const ACTIVATIONS = [
  "none",
  "valid",
  "by a signing key",
  "ended",
  "not yet",
  "for a day",
  "other subject",
  "other kind",
  "for another account",
  "by a stranger",
] as const;

/** An import of an account. */
export interface ImportDraft {
  readonly account: string;
  readonly subject: string;
  readonly type: "stream" | "service";
  /** `local_subject`, or `to` in older stores. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly activation: (typeof ACTIVATIONS)[number];
}

/** A user of an account. */
export interface UserDraft {
  /** The key that signed: the account's own, the number of one of its signing keys, or one that it does not list. */
  readonly signedBy: "account" | "stranger" | number;
  readonly validity: Validity;
  /** Permissions and limits; empty for a user with the scope of a signing key. */
  readonly claims: Template;
  /** False for a user whose JWT is not in the store, although creds of it exist. */
  readonly stored: boolean;
}

/** The name of the system account. */
export const SYSTEM = "SYS";
