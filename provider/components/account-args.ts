import type * as pulumi from "@pulumi/pulumi";
import type { AccountTerms } from "../model/account-terms";
import type { ImportTerms } from "../model/imports";
import type { Permissions } from "../model/permissions";
import type { DeepInput } from "../resources/inputs";
import type { Nkey } from "../resources/nkey";

/** An account as imports refer to it: an `Account`, or the name and the key of one that is made later. */
export interface AccountReference {
  /** The account's name. */
  readonly accountName: string;
  /** The account's public key (`A…`). */
  readonly publicKey: pulumi.Input<string>;
}

/** Who signs accounts. An `Operator` is one. */
export interface AccountSigner {
  /** The seed (`SO…`) that signs. It is kept as a secret. */
  readonly signer: pulumi.Input<string>;
}

/** A user of an account. */
export interface UserArgs {
  /**
   * What the user may publish and subscribe to. A change needs no new credentials: it is in force on both servers when
   * the update is done.
   *
   * @default everything in its account
   */
  permissions?: DeepInput<Permissions>;
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
}

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

/** An import of an account. */
export type ImportArgs = { [K in keyof ImportTerms]: DeepInput<ImportTerms[K]> } & {
  /** The account that exports. */
  account: AccountReference;
};

/** What an account is, whoever signs it. */
export type AccountSettings<Users extends GivenUsers = AnyUsers> = {
  [K in keyof AccountTerms]?: DeepInput<AccountTerms[K]>;
} & {
  /**
   * The account's name.
   *
   * @default the resource's name
   */
  name?: string;
  /** The account's users, by name. */
  users?: { readonly [Name in keyof Users]: UserArgs & { publicKey?: Users[Name] } };
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
