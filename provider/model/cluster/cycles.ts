import type { AccountDeclaration } from "../account/account";
import { importedSubject, localPatternOf, type DeclaredImport } from "../shares/imports";
import { SubjectIndex } from "../subjects/subject-index";
import { covers } from "../subjects/subjects";
import { SHARE_TYPES, type Export, type ShareType } from "../shares/exports";

/** Finds an account by its name. */
export type FindAccount = (name: string) => AccountDeclaration | undefined;

/**
 * Says whether an import closes a circle: what is imported could come back, through other accounts, to where it started.
 * The static server does not start with such an import; the operator server leaves it out.
 *
 * The search is the server's own (`serviceImportFormsCycle`, `streamImportFormsCycle`), seen from every import, since
 * the server sees it from the one that it happens to read last.
 */
export function closesCircle(importer: AccountDeclaration, entry: DeclaredImport, find: FindAccount): boolean {
  const { type, account } = entry;
  const local = localPatternOf(keyed(entry, importer));
  const starts = type === "service" ? [local] : [local, keyed(entry, importer).subject];
  return starts.some((start) => comesBack(type, find(account), start, new Set([importer.name]), find));
}

/** The import with something in the place of the importing account's key that is no other account's. */
function keyed(entry: DeclaredImport, { name }: AccountDeclaration): DeclaredImport {
  return { ...entry, subject: importedSubject(entry, `{${name.replaceAll(".", " ")}}`) };
}

/** Goes from account to account, into the depth first; by a list of what is to be seen, since it can go deep. */
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
    const local = localPatternOf(entry);
    for (const next of steps(type, find(entry.account), covers(subject, local) ? local : subject)) {
      ahead.push(next);
    }
  }
  return false;
}

/** A way on: an import of an account, and the subject that got there. */
interface Step {
  readonly from: string;
  readonly entry: DeclaredImport;
  readonly subject: string;
}

/** The ways on from an account, the first one last. */
function steps(type: ShareType, account: AccountDeclaration | undefined, subject: string): Step[] {
  if (account === undefined || (type === "stream" && !exportsStream(account, subject))) {
    return [];
  }
  return onward(account, type, subject)
    .map((entry) => ({ from: account.name, entry, subject }))
    .reverse();
}

/** What an account imports and exports, by subject. */
interface Shares {
  /** Imports of each type by the subjects at which they are met, with their place in the list. */
  readonly imports: ReadonlyMap<string, SubjectIndex<readonly [number, DeclaredImport]>>;
  readonly streams: SubjectIndex<Export>;
}

/** The accounts that were looked at: each is met again from every import that leads to it. */
const known = new WeakMap<AccountDeclaration, Shares>();

function sharesOf(account: AccountDeclaration): Shares {
  const shares = known.get(account) ?? indexed(account);
  known.set(account, shares);
  return shares;
}

function indexed(account: AccountDeclaration): Shares {
  const imports = new Map(
    SHARE_TYPES.map((type) => [type as string, new SubjectIndex<readonly [number, DeclaredImport]>()]),
  );
  for (const [at, entry] of (account.imports ?? []).map((one) => keyed(one, account)).entries()) {
    imports.get(entry.type)?.add(meeting(entry), [at, entry]);
  }
  const streams = new SubjectIndex<Export>();
  for (const entry of (account.exports ?? []).filter(({ type }) => type === "stream")) {
    streams.add(entry.subject, entry);
  }
  return { imports, streams };
}

/** The imports by which something goes on from an account, in the order of the list. */
function onward(account: AccountDeclaration, type: ShareType, subject: string): DeclaredImport[] {
  const met = sharesOf(account).imports.get(type)?.colliding(subject) ?? [];
  return met.toSorted(([a], [b]) => a - b).map(([, entry]) => entry);
}

/** The subject by which the server compares an import: a service's at the exporter, a stream's at the importer. */
function meeting(entry: DeclaredImport): string {
  return entry.type === "service" ? entry.subject : localPatternOf(entry);
}

function exportsStream(account: AccountDeclaration, subject: string): boolean {
  return sharesOf(account).streams.covering(subject).length > 0;
}
