import type * as pulumi from "@pulumi/pulumi";
import type { AccountTerms } from "../../model/account/account-terms";
import type { Authorization } from "../../model/account/authorization";
import type { SignedReference } from "../../model/account/reference";
import type { Export } from "../../model/shares/exports";
import type { ImportTerms } from "../../model/shares/imports";
import type { RoleTerms } from "../../model/users/roles";
import type { Rotation } from "../../model/keys/rotation";
import type { UserTerms } from "../../model/users/users";
import type { DeepInput } from "../../resources/dynamic-resource";
import type { Nkey } from "../../resources/nkey";

/** An account that others refer to: an `Account`, or the name and key of an account that the program creates later. */
export interface AccountReference {
  /** Account name. Plain, because the names of `Activation` resources contain it. */
  readonly accountName: string;
  /** Public key (`A…`) of the account. */
  readonly publicKey: pulumi.Input<string>;
  /**
   * Seed (`SA…`) of the account or of one of its signing keys. It signs the activations that other accounts need to
   * import a private export. An `Account` provides it; for an account that is created later, use the `seed` of its
   * `Nkey`.
   *
   * @default none: other accounts can import public exports only
   */
  readonly signer?: pulumi.Input<string>;
}

/** Signs account JWTs. Implemented by `Operator`. */
export interface AccountSigner {
  /** Seed (`SO…`) that signs account JWTs. Stored as a secret. */
  readonly signer: pulumi.Input<string>;
}

/**
 * A user of an account: its permissions and limits, or the role that defines them, and its key. Changed permissions and
 * limits apply on both servers when the update is done, with the same credentials. A different role or different tags
 * require new credentials.
 *
 * @typeParam Roles names of the account's roles
 */
export type UserArgs<Roles extends string = string> = {
  [K in Exclude<keyof UserTerms, "role">]?: DeepInput<NonNullable<UserTerms[K]>>;
} & {
  /**
   * Name of the role that defines what the user may do. A user with a role has no permissions or limits of its own.
   *
   * Plain, because the role determines which resource signs the user's JWT.
   *
   * @default none: the user's own permissions and limits apply
   */
  role?: Roles;
  /**
   * Existing seed (`SU…`) of the user.
   *
   * @default a new key is generated once
   */
  seed?: pulumi.Input<string>;
  /**
   * Existing creds: the content of a creds file, in place of `seed`. A user with a role keeps its JWT as well, if it has the same
   * content and signer: that is how a user moves here from a `UserSet`.
   *
   * @default a new key is generated once
   */
  creds?: pulumi.Input<string>;
  /**
   * Public key (`U…`) of a user whose seed is not managed here. Such a user has no `seed` and no `creds` output.
   *
   * @default the public key of `seed`, or of the generated key
   */
  publicKey?: pulumi.Input<string>;
  /**
   * Keeps the seed that the state contains when the program sets only the `publicKey` of the same key.
   *
   * @default false: a user with only a `publicKey` has no seed in the state
   */
  keepSeed?: pulumi.Input<boolean>;
  /**
   * Replaces the user's key: a different `version` generates a new key. The previous credentials keep working on both
   * servers for the `overlap`. If the program sets `seed` or `publicKey`, a different key acts as a different version.
   *
   * @default the current key is kept
   */
  rotation?: DeepInput<Rotation>;
};

/**
 * A role of an account: permissions and limits that its users share, and the scoped signing key that signs their JWTs.
 * Changed permissions and limits apply on both servers when the update is done, with the same credentials.
 */
export type RoleArgs = { [K in keyof RoleTerms]?: DeepInput<NonNullable<RoleTerms[K]>> } & {
  /**
   * Existing seed (`SA…`) of the role's signing key.
   *
   * @default a new key is generated once
   */
  seed?: pulumi.Input<string>;
  /**
   * Public key (`A…`) of a signing key whose seed is not managed here, for example the key of an authorization service.
   * Users of the program cannot have such a role, because their JWTs could not be signed.
   *
   * @default the public key of `seed`, or of the generated key
   */
  publicKey?: pulumi.Input<string>;
  /**
   * Replaces the role's signing key: a different `version` generates a new key, which signs the JWTs of all users of the
   * role again. Their previous creds keep working for the `overlap`.
   *
   * @default the current key is kept
   */
  rotation?: DeepInput<Rotation>;
};

/**
 * Users or roles by name, each with the type of its `publicKey` argument. Inferred from `users` and `roles`; determines
 * for which of them `seed` and `creds` are defined. Not intended to be written by hand.
 */
export type InferredNames = Readonly<Record<string, unknown>>;

