import * as pulumi from "@pulumi/pulumi";
import type { Account, AccountPrevious, AccountRevoked } from "../model/account/account";
import type { ActivationGrant, IssuedActivation } from "../model/account/reference";
import type { Remembered } from "../model/account/remembered";
import { isRecord } from "../model/form/shape";
import { DETAILS } from "../dynamic/life-cycle/details";
import { packSets, SETS } from "../dynamic/state/packed-sets";
import { readTimes } from "../dynamic/life-cycle/shown-times";
import type { NamedAccounts } from "../model/account/named-accounts";
import type { SetKeys } from "../model/users/set-keys";
import { DynamicResource, emptyText, handleRejection, type DeepInput } from "./dynamic-resource";

/** The terms of an account that a program states. The resource itself remembers replaced keys and removed users. */
type DeclaredTerms = Omit<Account, "previous" | "revoked">;

/** Arguments of {@link AccountClaims}: the account and its signer. */
export type AccountClaimsArgs = { [K in keyof DeclaredTerms]: DeepInput<DeclaredTerms[K]> } & {
  /** A seed (`SO…`) of the operator or of one of its signing keys, or the account's own seed (`SA…`). */
  signer: pulumi.Input<string>;
  /**
   * Replaced keys and revoked users of an account whose keys another stack manages.
   *
   * @default the resource itself remembers them
   */
  remembered?: pulumi.Input<Remembered>;
  /**
   * Activations to sign, for accounts of other stacks.
   *
   * @default none
   */
  grants?: pulumi.Input<readonly ActivationGrant[] | undefined>;
  /** Seed (`SA…`) of the account, which signs these activations. */
  grantSigner?: pulumi.Input<string | undefined>;
  /**
   * Names of other accounts: a preview shows them where it does not know the keys yet.
   *
   * @default none
   */
  named?: { readonly [K in keyof NamedAccounts]: DeepInput<NamedAccounts[K]> };
  /**
   * Sets of users by name: the claims revoke users that leave them, and keep replaced keys.
   *
   * @default none
   */
  sets?: pulumi.Input<Readonly<Record<string, SetKeys>> | undefined>;
  /**
   * Users of the sets with keys that a preview does not know. The state does not contain them.
   *
   * @default all keys are known
   */
  unknownSets?: pulumi.Input<Readonly<Record<string, Partial<Pick<SetKeys, "users" | "shared">>>> | undefined>;
  /** When the JWTs of each of these sets were issued. */
  issued?: pulumi.Input<Readonly<Record<string, string>> | undefined>;
};

/**
 * The JWT of an account. It is signed again only when its content or its issuer changes. The resource's id is the account's
 * public key.
 */
export class AccountClaims extends DynamicResource {
  /** The account's JWT. */
  declare public readonly jwt: pulumi.Output<string>;
  /** The public key (`O…`) of the issuer. */
  declare public readonly issuer: pulumi.Output<string>;
  /** Replaced keys of users and roles that are still valid. */
  declare public readonly previous: pulumi.Output<AccountPrevious | undefined>;
  /** Revoked users, by their public keys: users that were removed from a role. */
  declare public readonly revoked: pulumi.Output<AccountRevoked | undefined>;
  /** Activations for accounts of other stacks; undefined if there are none. */
  declare public readonly activations: pulumi.Output<readonly IssuedActivation[] | undefined>;

  constructor(name: string, args: AccountClaimsArgs, opts?: pulumi.CustomResourceOptions) {
    const { sets, ...plain } = args;
    const { signer, grantSigner, imports, named, ...terms } = plain;
    const account = { ...terms, sets };
    const text = emptyText(account);
    const props = {
      account: emptyText([account, named?.imports ?? importTerms(imports)]),
      accountKeys: text,
      accountKeyLists: text,
      ...(imports === undefined ? {} : { accountImports: emptyText(imports) }),
      [DETAILS]: {
        ...plain,
        signer: pulumi.secret(signer),
        ...(grantSigner === undefined ? {} : { grantSigner: secretIfDefined(grantSigner) }),
      },
      ...(sets === undefined ? {} : { [SETS]: pulumi.output(sets).apply(packSets) }),
      jwt: undefined,
      issuer: undefined,
      previous: undefined,
      revoked: undefined,
      activations: undefined,
    };
    super("account-claims", "AccountClaims", name, props, opts, {
      from: [account, imports],
      outputs: args.grants === undefined ? ["jwt"] : derivedOutputs(args.grants),
    });
    this.previous = withReadTimes(this.previous);
    this.revoked = withReadTimes(this.revoked);
  }
}

/** Returns imports without the accounts, whose references may be secret, as far as they are apart. */
function importTerms(imports: AccountClaimsArgs["imports"]): unknown {
  return Array.isArray(imports)
    ? imports.map((entry: unknown) => (isRecord(entry) ? { ...entry, account: undefined, token: undefined } : entry))
    : imports;
}

/** Returns an output with times in Unix seconds, which the engine stores as texts. */
function withReadTimes<T>(output: pulumi.Output<T>): pulumi.Output<T> {
  const read: pulumi.Output<unknown> = output.apply((value) => readTimes(value));
  handleRejection(read);
  return read as pulumi.Output<T>;
}

/** Returns the outputs that are as secret as the account. Activations contain subjects. */
function derivedOutputs(grants: NonNullable<AccountClaimsArgs["grants"]>): pulumi.Output<string[]> {
  const known: pulumi.Output<readonly ActivationGrant[] | undefined> = pulumi.unsecret(pulumi.output(grants));
  return known.apply((some) => (some === undefined ? ["jwt"] : ["jwt", "activations"]));
}

/** Returns a value as a secret. An undefined one would be an input of its own as a secret. */
function secretIfDefined(value: pulumi.Input<string | undefined>): pulumi.Output<string | undefined> {
  return pulumi
    .output(value)
    .apply((known): pulumi.Output<string | undefined> =>
      known === undefined ? pulumi.output(undefined) : pulumi.secret(known),
    );
}
