import { isDeepStrictEqual } from "node:util";
import type { Diagnostic } from "../form/diagnostics";
import { shown, shownList } from "../form/diagnostics";
import { isShareType, normalExports, type Export } from "./exports";
import { OWN_KEY, type DeclaredImport } from "./imports";
import { defined } from "../form/order";
import { SubjectIndex } from "../subjects/subject-index";

/**
 * Why the exporting account does not let an account import something; paths start at the import.
 *
 * @param importer the name of the importing account
 * @param exports what the account exports that the import is from
 */
export function grantDiagnostics(importer: string, entry: DeclaredImport, exports: readonly Export[]): Diagnostic[] {
  const offers = offersOf(entry, exports);
  const [offer, ...others] = offers;
  const value = shown(entry.subject);
  if (offer === undefined) {
    const remedy = "Export it there, or leave the import out.";
    return [{ path: "subject", value, problem: missingProblem(entry, exports), remedy }];
  }
  if (others.some((other) => !isDeepStrictEqual(termsOf(offer), termsOf(other)))) {
    const subjects = offers.map(({ subject }) => shown(subject)).join(" and ");
    const problem = `is exported by account ${shown(entry.account)} on different terms, as ${subjects}, and a server takes one of them by chance`;
    const remedy = "Export them on the same terms, or export this subject itself.";
    return [{ path: "subject", value, problem, remedy }];
  }
  return [...importerDiagnostics(importer, entry, offer), ...positionDiagnostics(entry, offer)];
}

/** A private export is for those whom its account names. */
function importerDiagnostics(importer: string, entry: DeclaredImport, { importers, subject }: Export): Diagnostic[] {
  const problem = `is exported by account ${shown(entry.account)} to ${audience(importers ?? [])}`;
  const remedy = `Add ${shown(importer)} to the \`importers\` of its export ${shown(subject)}, or leave the import out.`;
  return importers === undefined || importers.includes(importer)
    ? []
    : [{ path: "subject", value: shown(entry.subject), problem, remedy }];
}

function audience(importers: readonly string[]): string {
  return importers.length === 0 ? "nobody" : `${shownList(importers)} alone`;
}

/** The exports that an import is of. A server takes the very subject first, and any that covers it otherwise. */
export function offersOf(
  { subject, type }: Pick<DeclaredImport, "subject" | "type">,
  exports: readonly Export[],
): readonly Export[] {
  const offers = covering(subject, exports).filter((entry) => entry.type === type);
  const exact = offers.find((entry) => entry.subject === subject);
  return exact === undefined ? offers : [exact];
}

/** The exports that cover a subject, in the order of the list. */
function covering(subject: string, exports: readonly Export[]): readonly Export[] {
  const found = indexOf(exports).covering(subject);
  return found.toSorted((a, b) => a - b).flatMap((at) => exports[at] ?? []);
}

/** The lists of exports that were looked at: an account is asked once for each import of it. */
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

/** What an export says, apart from its subject and from what is for people. */
function termsOf(entry: Export): Export | undefined {
  const terms = defined<Export>({ ...entry, subject: "", name: undefined, description: undefined, infoUrl: undefined });
  return normalExports([terms])?.[0];
}

/** An account imports nothing from such an export but what has its own key at the position. */
function positionDiagnostics(
  { subject }: DeclaredImport,
  { accountTokenPosition, subject: exported }: Export,
): Diagnostic[] {
  const token = accountTokenPosition === undefined ? OWN_KEY : subject.split(".")[accountTokenPosition - 1];
  if (token === OWN_KEY || /^A[A-Z2-7]{55}$/.test(token ?? "")) {
    return [];
  }
  const problem = `must have the importing account's key as token ${accountTokenPosition}, as the export ${shown(exported)} demands`;
  return [{ path: "subject", value: shown(subject), problem, remedy: `Write \`${OWN_KEY}\` there.` }];
}

function missingProblem(entry: DeclaredImport, exports: readonly Export[]): string {
  const [other] = covering(entry.subject, exports);
  if (other !== undefined) {
    return `is exported by account ${shown(entry.account)} as a ${other.type}, not as a ${entry.type}`;
  }
  const offered = exports.filter(({ type }) => type === entry.type).map(({ subject }) => subject);
  const offer = offered.length === 0 ? `no ${entry.type}` : `the ${entry.type}s ${shownList(offered)}`;
  return `is not exported by account ${shown(entry.account)}, which exports ${offer}`;
}
