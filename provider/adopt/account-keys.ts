import type * as pulumi from "@pulumi/pulumi";
import type { AccountReference, ImportArgs, RoleArgs } from "../components/account/account-args";
import { findMatchingExports } from "../model/shares/grants";
import type { StaticAccount } from "../read/static/account";
import type { Nkey } from "../resources/nkey";

/** The key of an adopted account. */
export interface AccountKey {
  readonly publicKey: pulumi.Input<string>;
  /** The account's key, if the configuration does not name one. */
  readonly key?: Nkey;
  /** The key that signs activations in place of the account's own, whose seed the configuration does not contain. */
  readonly activations?: Nkey;
}

/** The role whose key signs activations. */
const ACTIVATIONS = "activations";

/** A role that permits nothing: its key is only used to sign activations. */
const NOTHING: RoleArgs = { permissions: { publish: { deny: [">"] }, subscribe: { deny: [">"] } } };

/**
 * Returns the key of each account.
 *
 * @param create creates a key for an account
 */
export function createAccountKeys(
  accounts: Readonly<Record<string, StaticAccount>>,
  create: (name: string) => Nkey,
): ReadonlyMap<string, AccountKey> {
  const keys = Object.entries(accounts).map(([name, { publicKey }]): [string, AccountKey] => {
    if (publicKey === undefined) {
      const key = create(name);
      return [name, { publicKey: key.publicKey, key }];
    }
    return [name, { publicKey, ...(needsActivations(name, accounts) ? { activations: create(name) } : {}) }];
  });
  return new Map(keys);
}

/** True when another account imports what the account exports to some accounts only. */
function needsActivations(name: string, accounts: Readonly<Record<string, StaticAccount>>): boolean {
  const exports = accounts[name]?.exports ?? [];
  const imports = Object.values(accounts).flatMap((account) => account.imports ?? []);
  return imports.some(
    (entry) =>
      entry.account === name && findMatchingExports(entry, exports).some(({ importers }) => importers !== undefined),
  );
}

/** Returns the roles that an account needs to have its activations signed. */
export function activationRoles({ activations }: AccountKey): Readonly<Record<string, RoleArgs>> | undefined {
  return activations && { [ACTIVATIONS]: { ...NOTHING, publicKey: activations.publicKey } };
}

/** Returns a reference to an account, for the imports of other accounts. */
export function toReference(accountName: string, { publicKey, key, activations }: AccountKey): AccountReference {
  const signer = key ?? activations;
  return { accountName, publicKey, ...(signer && { signer: signer.seed }) };
}

/** Returns the account that an import of an adopted account refers to: by name and key, never by the reference of a stack. */
export function exporterOf({ account }: Pick<ImportArgs, "account">): AccountReference {
  return account as AccountReference;
}
