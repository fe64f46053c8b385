import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AccountSettings } from "../components/account/account-args";
import { DEFAULT_SYSTEM_ACCOUNT, type OperatorArgs } from "../components/operator/operator-args";
import { ANY_ACCOUNT } from "../model/account/authorization";
import { display, keyPath, type Diagnostic } from "../diagnostics/diagnostic";
import { isRecord } from "../model/form/shape";
import { omitUndefined, indexFirst, getOwn } from "../model/form/order";
import type { ConfigSource, IncludedFiles } from "../language/parse";
import { createNameFinders, type NameFinder } from "../read/static/account-names";
import { readConfiguration, type StaticConfiguration } from "../read/static/configuration";
import { Unreadable } from "../diagnostics/unreadable";
import type { Nkey } from "../resources/nkey";
import { activationRoles, createAccountKeys, toReference, type AccountKey } from "./account-keys";
import { toAdopted, type Adopted, type AdoptedKeys } from "./adopted";
import { NamedSubjects } from "./named-subjects";
import { leftOutStreams } from "./stored-streams";
import { withoutStack } from "./run-error";

/** A static configuration, and the keys, names and variables that it does not contain. */
export interface StaticConfigArgs {
  /** The path of the configuration. */
  readonly file: string;
  /**
   * Creates the key of an account that has no public key in the configuration. An account that has one, and exports to some
   * accounts only, gets a signing key from this function: it signs the activations of these accounts.
   *
   * @example
   * ```ts
   * (name) => new Nkey(name, { kind: "account" })
   * ```
   */
  readonly accountKey: (name: string) => Nkey;
  /**
   * Names of users by public key, and of accounts by their name in the configuration, which can be their public key. An entry
   * that matches no user and no account is an error.
   *
   * @default the public key of a user, and the name of an account
   */
  readonly names?: Readonly<Record<string, string>>;
  /**
   * The server's environment variables that the configuration refers to.
   *
   * @default none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Accepted security gaps by their path in the configuration, each with a reason: restrictions of the existing server that
   * the new servers do not have. A `*` in place of a name accepts the gap for every name. An entry that matches no gap is an
   * error.
   *
   * @default none: each security gap is an error
   * @example
   * ```ts
   * { "authorization.auth_callout": "The users of this server are known; the service only logged their logins." }
   * ```
   */
  readonly accept?: Readonly<Record<string, string>>;
}

/**
 * Reads a static configuration. Its accounts, and its users with nkeys, become the arguments of a program. Users are adopted
 * by their public keys and continue to use their own seeds.
 *
 * @throws Unreadable when the configuration is invalid or in operator mode, has a security gap that is not accepted, or `names`
 * has duplicates or entries that match nothing
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
export function readStaticConfig({
  file,
  accountKey,
  names = {},
  environment = {},
  accept = {},
}: StaticConfigArgs): Adopted {
  return withoutStack(() => {
    checkTexts("names", names);
    checkTexts("environment", environment);
    const files: IncludedFiles = {
      include: (path, from) => readSource(join(dirname(from), path)),
      environment: (name) => getOwn(environment, name),
    };
    const found = readConfiguration(readSource(file), files, accept);
    checkNames(names, found);
    const nameOf = (key: string) => getOwn(names, key) ?? key;
    const keys = createAccountKeys(found.accounts, accountKey);
    const context: Context = { found, keys, nameOf, findNames: createNameFinders(found) };
    const settings = Object.keys(found.accounts).map((name) => [nameOf(name), toSettings(name, context)] as const);
    const { systemAccount, leftOut } = found;
    const system = systemAccount === undefined ? undefined : nameOf(systemAccount);
    const accounts = toRecord(settings);
    const streams = leftOutStreams(found.accounts, found.storeDirectory);
    return toAdopted(file, ownSystemAccount(system, accounts), accounts, system, keysOf(context), [
      ...leftOut,
      ...streams,
    ]);
  });
}

/** @throws Unreadable when an argument is not an object of strings: values of a stack's configuration can have any type */
function checkTexts(argument: string, value: unknown): void {
  const wrong = isRecord(value)
    ? Object.keys(value)
        .filter((key) => typeof value[key] !== "string")
        .map((key) => keyPath(argument, key))
    : [argument];
  const problem = isRecord(value) ? "must be a string" : "must be an object of strings";
  if (wrong.length > 0) {
    throw new Unreadable(
      argument,
      wrong.map((path): Diagnostic => ({ code: "NA3013", path, problem, remedy: "Correct it in the program." })),
    );
  }
}

