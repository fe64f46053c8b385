import { type Account, type ListedAccount } from "../account/account";
import { isWellFormed } from "../account/account-checks";
import { ANY_ACCOUNT } from "../account/authorization";
import { accountPath, findHolders, listedPath } from "./account-paths";
import { formsCycle, type FindAccount } from "./cycles";
import { diagnose, display, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { indexFirst } from "../form/order";
import { isShareType } from "../shares/exports";
import { grantDiagnostics, findMatchingExports } from "../shares/grants";

/** The model of a cluster: both configurations are rendered from it. */
export interface Model {
  /** Name of the operator. */
  readonly operator: string;
  /** Public key (`A…`) of the system account, which both servers share. */
  readonly systemAccount: string;
  /** All accounts, the system account included. */
  readonly accounts: readonly Account[];
}

/**
 * Finds problems with the name of a cluster: nats-server and Docker restrict its characters.
 *
 * @param path the argument that sets the name; the name of the resource otherwise
 */
export function clusterNameDiagnostics(name: string, path?: "clusterName"): Diagnostic[] {
  const isValid = /^[A-Za-z0-9][\w.-]*$/.test(name);
  return diagnose({
    code: "NA1701",
    path: path ?? "name",
    value: name,
    problem: isValid
      ? undefined
      : "is not a valid cluster name: it must begin with a letter or digit, followed by letters, digits, `_`, `.` or `-`",
    remedy: path === undefined ? "Set `clusterName`, or rename the resource." : "Choose another name.",
  });
}

/**
 * Finds problems between accounts; paths are relative to the cluster's arguments. Finds none while a part of an account has
 * the wrong shape, which is a problem of that account.
 */
export function clusterDiagnostics(accounts: readonly ListedAccount[]): Diagnostic[] {
  if (!accounts.every(isWellFormed)) {
    return [];
  }
  const find = findIn(accounts);
  return [
    ...duplicateNameDiagnostics(accounts),
    ...accounts.flatMap((account, index) => importsDiagnostics(account, accountPath(account, index), find)),
    ...accounts.flatMap((account, index) => importersDiagnostics(account, accountPath(account, index), find)),
    ...authorizationDiagnostics(accounts, find),
    ...noUserDiagnostics(accounts),
  ];
}

/** Finds accounts by name, the first of several. */
function findIn(accounts: readonly ListedAccount[]): FindAccount {
  const byName = new Map(accounts.toReversed().map((account) => [account.name, account]));
  return (name) => byName.get(name);
}

function duplicateNameDiagnostics(accounts: readonly ListedAccount[]): Diagnostic[] {
  const firsts = indexFirst(accounts.map(({ name }) => name));
  return accounts.flatMap((account, index) => {
    const { name } = account;
    const first = firsts.get(name) ?? index;
    const other = accounts[first] ?? account;
    const problem = first === index ? undefined : `has the same name as ${listedPath(other, first)}`;
    return diagnose({
      code: "NA1702",
      path: listedPath(account, index),
      value: name,
      problem,
      remedy: "Rename one of them.",
    });
  });
}

/** Both servers load the accounts of the cluster only. */
function unknownAccount(path: string, name: string): Diagnostic[] {
  const problem = "is not an account of this cluster";
  const remedy = "Correct the name, or add the account to the cluster's `accounts`.";
  return diagnose({ code: "NA1703", path, value: name, problem, remedy });
}

function importsDiagnostics(importer: ListedAccount, path: string, find: FindAccount): Diagnostic[] {
  return (importer.imports ?? []).flatMap((entry, index) => {
    // An import with an unknown type, or from the same account, is a problem of the account itself.
    if (!isShareType(entry.type) || entry.account === importer.name) {
      return [];
    }
    const exporter = find(entry.account);
    const at = `${path}.imports[${index}]`;
    if (exporter === undefined) {
      return unknownAccount(`${at}.account`, entry.account);
    }
    const refused = grantDiagnostics(importer.name, entry, exporter.exports ?? []);
    if (refused.length > 0) {
      return prefixPaths(at, refused);
    }
    const problem = formsCycle(importer, entry, find)
      ? "can return to the importing account through the imports of other accounts"
      : undefined;
    const remedy = "Use a different `localSubject` for one of these imports, or export a narrower subject.";
    return diagnose({ code: "NA1704", path: `${at}.subject`, value: entry.subject, problem, remedy });
  });
}

/**
 * Finds imports of private exports without an activation, which the operator server would ignore.
 *
 * @param without the indexes of each account's imports that have no activation
 */
export function activationDiagnostics(
  accounts: readonly ListedAccount[],
  without: readonly (readonly number[])[],
): Diagnostic[] {
  if (!accounts.every(isWellFormed)) {
    return [];
  }
  const find = findIn(accounts);
  return accounts.flatMap((account, index) =>
    (without[index] ?? []).flatMap((at) => {
      const entry = account.imports?.[at];
      const [offer] = entry === undefined ? [] : findMatchingExports(entry, find(entry.account)?.exports ?? []);
      const isPermitted = offer?.importers?.includes(account.name) === true;
      return diagnose({
        code: "NA1705",
        path: `${accountPath(account, index)}.imports[${at}]`,
        value: entry?.subject,
        problem: isPermitted
          ? "requires an activation, and the program does not have the seed of the exporting account"
          : undefined,
        remedy:
          "Add the seed of the exporting account: `seed` of an account, `signer` of a reference. Or add the JWT of an activation as `token`.",
      });
    }),
  );
}

function importersDiagnostics({ exports = [] }: ListedAccount, path: string, find: FindAccount): Diagnostic[] {
  return exports.flatMap(({ importers = [] }, index) =>
    importers.flatMap((importer, at) =>
      find(importer) === undefined ? unknownAccount(`${path}.exports[${index}].importers[${at}]`, importer) : [],
    ),
  );
}

/** A static server has one authorization service at most. */
function authorizationDiagnostics(accounts: readonly ListedAccount[], find: FindAccount): Diagnostic[] {
  const first = accounts.find(({ authorization }) => authorization !== undefined);
  return accounts.flatMap((account, index) => {
    const path = `${accountPath(account, index)}.authorization`;
    const { allowedAccounts = [] } = account.authorization ?? {};
    const allowed = allowedAccounts === ANY_ACCOUNT ? [] : allowedAccounts;
    const isSecond = account.authorization !== undefined && account !== first;
    return [
      ...diagnose({
        code: "NA1706",
        path,
        problem: isSecond
          ? `is already set for account ${display(first?.name)}; a cluster supports one authorization service`
          : undefined,
        remedy: "Use one service for all clients, or remove one of them.",
      }),
      ...allowed.flatMap((name, at) =>
        find(name) === undefined ? unknownAccount(`${path}.allowedAccounts[${at}]`, name) : [],
      ),
    ];
  });
}

/** Finds accounts with JetStream in a cluster whose servers do not run it. */
export function jetstreamDiagnostics(accounts: readonly ListedAccount[]): Diagnostic[] {
  const remedy = "Add `jetstream` to the cluster, or remove it from the account.";
  return accounts.flatMap((account, index) => {
    const problem =
      account.jetstream === undefined ? undefined : "requires JetStream, which the servers of the cluster do not run";
    return diagnose({ code: "NA1707", path: `${accountPath(account, index)}.jetstream`, problem, remedy });
  });
}

/** Finds users and roles that require a trusted proxy in a cluster whose servers trust none: nobody could log in. */
export function proxyDiagnostics(accounts: readonly ListedAccount[]): Diagnostic[] {
  const remedy = "Add `trustedProxies` to the cluster, or remove the property.";
  return findHolders(accounts).flatMap(({ path, access: { proxyRequired } }) => {
    const problem = proxyRequired === true ? "requires a trusted proxy, and the servers trust none" : undefined;
    return diagnose({ code: "NA1708", path: `${path}.proxyRequired`, problem, remedy });
  });
}

/** A static server without any user accepts clients without credentials, as users of its global account. */
function noUserDiagnostics(accounts: readonly ListedAccount[]): Diagnostic[] {
  const hasUsers = accounts.some(
    ({ users = {}, sets = {} }) => Object.keys(users).length > 0 || Object.values(sets).some(({ count }) => count > 0),
  );
  return diagnose({
    code: "NA1709",
    path: "accounts",
    problem: hasUsers ? undefined : "must have at least one user: a static server without users accepts every client",
    remedy: "Add a user to one of the accounts; the users of the system account count.",
  });
}

/** A key that the program supplies, instead of having it generated. */
export interface SuppliedKey {
  /** The argument that supplies it. */
  readonly path: string;
  /** The public key, or an object that stands for it while it is unknown. */
  readonly key: string | object;
}

/** Finds keys that are supplied twice: servers identify accounts and users by their keys alone. */
export function duplicateKeyDiagnostics(keys: readonly SuppliedKey[]): Diagnostic[] {
  const firsts = indexFirst(keys.map(({ key }) => key));
  return keys.flatMap(({ path, key }, index) => {
    const first = firsts.get(key) ?? index;
    const problem = first === index ? undefined : `is already used by ${keys[first]?.path ?? ""}`;
    const remedy = "Use a different key, or remove the argument to generate one.";
    return diagnose({ code: "NA1710", path, ...(typeof key === "string" ? { value: key } : {}), problem, remedy });
  });
}
