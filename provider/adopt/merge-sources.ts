import type * as pulumi from "@pulumi/pulumi";
import type { AccountSettings } from "../components/account/account-args";
import { getOwn } from "../model/form/order";
import type { Revocations } from "../model/keys/revocations";
import type { Adopted, AdoptedKeys } from "./adopted";
import { toNamed } from "./named-outputs";

/** An account of one source. */
export interface Source {
  readonly name: string;
  readonly settings: AccountSettings;
  readonly keys: AdoptedKeys;
  readonly isSystem: boolean;
}

/** The part of an export that decides who imports it. Its subject is an output if it contains a new public key. */
export interface Shared {
  readonly type: string;
  readonly subject: pulumi.Input<string>;
  readonly importers?: readonly string[];
  readonly revocations?: Revocations;
}

/** Returns the exports of an account, which are records in a store and in a configuration. */
export function exportsOf({ exports }: AccountSettings): readonly Shared[] | undefined {
  return exports as readonly Shared[] | undefined;
}

/** Returns the type and subject of an export, with the names of accounts in place of new public keys. */
export function exportName({ type, subject }: Shared): string {
  return `${type} ${String(toNamed(subject))}`;
}

/** Returns the accounts of a store or a configuration, the system account included. */
export function sourcesOf({ operator, accounts, keys }: Adopted): Source[] {
  const toSource = (name: string, settings: AccountSettings, isSystem: boolean): Source => ({
    name,
    settings,
    keys: getOwn(keys, name) ?? { users: {} },
    isSystem,
  });
  const { systemAccount } = operator;
  const isKnown = systemAccount?.name !== undefined && Object.hasOwn(keys, systemAccount.name);
  return [
    ...(isKnown ? [toSource(systemAccount.name ?? "", systemAccount, true)] : []),
    ...Object.entries(accounts).map(([name, settings]) => toSource(name, settings, false)),
  ];
}