/** @throws Unreadable when an entry of `names` is of no user or account: a mistyped key would leave the name unused */
function checkNames(names: Readonly<Record<string, string>>, { accounts, userKeys }: StaticConfiguration): void {
  const known = new Set([...Object.keys(accounts), ...userKeys]);
  const wrong = Object.keys(names).filter((key) => !known.has(key));
  if (wrong.length > 0) {
    const problem = "matches no account of the configuration, and no nkey of a user";
    const remedy = "Correct the key, or remove the entry.";
    throw new Unreadable(
      "names",
      wrong.map((key): Diagnostic => ({ code: "NA3017", path: keyPath("names", key), problem, remedy })),
    );
  }
}

function keysOf({ found, nameOf }: Context): Record<string, AdoptedKeys> {
  const keys = Object.entries(found.accounts).map(([name, { publicKey, users }]): [string, AdoptedKeys] => {
    const named = users.map((user) => [nameOf(user.publicKey), user.publicKey] as const);
    return [nameOf(name), omitUndefined<AdoptedKeys>({ account: publicKey, users: Object.fromEntries(named) })];
  });
  return Object.fromEntries(keys);
}

/** What nats-server calls a system account that no configuration defines. */
const IMPLICIT_SYSTEM_ACCOUNT = "$SYS";

/** Names the operator's system account if the configuration defines none, and an account has its default name. */
function ownSystemAccount(
  system: string | undefined,
  accounts: Readonly<Record<string, AccountSettings>>,
): OperatorArgs {
  const isTaken = system === undefined && Object.hasOwn(accounts, DEFAULT_SYSTEM_ACCOUNT);
  return isTaken ? { systemAccount: { name: IMPLICIT_SYSTEM_ACCOUNT } } : {};
}

function readSource(file: string): ConfigSource {
  try {
    return { file, text: new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file)) };
  } catch (error) {
    const problem = "does not exist, or is not text in UTF-8";
    throw new Unreadable(file, { code: "NA3005", problem, remedy: "Correct the path or the file." }, { cause: error });
  }
}

/** The accounts of a configuration, with their keys and names. */
interface Context {
  readonly found: StaticConfiguration;
  readonly keys: ReadonlyMap<string, AccountKey>;
  readonly nameOf: (key: string) => string;
  readonly findNames: (holder: string) => NameFinder;
}

function toSettings(name: string, context: Context): AccountSettings {
  const { found, keys, nameOf } = context;
  const account = found.accounts[name] ?? { users: [] };
  const key = keys.get(name) ?? { publicKey: "" };
  const subjects = namedSubjects(name, context);
  const { users, imports, exports, authorization, mappings, trace, defaultPermissions, ...terms } = account;
  const named = users.map((user): [string, NonNullable<AccountSettings["users"]>[string]] => [
    nameOf(user.publicKey),
    subjects.user(user),
  ]);
  const isUser = (key: string) => users.some(({ publicKey }) => publicKey === key);
  const byName = exports?.map((entry) =>
    omitUndefined<typeof entry>({ ...entry, importers: entry.importers?.map(nameOf) }),
  );
  return omitUndefined<AccountSettings>({
    ...terms,
    publicKey: key.key === undefined ? key.publicKey : undefined,
    key: key.key,
    ...subjects.terms(omitUndefined({ exports: byName, mappings, trace, defaultPermissions })),
    roles: activationRoles(key),
    // A static server lets the service choose any account.
    authorization: authorization && {
      ...authorization,
      users: authorization.users.map((user) => (isUser(user) ? nameOf(user) : user)),
      allowedAccounts: ANY_ACCOUNT,
    },
    imports: imports?.map((entry) => ({
      ...entry,
      ...namedSubjects(entry.account, context).importSubjects(entry, subjects),
      account: toReference(nameOf(entry.account), keys.get(entry.account) ?? { publicKey: "" }),
    })),
    users: toRecord(named),
  });
}

/** The subjects of an account, with public keys in place of names. */
function namedSubjects(holder: string, { findNames, keys }: Context): NamedSubjects {
  return new NamedSubjects(findNames(holder), (name) => keys.get(name)?.publicKey ?? name);
}

/** @throws Unreadable when `names` contains a name twice: one of the two users or accounts would be lost */
function toRecord<T>(named: readonly (readonly [string, T])[]): Record<string, T> {
  const firsts = indexFirst(named.map(([name]) => name));
  const repeated = named.find(([name], index) => firsts.get(name) !== index);
  if (repeated !== undefined) {
    throw new Unreadable("names", {
      code: "NA3016",
      problem: `contains the name ${display(repeated[0])} twice`,
      remedy: "Use a unique name for each account, and for each user of an account.",
    });
  }
  return Object.fromEntries(named);
}
