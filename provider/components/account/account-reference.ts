import * as pulumi from "@pulumi/pulumi";
import { signReference } from "../../jwt/reference";
import { omitUndefined } from "../../model/form/order";
import { toReferenceContent, type IssuedActivation, type SignedReference } from "../../model/account/reference";
import type { Remembered } from "../../model/account/remembered";
import type { SetKeys } from "../../model/users/set-keys";
import { keyPairFromSeed } from "../../nkeys/keys";
import type { AccountSettings } from "./account-args";
import { joinParts, mapValues, usersOf, type AccountParts } from "./account-model";
import { importersOf } from "./account-importers";
import { allowedAccountsOf, sourceOf } from "./account-source";

/** A created account: what its reference is made of. */
export interface ReferenceSource {
  readonly args: AccountSettings;
  readonly parts: AccountParts;
  readonly remembered: { readonly [K in keyof Remembered]-?: pulumi.Output<Remembered[K]> };
  readonly activations: pulumi.Output<readonly IssuedActivation[] | undefined>;
  readonly jwt: pulumi.Output<string>;
  /** The sets of the account by name; undefined if there are none. */
  readonly sets: pulumi.Output<Readonly<Record<string, SetKeys>> | undefined>;
  /** Seed of the account; undefined if it is not managed here. */
  readonly seed: pulumi.Output<string> | undefined;
}

/** Signs the reference of an account. It is undefined if the program does not have the account's seed. */
export function createReference(source: ReferenceSource): pulumi.Output<SignedReference | undefined> {
  const { args, parts, remembered, activations, jwt, sets, seed } = source;
  if (seed === undefined) {
    return pulumi.output(undefined);
  }
  const { account, others } = {
    account: joinParts({ ...withLifetimes(args, parts), ...remembered } as unknown as AccountParts),
    others: othersOf(args),
  };
  // The signature discloses nothing about the seed that signs.
  return pulumi
    .all([account, others, activations, jwt, sets, pulumi.unsecret(seed)])
    .apply(([known, accounts, issued = [], token, ofSets, signer]) =>
      signReference(
        toReferenceContent({
          ...{ account: known, others: accounts, activations: issued, jwt: token },
          ...(ofSets === undefined ? {} : { sets: ofSets }),
        }),
        keyPairFromSeed("account", signer),
      ),
    );
}

/** Returns the parts of an account with the lifetimes that its program declares. The parity report contains them. */
function withLifetimes(args: AccountSettings, parts: AccountParts): AccountParts {
  const declared = usersOf(args);
  const users = mapValues(parts.users as Readonly<Record<string, object>>, (user, name) => {
    const { lifetime, renewBefore } = declared[name] ?? {};
    return omitUndefined<object>({ ...user, lifetime, renewBefore });
  });
  return { ...parts, users } as unknown as AccountParts;
}

/** Returns the name and the key of each other account that an account refers to. */
function othersOf(args: AccountSettings): pulumi.Output<readonly { accountName: string; publicKey: string }[]> {
  const imported = (args.imports ?? []).map(({ account }) => account);
  const sources = [...imported, ...allowedAccountsOf(args)].map((account) => {
    const { accountName, publicKey } = sourceOf(account);
    return { accountName, publicKey };
  });
  return pulumi
    .all([pulumi.output(sources), importersOf(args).accounts])
    .apply(([own, importers]) => [...own, ...importers]);
}
