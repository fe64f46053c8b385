import { isDeepStrictEqual } from "node:util";
import { diagnose, display, displayList, type Diagnostic } from "../../diagnostics/diagnostic";
import { isShareType, normalizeExports, type Export } from "./exports";
import { OWN_KEY, type DeclaredImport } from "./imports";
import { hasKeyFormat } from "../keys/key-format";
import { omitUndefined } from "../form/order";
import { SubjectIndex } from "../subjects/subject-index";

/**
 * Returns why the exporting account does not permit an import; paths are relative to the import.
 *
 * @param importer the name of the importing account
 * @param exports the exports of the exporting account
 */
export function grantDiagnostics(importer: string, entry: DeclaredImport, exports: readonly Export[]): Diagnostic[] {
  const matches = findMatchingExports(entry, exports);
  const [match, ...others] = matches;
  if (match === undefined) {
    return missingDiagnostics(entry, exports);
  }
  const isAmbiguous = others.some((other) => !isDeepStrictEqual(termsOf(match), termsOf(other)));
  return isAmbiguous
    ? ambiguousDiagnostics(entry, matches)
    : [...importerDiagnostics(importer, entry, match), ...positionDiagnostics(entry, match)];
}

function missingDiagnostics(entry: DeclaredImport, exports: readonly Export[]): Diagnostic[] {
  const problem = missingProblem(entry, exports);
  const remedy = "Add the export to that account, or remove the import.";
  return diagnose({ code: "NA1521", path: "subject", value: entry.subject, problem, remedy });
}

function missingProblem({ account, subject, type }: DeclaredImport, exports: readonly Export[]): string {
  const [other] = findCovering(subject, exports);
  if (other !== undefined) {
    return `is exported by account ${display(account)} as a ${other.type}, not as a ${type}`;
  }
  const subjects = exports.filter((entry) => entry.type === type).map((entry) => entry.subject);
  const list = subjects.length === 0 ? `no ${type}` : `the ${type}s ${displayList(subjects)}`;
  return `is not exported by account ${display(account)}, which exports ${list}`;
}

function ambiguousDiagnostics({ account, subject: value }: DeclaredImport, matches: readonly Export[]): Diagnostic[] {
  const subjects = displayList(matches.map(({ subject }) => subject));
  const problem = `matches several exports of account ${display(account)} with different terms (${subjects}), of which servers choose an arbitrary one`;
  const remedy = "Export the subjects on the same terms, or add an export of this subject.";
  return diagnose({ code: "NA1522", path: "subject", value, problem, remedy });
}

function importerDiagnostics(
  importer: string,
  { account, subject: value }: DeclaredImport,
  { importers, subject }: Export,
): Diagnostic[] {
  const audience = importers?.length === 0 ? "no account" : `${displayList(importers ?? [])} only`;
  const isPermitted = importers === undefined || importers.includes(importer);
  const problem = isPermitted ? undefined : `is exported by account ${display(account)} to ${audience}`;
  const remedy = `Add ${display(importer)} to the \`importers\` of the export ${display(subject)}, or remove the import.`;
  return diagnose({ code: "NA1523", path: "subject", value, problem, remedy });
}

/** An export with a token position permits only subjects with the importing account's key at the position. */
function positionDiagnostics(
  { subject: value }: DeclaredImport,
  { accountTokenPosition: position, subject }: Export,
): Diagnostic[] {
  if (position === undefined) {
    return [];
  }
  const token = value.split(".")[position - 1] ?? "";
  const format = `must contain the importing account's public key as token ${position}, as the export ${display(subject)} requires`;
  const problem = token === OWN_KEY || hasKeyFormat("A", token) ? undefined : format;
  return diagnose({ code: "NA1524", path: "subject", value, problem, remedy: `Use \`${OWN_KEY}\` as this token.` });
}

/** Returns the exports that an import matches. Servers choose the export of the same subject, or any that covers it. */
export function findMatchingExports(
  { subject, type }: Pick<DeclaredImport, "subject" | "type">,
  exports: readonly Export[],
): readonly Export[] {
  const matches = findCovering(subject, exports).filter((entry) => entry.type === type);
  const exact = matches.find((entry) => entry.subject === subject);
  return exact === undefined ? matches : [exact];
}

/** The exports that cover a subject, in the order of the list. */
function findCovering(subject: string, exports: readonly Export[]): readonly Export[] {
  const found = indexOf(exports).findCovering(subject);
  return found.toSorted((a, b) => a - b).flatMap((at) => exports[at] ?? []);
}

/** Caches the index of each list of exports: every import of an account searches the same list. */
const indexes = new WeakMap<readonly Export[], SubjectIndex<number>>();

function indexOf(exports: readonly Export[]): SubjectIndex<number> {
  const index = indexes.get(exports) ?? new SubjectIndex<number>();
  if (!indexes.has(exports)) {
    exports.forEach(({ subject, type }, at) => {
      if (isShareType(type)) {
        index.add(subject, at);
      }
    });
    indexes.set(exports, index);
  }
  return index;
}

/** An export without its subject and the properties that have no effect on permissions. */
function termsOf(entry: Export): Export | undefined {
  const noInfo = { subject: "", name: undefined, description: undefined, infoUrl: undefined };
  return normalizeExports([omitUndefined<Export>({ ...entry, ...noInfo })])?.[0];
}
