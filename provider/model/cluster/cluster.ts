import { type Account, type ListedAccount } from "../account/account";
import { hasPart, isWellFormed } from "../account/account-checks";
import { ANY_ACCOUNT } from "../account/authorization";
import { accountPath, findHolders, listedPath } from "./account-paths";
import { formsCycle, type FindAccount } from "./cycles";
import { diagnose, display, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { indexFirst } from "../form/order";
import { hasShape, type Shape } from "../form/shape";
import { EXPORTS, isShareType } from "../shares/exports";
import { grantDiagnostics, findMatchingExports } from "../shares/grants";
import { IMPORTS } from "../shares/imports";

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
 * Finds problems between accounts; paths are relative to the cluster's arguments. A part of the wrong shape is a problem of its account,
 * and left out here.
 */
export function clusterDiagnostics(accounts: readonly ListedAccount[]): Diagnostic[] {
  const find = findIn(accounts);
  // Any name can be that of an account without one, whose reference cannot be read.
  const areNamed = accounts.every(hasName);
  const unknown = (path: string, name: string) =>
    areNamed && find(name) === undefined ? unknownAccount(path, name) : [];
  return [
    ...duplicateNameDiagnostics(accounts),
    ...accounts.flatMap((account, index) => importsDiagnostics(account, accountPath(account, index), find, unknown)),
    ...accounts.flatMap((account, index) => importersDiagnostics(account, accountPath(account, index), unknown)),
    ...authorizationDiagnostics(accounts, unknown),
    ...(accounts.every(isWellFormed) ? noUserDiagnostics(accounts) : []),
  ];
}

/** Finds a name that no account of the cluster has. */
type FindUnknown = (path: string, name: string) => Diagnostic[];

function hasName(account: ListedAccount): boolean {
  return hasPart(account, "name");
}

/** Finds accounts by name, the first of several, without malformed imports, and without exports if one of them is malformed. */
function findIn(accounts: readonly ListedAccount[]): FindAccount {
  const named = accounts.filter(hasName).map((account): [string, ListedAccount] => {
    const { exports, imports, ...rest } = account;
    const offered = hasPart(account, "exports") ? { exports: exports ?? [] } : {};
    const used = wellFormed(imports, IMPORTS).map(([entry]) => entry);
    return [account.name, { ...rest, ...offered, imports: used }];
  });
  const byName = new Map(named.toReversed());
  return (name) => byName.get(name);
}

/** Returns the entries of a list that have its shape, with their indexes. */
function wellFormed<T>(list: readonly T[] | undefined, shape: Shape): (readonly [T, number])[] {
  const entries = Array.isArray(list) ? [...(list as readonly T[]).entries()] : [];
  return entries.flatMap(([index, entry]) => (hasShape(shape, [entry]) ? [[entry, index] as const] : []));
}

function duplicateNameDiagnostics(accounts: readonly ListedAccount[]): Diagnostic[] {
  const firsts = indexFirst(accounts.map(({ name }) => name));
  return accounts.flatMap((account, index) => {
    const { name } = account;
    const first = firsts.get(name) ?? index;
    const other = accounts[first] ?? account;
    const problem =
      first === index || !hasName(account) ? undefined : `has the same name as ${listedPath(other, first)}`;
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

function importsDiagnostics(
  importer: ListedAccount,
  path: string,
  find: FindAccount,
  unknown: FindUnknown,
): Diagnostic[] {
  return wellFormed(importer.imports, IMPORTS).flatMap(([entry, index]) => {
    // An import with an unknown type, or from the same account, is a problem of the account itself.
    if (!isShareType(entry.type) || entry.account === importer.name || !hasName(importer)) {
      return [];
    }
    const exporter = find(entry.account);
    const at = `${path}.imports[${index}]`;
    if (exporter?.exports === undefined) {
      return unknown(`${at}.account`, entry.account);
    }
    const refused = grantDiagnostics(importer.name, entry, exporter.exports);
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
  const find = findIn(accounts);
  return accounts.flatMap((account, index) =>
    wellFormed(account.imports, IMPORTS).flatMap(([entry, at]) => {
      const isWithout = without[index]?.includes(at) === true;
      const [offer] = isWithout ? findMatchingExports(entry, find(entry.account)?.exports ?? []) : [];
      const isPermitted = offer?.importers?.includes(account.name) === true;
      return diagnose({
        code: "NA1705",
        path: `${accountPath(account, index)}.imports[${at}]`,
        value: entry.subject,
        problem: isPermitted
          ? "requires an activation, and the program does not have the seed of the exporting account"
          : undefined,
        remedy:
          "Add the seed of the exporting account: `seed` of an account, `signer` of a reference. Or add the JWT of an activation as `token`.",
      });
    }),
  );
}

function importersDiagnostics({ exports }: ListedAccount, path: string, unknown: FindUnknown): Diagnostic[] {
  return wellFormed(exports, EXPORTS).flatMap(([{ importers = [] }, index]) =>
    importers.flatMap((importer, at) => unknown(`${path}.exports[${index}].importers[${at}]`, importer)),
  );
}

/** A static server has one authorization service at most. */
function authorizationDiagnostics(accounts: readonly ListedAccount[], unknown: FindUnknown): Diagnostic[] {
  const first = accounts.find(({ authorization }) => authorization !== undefined);
  return accounts.flatMap((account, index) => {
    const path = `${accountPath(account, index)}.authorization`;
    const { allowedAccounts = [] } = (hasPart(account, "authorization") ? account.authorization : undefined) ?? {};
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
      ...allowed.flatMap((name, at) => unknown(`${path}.allowedAccounts[${at}]`, name)),
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
