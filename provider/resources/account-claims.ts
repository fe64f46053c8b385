import * as pulumi from "@pulumi/pulumi";
import type { Account, AccountPrevious, AccountRevoked } from "../model/account/account";
import type { ActivationGrant, IssuedActivation } from "../model/account/reference";
import type { Remembered } from "../model/account/remembered";
import { isRecord } from "../model/form/shape";
import { DETAILS } from "../dynamic/life-cycle/details";
import { packSets, SETS } from "../dynamic/state/packed-sets";
import { areManyUsers, packUsers, USERS } from "../dynamic/state/packed-users";
import { readTimes } from "../dynamic/life-cycle/shown-times";
import type { NamedAccounts } from "../model/account/named-accounts";
import type { SetKeys } from "../model/users/set-keys";
import { DynamicResource, emptyText, handleRejection, type DeepInput } from "./dynamic-resource";
import { settle, type Settled } from "./later-parts";
import { areHidden } from "./secrecy";
import { User } from "./user";

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
   * The sets, if a preview does not know all of their keys. The state does not contain them.
   *
   * @default all keys are known
   */
  unknownSets?: pulumi.Input<
    | Readonly<
        Record<
          string,
          Pick<SetKeys, "users" | "shared"> & {
            /** Their public keys, one a line. Undefined while a preview does not know one of them. */
            keys?: string | undefined;
            /** Number of the update that generates the keys that are not known. */
            update?: number | undefined;
          }
        >
      >
    | undefined
  >;
  /**
   * Names of the sets that the update may remove. The state does not contain them.
   *
   * @default none
   */
  removedSets?: readonly string[] | undefined;
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
    const { sets, users, ...plain } = args;
    const { signer, grantSigner, imports, named, ...terms } = plain;
    const account = { ...terms, users, sets };
    const many = isRecord(users) && !pulumi.Output.isInstance(users) && areManyUsers(users) ? settle(users) : undefined;
    const text = emptyText(account);
    const props = {
      account: emptyText([account, named?.imports ?? importTerms(imports)]),
      accountKeys: text,
      accountKeyLists: text,
      ...(imports === undefined ? {} : { accountImports: emptyText(imports) }),
      [DETAILS]: {
        ...plain,
        ...(many === undefined ? { users } : { unknownUsers: partlyKnown(many, users) }),
        signer: pulumi.secret(signer),
        ...(grantSigner === undefined ? {} : { grantSigner: secretIfDefined(grantSigner) }),
      },
      ...(many === undefined ? {} : { [USERS]: packedUsers(many, users) }),
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

/** Returns users as one text, which is secret if a part of them is, and unknown as long as a part of them is. */
function packedUsers(settled: Promise<Settled>, users: unknown): pulumi.Output<string> {
  const text = Promise.all([settled, areHidden(users)]).then(([{ value, isKnown, resources }, isHidden]) => {
    const packed = isKnown ? packUsers(value as object) : (pulumi.unknown as string);
    const own = isHidden ? pulumi.secret(packed) : pulumi.output(packed);
    // The state would have the list of all users twice.
    const needed = [...resources].filter((resource) => !(resource instanceof User)).map(({ urn }) => urn);
    return pulumi.all([own, pulumi.all(needed)]).apply(([known]) => known);
  });
  const output: pulumi.Output<string> = pulumi.output(text);
  handleRejection(output);
  return output;
}

/** Returns users of which a preview knows some parts only, if none is secret; otherwise undefined. */
function partlyKnown(settled: Promise<Settled>, users: unknown): Promise<unknown> {
  const found = Promise.all([settled, areHidden(users)]).then(([{ value, isKnown }, isHidden]) =>
    isKnown || isHidden ? undefined : value,
  );
  // The resource is not registered then, for the same reason.
  found.catch(() => undefined);
  return found;
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
