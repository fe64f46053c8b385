import type { Access } from "../access/access";
import { type Account, type AccountDeclaration } from "../account/account";
import { isWellFormed } from "../account/account-checks";
import { ANY_ACCOUNT } from "../account/authorization";
import { closesCircle, type FindAccount } from "./cycles";
import type { Diagnostic } from "../form/diagnostics";
import { keyPath, shown, under } from "../form/diagnostics";
import { isShareType } from "../shares/exports";
import { grantDiagnostics, offersOf } from "../shares/grants";
import { firstIndexes } from "../form/order";

/** Everything that both configurations say. */
export interface Model {
  /** The operator's name. */
  readonly operator: string;
  /** The public key (`A…`) of the system account: the same on both servers. */
  readonly systemAccount: string;
  /** All accounts, the system account included. */
  readonly accounts: readonly Account[];
}

/**
 * Says what is wrong with the name of a cluster: servers refuse spaces in it, and Docker makes names of containers from
 * it.
 */
export function clusterNameDiagnostics(name: string): Diagnostic[] {
  const problem = "is no name for a cluster; it begins with a letter or digit, followed by those, `_`, `.` and `-`";
  return /^[A-Za-z0-9][\w.-]*$/.test(name)
    ? []
    : [{ path: "name", value: shown(name), problem, remedy: "Give the resource another name." }];
}

/**
 * What is wrong between accounts, which none of them can see alone; paths start at the cluster's arguments. Nothing can
 * be said of it while one of them has a part of another shape, which the account itself says.
 */
export function clusterDiagnostics(accounts: readonly AccountDeclaration[]): Diagnostic[] {
  if (!accounts.every(isWellFormed)) {
    return [];
  }
  const find = findIn(accounts);
  return [
    ...duplicateDiagnostics(
      "accounts",
      accounts.map(({ name }) => name),
      "account",
    ),
    ...accounts.flatMap((account, index) => exporterDiagnostics(account, `accounts[${index}]`, find)),
    ...accounts.flatMap((account, index) => importersDiagnostics(account, `accounts[${index}]`, find)),
    ...calloutDiagnostics(accounts, find),
    ...userlessDiagnostics(accounts),
  ];
}

/** Finds accounts by name, the first of several. */
function findIn(accounts: readonly AccountDeclaration[]): FindAccount {
  const byName = new Map(accounts.toReversed().map((account) => [account.name, account]));
  return (name) => byName.get(name);
}

const ADD_ACCOUNT = "Add it to the cluster's `accounts`.";

const CIRCLE =
  "could come back to the importing account through the imports of others, which the static server refuses";
const BREAK_CIRCLE = "Give one of the imports another `localSubject`, or export something narrower.";

function exporterDiagnostics(importer: AccountDeclaration, path: string, find: FindAccount): Diagnostic[] {
  return (importer.imports ?? []).flatMap((entry, index) => {
    if (!isShareType(entry.type)) {
      return [];
    }
    const exporter = find(entry.account);
    const at = `${path}(${shown(importer.name)}).imports[${index}]`;
    if (exporter === undefined) {
      const problem = "is not an account of this cluster";
      return [{ path: `${at}.account`, value: shown(entry.account), problem, remedy: ADD_ACCOUNT }];
    }
    const refused = grantDiagnostics(importer.name, entry, exporter.exports ?? []);
    if (refused.length > 0) {
      return under(at, refused);
    }
    return closesCircle(importer, entry, find)
      ? [{ path: `${at}.subject`, value: shown(entry.subject), problem: CIRCLE, remedy: BREAK_CIRCLE }]
      : [];
  });
}

/**
 * Imports of private exports that nobody has signed an activation for: the operator server would leave them out.
 *
 * @param without the imports of each account, by index, that have no activation
 */
export function activationDiagnostics(
  accounts: readonly AccountDeclaration[],
  without: readonly (readonly number[])[],
): Diagnostic[] {
  if (!accounts.every(isWellFormed)) {
    return [];
  }
  const find = findIn(accounts);
  const problem = "has no activation, and the program has not the seed of the account that exports";
  const remedy = "Give the account's `signer` with it, or the activation's JWT as `token`.";
  return accounts.flatMap(({ name, imports = [] }, index) =>
    (without[index] ?? []).flatMap((at) => {
      const entry = imports[at];
      const [offer] = entry === undefined ? [] : offersOf(entry, find(entry.account)?.exports ?? []);
      return offer?.importers?.includes(name) === true
        ? [{ path: `accounts[${index}](${shown(name)}).imports[${at}]`, value: shown(entry?.subject), problem, remedy }]
        : [];
    }),
  );
}

