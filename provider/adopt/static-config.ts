import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AccountReference, AccountSettings } from "../components/account/account-args";
import { ANY_ACCOUNT } from "../model/account/authorization";
import { shown } from "../model/form/diagnostics";
import { defined, firstIndexes, own } from "../model/form/order";
import type { Source } from "../read/language/parse";
import type { StaticAccount, StaticUser } from "../read/static/account";
import { readConfiguration } from "../read/static/configuration";
import { Unreadable } from "../read/unreadable";
import type { Nkey } from "../resources/nkey";
import { adopted, type Adopted } from "./adopted";

/** A static configuration, and what it does not say. */
export interface StaticConfigArgs {
  /** The configuration's file. */
  readonly file: string;
  /**
   * Makes the key of an account whose name in the configuration is no key, when it is asked for it.
   *
   * @example
   * ```ts
   * (name) => new Nkey(name, { kind: "account" })
   * ```
   */
  readonly accountKey: (name: string) => Nkey;
  /**
   * Names of users, and of accounts that go by their key, by public key.
   *
   * @default the public key
   */
  readonly names?: Readonly<Record<string, string>>;
  /**
   * The variables of the server's environment that the configuration refers to.
   *
   * @default none
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Reads a static configuration: its accounts and the users with nkeys become the arguments of a program. Users go on with
 * the seeds that they have, and are known by their public keys.
 *
 * @throws Unreadable when it is none
 * @example
 * ```ts
 * const { operator: args, accounts } = readStaticConfig({
 *   file: "nats.conf",
 *   accountKey: (name) => new Nkey(name, { kind: "account" }),
 * });
 * const operator = new Operator("KO", args);
 * const all = Object.entries(accounts).map(([name, settings]) => new Account(name, { operator, ...settings }));
 * ```
 */
export function readStaticConfig({ file, accountKey, names = {}, environment = {} }: StaticConfigArgs): Adopted {
  const { accounts, systemAccount, leftOut } = readConfiguration(sourceOf(file), {
    include: (path, from) => sourceOf(join(dirname(from), path)),
    environment: (name) => own(environment, name),
  });
  const nameOf = (key: string) => own(names, key) ?? key;
  const keys = new Map(
    Object.entries(accounts).map(([name, { publicKey }]): [string, AccountKey] => [
      name,
      publicKey === undefined ? { key: accountKey(name) } : { publicKey },
    ]),
  );
  const settings = Object.entries(accounts).map(
    ([name, account]) => [nameOf(name), settingsOf(account, keys.get(name), keys, nameOf)] as const,
  );
  const system = systemAccount === undefined ? undefined : nameOf(systemAccount);
  return adopted(file, {}, byName(settings), system, leftOut);
}

/** The key of an account: made for it, or the public key that the configuration says. */
type AccountKey = { readonly key: Nkey } | { readonly publicKey: string };

function sourceOf(file: string): Source {
  try {
    return { file, text: new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file)) };
  } catch (error) {
    throw new Unreadable(file, "it is not there, or no text in UTF-8", { cause: error });
  }
}

function settingsOf(
  { users, imports, exports, authorization, ...terms }: StaticAccount,
  key: AccountKey | undefined,
  keys: ReadonlyMap<string, AccountKey>,
  nameOf: (key: string) => string,
): AccountSettings {
  const named = users.map((user): [string, StaticUser] => [nameOf(user.publicKey), user]);
  return defined<AccountSettings>({
    ...terms,
    publicKey: undefined,
    ...key,
    exports: exports?.map((entry) => defined<typeof entry>({ ...entry, importers: entry.importers?.map(nameOf) })),
    // A static server lets the service choose any account: other accounts have no names here.
    authorization: authorization && {
      ...authorization,
      users: authorization.users.map(nameOf),
      allowedAccounts: ANY_ACCOUNT,
    },
    imports: imports?.map((entry) => ({ ...entry, account: referenceOf(entry.account, keys, nameOf) })),
    users: byName(named),
  });
}

/** @throws Error when `names` gives one name twice: one of the two would be lost */
function byName<T>(named: readonly (readonly [string, T])[]): Record<string, T> {
  const firsts = firstIndexes(named.map(([name]) => name));
  const again = named.find(([name], index) => firsts.get(name) !== index);
  if (again !== undefined) {
    throw new Error(
      `names: ${shown(again[0])} is the name of two; each user of an account has a name of its own, and so has each account`,
    );
  }
  return Object.fromEntries(named);
}

function referenceOf(
  name: string,
  keys: ReadonlyMap<string, AccountKey>,
  nameOf: (key: string) => string,
): AccountReference {
  const key = keys.get(name) ?? { publicKey: "" };
  return "key" in key
    ? { accountName: nameOf(name), publicKey: key.key.publicKey, signer: key.key.seed }
    : { accountName: nameOf(name), publicKey: key.publicKey };
}
