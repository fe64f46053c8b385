import type { AccountDeclaration } from "./account";
import { importedSubject, localPatternOf, type DeclaredImport } from "./imports";
import { collide, covers } from "./subjects";
import type { ShareType } from "./exports";

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

function comesBack(
  type: ShareType,
  account: AccountDeclaration | undefined,
  subject: string,
  visited: Set<string>,
  find: FindAccount,
): boolean {
  if (account === undefined || (type === "stream" && !exportsStream(account, subject))) {
    return false;
  }
  const imports = (account.imports ?? []).map((entry) => keyed(entry, account));
  const onward = imports.filter((entry) => entry.type === type && collide(subject, meeting(entry)));
  return onward.some((entry) => {
    if (visited.has(entry.account)) {
      return true;
    }
    visited.add(account.name);
    const local = localPatternOf(entry);
    return comesBack(type, find(entry.account), covers(subject, local) ? local : subject, visited, find);
  });
}

/** The subject by which the server compares an import: a service's at the exporter, a stream's at the importer. */
function meeting(entry: DeclaredImport): string {
  return entry.type === "service" ? entry.subject : localPatternOf(entry);
}

function exportsStream({ exports = [] }: AccountDeclaration, subject: string): boolean {
  return exports.some((entry) => entry.type === "stream" && covers(entry.subject, subject));
}