/** Both servers know the accounts of the cluster alone: a name that is none of them is a mistake. */
function importersDiagnostics(
  { name, exports = [] }: AccountDeclaration,
  path: string,
  find: FindAccount,
): Diagnostic[] {
  const problem = "is not an account of this cluster";
  const remedy = "Correct the name, or add the account to the cluster's `accounts`.";
  return exports.flatMap(({ importers = [] }, index) =>
    importers.flatMap((importer, at) =>
      find(importer) === undefined
        ? [
            {
              path: `${path}(${shown(name)}).exports[${index}].importers[${at}]`,
              value: shown(importer),
              problem,
              remedy,
            },
          ]
        : [],
    ),
  );
}

/** Who decides about clients in the place of servers: the static server asks one service, and knows these accounts alone. */
function calloutDiagnostics(accounts: readonly AccountDeclaration[], find: FindAccount): Diagnostic[] {
  const first = accounts.find(({ authorization }) => authorization !== undefined);
  const second = `is one more authorization by a service beside that of ${shown(first?.name)}, and the static server asks one alone`;
  const stranger = "is not an account of this cluster";
  return accounts.flatMap((account, index) => {
    const path = `accounts[${index}](${shown(account.name)}).authorization`;
    const { allowedAccounts = [] } = account.authorization ?? {};
    const allowed = allowedAccounts === ANY_ACCOUNT ? [] : allowedAccounts;
    return [
      ...(account.authorization === undefined || account === first
        ? []
        : [{ path, problem: second, remedy: "Let one service decide about all clients, or leave one of them out." }]),
      ...allowed.flatMap((name, at) =>
        find(name) === undefined
          ? [{ path: `${path}.allowedAccounts[${at}]`, value: shown(name), problem: stranger, remedy: ADD_ACCOUNT }]
          : [],
      ),
    ];
  });
}

/** Accounts with JetStream in a cluster whose servers have none: nobody would answer them. */
export function streamlessDiagnostics(accounts: readonly AccountDeclaration[]): Diagnostic[] {
  const problem = "is for servers that run JetStream, and those of the cluster do not";
  const remedy = "Give the cluster `jetstream`, or leave it out here.";
  return accounts.flatMap(({ name, jetstream }, index) =>
    jetstream === undefined ? [] : [{ path: `accounts[${index}](${shown(name)}).jetstream`, problem, remedy }],
  );
}

/** Users who may log in through a proxy alone, in a cluster whose servers trust none: they could not log in at all. */
export function proxylessDiagnostics(accounts: readonly AccountDeclaration[]): Diagnostic[] {
  const problem = "is for servers that trust a proxy, and those of the cluster trust none: nobody could log in";
  const remedy = "Give the cluster `trustedProxies`, or leave it out here.";
  return accounts
    .filter(isWellFormed)
    .flatMap(({ name, users = {}, roles = {} }, index) =>
      Object.entries({ users, roles }).flatMap(([kind, holders]: [string, Readonly<Record<string, Access>>]) =>
        Object.entries(holders).flatMap(([holder, { proxyRequired }]) =>
          proxyRequired === true
            ? [{ path: `accounts[${index}](${shown(name)}).${keyPath(kind, holder)}.proxyRequired`, problem, remedy }]
            : [],
        ),
      ),
    );
}

/** A static server without any user lets everyone in without credentials, as a user of its default account. */
function userlessDiagnostics(accounts: readonly AccountDeclaration[]): Diagnostic[] {
  return accounts.some(({ users }) => Object.keys(users ?? {}).length > 0)
    ? []
    : [
        {
          path: "accounts",
          problem: "no account has a user, and a static server without users lets everyone in",
          remedy: "Give at least one account a user; the system account counts.",
        },
      ];
}

/** A key that a program gives, instead of having it made. */
export interface GivenKey {
  /** The argument that gives it. */
  readonly path: string;
  /** The public key, or what stands for it as long as it is not known. */
  readonly key: string | object;
}

/** Keys that are given twice: a server tells accounts and users by their keys alone. */
export function sharedKeyDiagnostics(keys: readonly GivenKey[]): Diagnostic[] {
  const firsts = firstIndexes(keys.map(({ key }) => key));
  return keys.flatMap(({ path, key }, index) => {
    const first = firsts.get(key) ?? index;
    const problem = `is the key of ${keys[first]?.path ?? ""} already; each account and each user has a key of its own`;
    const remedy = "Give another key, or leave it out to have one made.";
    const value = typeof key === "string" ? { value: shown(key) } : {};
    return first === index ? [] : [{ path, ...value, problem, remedy }];
  });
}

/** Names that more than one of some things have. */
function duplicateDiagnostics(path: string, names: readonly string[], what: string): Diagnostic[] {
  const firsts = firstIndexes(names);
  return names.flatMap((name, index) => {
    const first = firsts.get(name) ?? index;
    const problem = `is the name of ${path}[${first}] already; each ${what} has a name of its own`;
    return first === index
      ? []
      : [{ path: `${path}[${index}]`, value: shown(name), problem, remedy: "Rename one of them." }];
  });
}
