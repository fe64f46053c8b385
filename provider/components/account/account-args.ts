import type * as pulumi from "@pulumi/pulumi";
import type { AccountTerms } from "../../model/account/account-terms";
import type { Authorization } from "../../model/account/authorization";
import type { ImportTerms } from "../../model/shares/imports";
import type { RoleTerms } from "../../model/users/roles";
import type { Rotation } from "../../model/keys/rotation";
import type { UserTerms } from "../../model/users/users";
import type { DeepInput } from "../../resources/inputs";
import type { Nkey } from "../../resources/nkey";

/** An account as imports refer to it: an `Account`, or the name and the key of one that is made later. */
export interface AccountReference {
  /** The account's name. */
  readonly accountName: string;
  /** The account's public key (`A…`). */
  readonly publicKey: pulumi.Input<string>;
  /**
   * The account's seed (`SA…`), or that of one of its signing keys: it signs what lets other accounts import a private
   * export. An `Account` has it; of an account that is made later, it is the `seed` of its `Nkey`.
   *
   * @default none: from the account only public exports can be imported
   */
  readonly signer?: pulumi.Input<string>;
}

/** Who signs accounts. An `Operator` is one. */
export interface AccountSigner {
  /** The seed (`SO…`) that signs. It is kept as a secret. */
  readonly signer: pulumi.Input<string>;
}

/**
 * A user of an account: what it may do, or the role that says so, and its key. A change of what it may do needs no new
 * credentials: it is in force on both servers when the update is done. Another role, or other tags, need new ones.
 *
 * @typeParam Roles the names of the account's roles
 */
export type UserArgs<Roles extends string = string> = {
  [K in Exclude<keyof UserTerms, "role">]?: DeepInput<NonNullable<UserTerms[K]>>;
} & {
  /**
   * The name of the role that says what the user may do. It says all of it: a user with a role has no permissions, limits
   * or the like of its own.
   *
   * @default none: the user has what it says itself
   */
  role?: Roles;
  /**
   * An existing seed (`SU…`) to keep.
   *
   * @default a new key is generated, once
   */
  seed?: pulumi.Input<string>;
  /**
   * The public key (`U…`) alone, of a user who keeps the seed. Then there are no creds.
   *
   * @default the key of `seed`, or a new one
   */
  publicKey?: pulumi.Input<string>;
  /**
   * Replaces the user's key: another `version` makes a new one. The credentials before go on working on both servers for
   * the `overlap`. Where the program gives the key, another one given is another version.
   *
   * @default the key that there is
   */
  rotation?: DeepInput<Rotation>;
};

/**
 * A role of an account: what all its users may do, and the key that signs their JWTs. A change of what they may do is in
 * force on both servers when the update is done, and needs no new credentials.
 */
export type RoleArgs = { [K in keyof RoleTerms]?: DeepInput<NonNullable<RoleTerms[K]>> } & {
  /**
   * An existing seed (`SA…`) of a signing key to keep.
   *
   * @default a new key is generated, once
   */
  seed?: pulumi.Input<string>;
  /**
   * The public key (`A…`) alone, of a signing key that is kept elsewhere, with an authorization service say. Then users
   * of the program cannot have the role.
   *
   * @default the key of `seed`, or a new one
   */
  publicKey?: pulumi.Input<string>;
  /**
   * Replaces the role's key: another `version` makes a new one, which signs the JWTs of all the role's users again. Their
   * creds before go on working for the `overlap`.
   *
   * @default the key that there is
   */
  rotation?: DeepInput<Rotation>;
};

/**
 * The users that a program gives, by name: of each the type of its `publicKey`, `unknown` where it has none. Nobody
 * writes it; the compiler finds it in the arguments, and knows by it who has a seed.
 */
export type GivenUsers = Readonly<Record<string, unknown>>;

/** No users at all: what an account has until it is given some. */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- It is empty, and meant.
export type NoUsers = Record<never, unknown>;

/** Users of whom the compiler knows nothing, not even their names. */
export type AnyUsers = Readonly<Record<string, pulumi.Input<string>>>;

/** The roles that a program gives, by name, told like {@link GivenUsers}. */
export type GivenRoles = Readonly<Record<string, unknown>>;

/** No roles at all: what an account has until it is given some. */
export type NoRoles = NoUsers;

/** Roles of which the compiler knows nothing, not even their names. */
export type AnyRoles = AnyUsers;

/** An import of an account. */
export type ImportArgs = { [K in keyof ImportTerms]: DeepInput<ImportTerms[K]> } & {
  /** The account that exports. */
  account: AccountReference;
  /**
   * The JWT of an `Activation` for this import, where the export is private and the exporting account's seed is not in
   * this program.
   *
   * @default made where it is needed, and signed by the exporting account
   */
  token?: pulumi.Input<string>;
};

/** Authorization by a service of the account. */
export type AuthorizationArgs = {
  [K in keyof Omit<Authorization, "allowedAccounts" | "issuer">]: DeepInput<NonNullable<Authorization[K]>>;
} & {
  /**
   * The public key (`A…`) alone with which the service signs, where its seed is kept elsewhere. Not the account's own key:
   * servers accept that for no users, since operators ask for signing keys. The static server restarts when it changes.
   *
   * @default a new key is generated, once: its seed is `Account.authorizationSigner`
   */
  issuer?: pulumi.Input<string>;
  /**
   * Accounts beside its own that the service may let clients into, or `"*"` for any. Only the operator server holds it to
   * that, and asks for a signing key of the other account: the service's can be one of its `signingKeys`.
   *
   * @default no other
   */
  allowedAccounts?: "*" | readonly AccountReference[];
};

/** What an account is, whoever signs it. */
export type AccountSettings<Users extends GivenUsers = AnyUsers, Roles extends GivenRoles = AnyRoles> = {
  [K in Exclude<keyof AccountTerms, "authorization">]?: DeepInput<AccountTerms[K]>;
} & {
  /**
   * The account's name.
   *
   * @default the resource's name
   */
  name?: string;
  /** The account's users, by name. */
  users?: { readonly [Name in keyof Users]: UserArgs<NoInfer<keyof Roles & string>> & { publicKey?: Users[Name] } };
  /** The account's roles, by name: what several users may do alike. */
  roles?: { readonly [Name in keyof Roles]: RoleArgs & { publicKey?: Roles[Name] } };
  /**
   * Who decides about clients who log in as a user of the account: a service, instead of the servers.
   *
   * @default the servers
   */
  authorization?: AuthorizationArgs;
  /** What the account uses of other accounts. */
  imports?: readonly ImportArgs[];
  /**
   * The account's key, made beforehand, so that two accounts can import from each other.
   *
   * @default a key of its own
   */
  key?: Nkey;
  /**
   * An existing seed (`SA…`) to keep.
   *
   * @default a new key is generated, once
   */
  seed?: pulumi.Input<string>;
  /**
   * The public key (`A…`) alone, of an account whose seed stays elsewhere. Nothing needs the seed: users are signed by
   * keys of their own, and the operator signs the account.
   *
   * @default the key of `seed`, or a new one
   */
  publicKey?: pulumi.Input<string>;
};