/** No users or roles: the type of an account without them. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- The type is empty on purpose.
export type NoNames = Record<never, unknown>;

/** Users or roles whose names the compiler cannot infer, for example because a loop creates them. */
export type AnyNames = Readonly<Record<string, pulumi.Input<string>>>;

/**
 * An account that another one refers to: an `Account` of the program, its name and key, or the reference that the stack of the
 * account exports (`Account.reference`), typically an output of a `pulumi.StackReference`.
 */
export type OtherAccount = AccountReference | pulumi.Input<SignedReference | undefined>;

/** An import of an account. */
export type ImportArgs = { [K in keyof ImportTerms]: DeepInput<ImportTerms[K]> } & {
  /** Exporting account. */
  account: OtherAccount;
  /**
   * Activation JWT of this import, from an `Activation`. Required if the export is private and the program does not have
   * the exporting account's seed.
   *
   * @default an activation is created if the export is private, and signed by the exporting account; the reference of an
   * account of another stack contains it
   */
  token?: pulumi.Input<string>;
};

/** Authorization of an account's clients by a service (auth callout). */
export type AuthorizationArgs = {
  [K in keyof Omit<Authorization, "allowedAccounts" | "issuer">]: DeepInput<NonNullable<Authorization[K]>>;
} & {
  /**
   * Public key (`A…`) of the key that the service signs with, if its seed is not managed here. It must not be the
   * account's own key: the operator requires signing keys, so servers reject users that the account's own key
   * signed. A change restarts the static server.
   *
   * @default a new key is generated once; its seed is `Account.authorizationSigner`, and in the output `authorizationSeeds` of other languages
   */
  issuer?: pulumi.Input<string>;
  /**
   * Other accounts that the service may assign clients to, or `"*"` for all accounts. Only the operator server enforces
   * this list. It also requires a signing key of the other account: add the service's key to that account's
   * `signingKeys`.
   *
   * @default none: the service assigns clients to its own account only
   */
  allowedAccounts?: "*" | readonly OtherAccount[];
};

/**
 * An export of an account. `importers` are accounts of the program by name, and accounts of other stacks by their references:
 * the exporting account signs an activation for each of these, which is part of its own reference.
 */
export type ExportArgs = { [K in keyof Omit<Export, "importers">]: DeepInput<Export[K]> } & {
  /** See {@link Export}. */
  importers?: pulumi.Input<readonly (pulumi.Input<string> | OtherAccount)[]>;
};

/** Arguments of an account, without the operator that signs it. */
export type AccountSettings<Users extends InferredNames = AnyNames, Roles extends InferredNames = AnyNames> = {
  [K in Exclude<keyof AccountTerms, "authorization" | "exports">]?: DeepInput<AccountTerms[K]>;
} & {
  /** Streams and services that other accounts can import. */
  exports?: pulumi.Input<readonly pulumi.Input<ExportArgs>[]>;
  /**
   * Account name.
   *
   * Plain, because the names of `Activation` resources, paths of diagnostics and rows of the parity report contain it.
   *
   * @default the name of the resource
   */
  name?: string;
  /** Users by name. */
  users?: {
    readonly [Name in keyof Users]: UserArgs<NoInfer<keyof Roles & string>> & {
      /** See {@link UserArgs}. */
      publicKey?: Users[Name];
    };
  };
  /** Roles by name: permissions and limits that several users share. */
  roles?: {
    readonly [Name in keyof Roles]: RoleArgs & {
      /** See {@link RoleArgs}. */
      publicKey?: Roles[Name];
    };
  };
  /**
   * Names of the sets (`UserSet`) that an update may remove. An update that removes another set is an error of the preview, if that
   * revokes more than 10 of its users and more than a fifth: the program may have created the set too late, or not at all.
   *
   * @default none
   */
  removedSets?: readonly string[];
  /**
   * Service that authorizes the account's clients in place of the servers (auth callout).
   *
   * @default the servers authorize clients
   */
  authorization?: AuthorizationArgs;
  /** Streams and services of other accounts that the account uses. */
  imports?: readonly ImportArgs[];
  /**
   * Key of the account, created beforehand so that two accounts can import from each other.
   *
   * @default the account creates its own key
   */
  key?: Nkey;
  /**
   * Existing seed (`SA…`) of the account.
   *
   * @default a new key is generated once
   */
  seed?: pulumi.Input<string>;
  /**
   * Public key (`A…`) of an account whose seed is not managed here. The seed is not needed: signing keys sign the users,
   * and the operator signs the account.
   *
   * @default the public key of `seed`, or of the generated key
   */
  publicKey?: pulumi.Input<string>;
};
