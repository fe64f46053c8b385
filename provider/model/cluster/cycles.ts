import type { AccountDeclaration } from "../account/account";
import { resolveImportSubject, getLocalPattern, type DeclaredImport } from "../shares/imports";
import { SubjectIndex } from "../subjects/subject-index";
import { covers } from "../subjects/subjects";
import { SHARE_TYPES, type Export, type ShareType } from "../shares/exports";

/** Finds an account by its name. */
export type FindAccount = (name: string) => AccountDeclaration | undefined;

/**
 * Returns whether an import is part of a cycle: what it imports can return, through other accounts, to the importing account.
 * The static server does not start with such an import; the operator server ignores it.
 *
 * The algorithm is that of nats-server (`serviceImportFormsCycle`, `streamImportFormsCycle`), applied to every import. The
 * server detects the cycle at the import that it reads last, which depends on chance.
 */
export function formsCycle(importer: AccountDeclaration, entry: DeclaredImport, find: FindAccount): boolean {
  const { type, account } = entry;
  const local = getLocalPattern(keyed(entry, importer));
  const starts = type === "service" ? [local] : [local, keyed(entry, importer).subject];
  return starts.some((start) => comesBack(type, find(account), start, new Set([importer.name]), find));
}

/** Returns the import with a placeholder for the importing account's key that no other account has. */
function keyed(entry: DeclaredImport, { name }: AccountDeclaration): DeclaredImport {
  return { ...entry, subject: resolveImportSubject(entry, `{${name.replaceAll(".", " ")}}`) };
}

/** Searches the accounts depth first. Uses a list of steps instead of recursion, since paths can be long. */
function comesBack(
  type: ShareType,
  exporter: AccountDeclaration | undefined,
  start: string,
  visited: Set<string>,
  find: FindAccount,
): boolean {
  const ahead = steps(type, exporter, start);
  for (let step = ahead.pop(); step !== undefined; step = ahead.pop()) {
    const { from, entry, subject } = step;
    if (visited.has(entry.account)) {
      return true;
    }
    visited.add(from);
    const local = getLocalPattern(entry);
    for (const next of steps(type, find(entry.account), covers(subject, local) ? local : subject)) {
      ahead.push(next);
    }
  }
  return false;
}

/** A step of the search: an import of an account, and the subject that reached it. */
interface Step {
  readonly from: string;
  readonly entry: DeclaredImport;
  readonly subject: string;
}

/** The next steps from an account, the first one last. */
function steps(type: ShareType, account: AccountDeclaration | undefined, subject: string): Step[] {
  if (account === undefined || (type === "stream" && !exportsStream(account, subject))) {
    return [];
  }
  return onward(account, type, subject)
    .map((entry) => ({ from: account.name, entry, subject }))
    .reverse();
}

/** Imports and stream exports of an account, by subject. */
interface Shares {
  /** Imports of each type by the subject that the server compares, with their position in the list. */
  readonly imports: ReadonlyMap<string, SubjectIndex<readonly [number, DeclaredImport]>>;
  readonly streams: SubjectIndex<Export>;
}

/** Cache of visited accounts: the search reaches an account once for every import of it. */
const cache = new WeakMap<AccountDeclaration, Shares>();

function sharesOf(account: AccountDeclaration): Shares {
  const shares = cache.get(account) ?? indexed(account);
  cache.set(account, shares);
  return shares;
}

function indexed(account: AccountDeclaration): Shares {
  const imports = new Map(
    SHARE_TYPES.map((type) => [type as string, new SubjectIndex<readonly [number, DeclaredImport]>()]),
  );
  for (const [at, entry] of (account.imports ?? []).map((one) => keyed(one, account)).entries()) {
    imports.get(entry.type)?.add(comparedSubject(entry), [at, entry]);
  }
  const streams = new SubjectIndex<Export>();
  for (const entry of (account.exports ?? []).filter(({ type }) => type === "stream")) {
    streams.add(entry.subject, entry);
  }
  return { imports, streams };
}

/** The imports of an account that a subject continues with, in the order of the list. */
function onward(account: AccountDeclaration, type: ShareType, subject: string): DeclaredImport[] {
  const met = sharesOf(account).imports.get(type)?.findColliding(subject) ?? [];
  return met.toSorted(([a], [b]) => a - b).map(([, entry]) => entry);
}

/** The subject of an import that the server compares: of a service at the exporter, of a stream at the importer. */
function comparedSubject(entry: DeclaredImport): string {
  return entry.type === "service" ? entry.subject : getLocalPattern(entry);
}

function exportsStream(account: AccountDeclaration, subject: string): boolean {
  return sharesOf(account).streams.findCovering(subject).length > 0;
}
