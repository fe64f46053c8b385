import { diagnose, display, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { typeDiagnostics } from "./export-checks";
import { getLocalPattern, getLocalSubject, type DeclaredImport, type ImportTerms } from "./imports";
import { compareText } from "../form/order";
import { SubjectIndex } from "../subjects/subject-index";
import { ANY_REST, ANY_TOKEN, hasWildcard, sharedSubjectProblem } from "../subjects/subjects";

/**
 * Returns all problems with a list of imports that do not depend on the exporting accounts; paths are relative to the list.
 *
 * @param importer the name or public key of the importing account
 */
export function importsDiagnostics(importer: string, imports: readonly DeclaredImport[]): Diagnostic[] {
  const conflicts = findConflicts(imports);
  const services = indexServices(imports);
  return imports.flatMap((entry, index) =>
    prefixPaths(`[${index}]`, [
      ...subjectDiagnostics(entry),
      ...localSubjectDiagnostics(entry),
      ...typeDiagnostics(entry.type),
      ...accountDiagnostics(importer, entry),
      ...flagDiagnostics(entry),
      ...conflictDiagnostics(entry, conflicts[index]),
      ...sharingDiagnostics(entry, index, services),
    ]),
  );
}

function subjectDiagnostics({ subject: value }: ImportTerms): Diagnostic[] {
  const remedy = "Use the subject that the other account exports.";
  return diagnose({ code: "NA1101", path: "subject", value, problem: sharedSubjectProblem(value), remedy });
}

function localSubjectDiagnostics({ subject, localSubject: value }: ImportTerms): Diagnostic[] {
  if (value === undefined) {
    return [];
  }
  const finding = { path: "localSubject", value, remedy: "Use a subject with `$1` for the first `*`, and so on." };
  const invalid = sharedSubjectProblem(value);
  return invalid === undefined
    ? diagnose({ code: "NA1511", ...finding, problem: localSubjectProblem(subject, value) })
    : diagnose({ code: "NA1101", ...finding, problem: invalid });
}

/** A token that one of the servers parses as a reference to a wildcard. */
const REFERENCE_LIKE = /^\$([+-]?\d+$|[1-9])/;

/**
 * Returns why a valid subject cannot be the local subject of another one: it must contain each wildcard of the subject once,
 * as `*` or by number (JWT library, `RenamingSubject.Validate`; nats-server, `NewSubjectTransformStrict`).
 */
function localSubjectProblem(subject: string, localSubject: string): string | undefined {
  if (sharedSubjectProblem(subject) !== undefined) {
    return undefined;
  }
  if (localSubject.includes("{{")) {
    return "must not contain mapping functions in double braces, which the servers treat differently";
  }
  const [tokens, local] = [subject.split("."), localSubject.split(".")];
  if ((tokens.at(-1) === ANY_REST) !== (local.at(-1) === ANY_REST)) {
    return `must end with ">" if and only if the subject (${display(subject)}) does`;
  }
  if (hasWildcard(subject) && tokens.some((token) => REFERENCE_LIKE.test(token))) {
    return `cannot be used for a subject with wildcards and a token such as "$1" (${display(subject)})`;
  }
  return hasSameWildcards(tokens, local)
    ? undefined
    : `must contain each wildcard of the subject (${display(subject)}) once: all as "*", or all by number, such as "$1"`;
}

function hasSameWildcards(tokens: readonly string[], local: readonly string[]): boolean {
  const wildcards = tokens.filter((token) => token === ANY_TOKEN).map((_, index) => `$${index + 1}`);
  const used = local.filter((token) => token === ANY_TOKEN || REFERENCE_LIKE.test(token));
  const areInOrder = used.length === wildcards.length && used.every((token) => token === ANY_TOKEN);
  return areInOrder || used.toSorted(compareText).join() === wildcards.toSorted(compareText).join();
}

/**
 * Servers accept an import from the same account, and deliver each message under both subjects: twice if they are the same.
 * As soon as another account imports the service, a static server reports a cycle and does not start.
 */
function accountDiagnostics(importer: string, entry: DeclaredImport): Diagnostic[] {
  const { account: value } = entry;
  const problem =
    value === importer
      ? "is the importing account itself, whose users can use the subject without an import"
      : undefined;
  return diagnose({ code: "NA1512", path: "account", value, problem, remedy: ownImportRemedy(entry) });
}

function ownImportRemedy(entry: DeclaredImport): string {
  if (getLocalSubject(entry) === entry.subject || entry.subject.includes("{{")) {
    return "Remove the import.";
  }
  if (entry.type === "stream") {
    return `Remove the import, and subscribe to ${display(entry.subject)}.`;
  }
  const [source, destination] = toMapping(entry);
  return `Use a mapping from ${display(source)} to ${display(destination)} in place of the import: requests then reach the service only.`;
}

/** Returns the source and the destination of the mapping that sends requests where an import of a service would. */
export function toMapping(entry: Pick<DeclaredImport, "subject" | "localSubject">): readonly [string, string] {
  const local = getLocalSubject(entry as ImportTerms)
    .split(".")
    .filter((token) => token === ANY_TOKEN || REFERENCE_LIKE.test(token));
  // The place of each wildcard of the subject among those of the local subject.
  const placeOf = (wildcard: number) => {
    const place = local.indexOf(`$${wildcard}`);
    return place === -1 ? wildcard : place + 1;
  };
  let wildcard = 0;
  const destination = entry.subject
    .split(".")
    .map((token) => (token === ANY_TOKEN ? `$${placeOf((wildcard += 1))}` : token));
  return [getLocalPattern(entry as ImportTerms), destination.join(".")];
}

function flagDiagnostics({ type, share, allowTrace }: ImportTerms): Diagnostic[] {
  const isShared = type === "stream" && share === true;
  const isTraced = type === "service" && allowTrace === true;
  return [
    ...diagnose({
      code: "NA1501",
      path: "share",
      problem: isShared ? "is only available for services, and this import is a stream" : undefined,
      remedy: "Remove `share`, or import a service.",
    }),
    ...diagnose({
      code: "NA1513",
      path: "allowTrace",
      problem: isTraced ? "is only available for streams; the export of a service allows its traces" : undefined,
      remedy: "Remove `allowTrace` here, and set it in the export.",
    }),
  ];
}

/**
 * Reports an import that conflicts with an earlier one. The static server rejects a stream that is imported twice. The JWT
 * library rejects services of one account under overlapping local subjects. Services of several accounts may share a local
 * subject: both servers send requests to all of them.
 */
function conflictDiagnostics(entry: DeclaredImport, earlier: number | undefined): Diagnostic[] {
  if (earlier === undefined) {
    return [];
  }
  if (entry.type === "stream") {
    const problem = `is already imported by imports[${earlier}]`;
    const remedy = "Import each stream once.";
    return diagnose({ code: "NA1514", path: "subject", value: entry.subject, problem, remedy });
  }
  const path = entry.localSubject === undefined ? "subject" : "localSubject";
  const problem = `overlaps with the local subject of imports[${earlier}], a service of the same account`;
  const remedy = "Choose a different `localSubject` for one of them.";
  return diagnose({ code: "NA1515", path, value: getLocalSubject(entry), problem, remedy });
}

/** For each import, the index of the first earlier import that it conflicts with. */
function findConflicts(imports: readonly DeclaredImport[]): (number | undefined)[] {
  const streams = new Map<string, number>();
  const services = new Map<string, SubjectIndex<number>>();
  return imports.map((entry, index) => {
    if (entry.type === "stream") {
      return getOrSet(streams, `${entry.account} ${entry.subject}`, index);
    }
    const pattern = getLocalPattern(entry);
    const ofAccount = services.get(entry.account) ?? new SubjectIndex<number>();
    services.set(entry.account, ofAccount);
    const same = ofAccount.findEqual(pattern);
    const overlapping = [...ofAccount.findContaining(pattern), ...ofAccount.findContained(pattern), ...same];
    if (same.length === 0) {
      ofAccount.add(pattern, index);
    }
    return overlapping.toSorted((a, b) => a - b)[0];
  });
}

/** Returns the value of a key, or sets it and returns undefined. */
function getOrSet(map: Map<string, number>, key: string, value: number): number | undefined {
  const current = map.get(key);
  map.set(key, current ?? value);
  return current;
}

/** The indexes of the first two imports of each service, by its account and subject. */
function indexServices(imports: readonly DeclaredImport[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  imports.forEach(({ type, account, subject }, index) => {
    const key = `${account} ${subject}`;
    const indexes = found.get(key) ?? [];
    found.set(key, type === "service" && indexes.length < 2 ? [...indexes, index] : indexes);
  });
  return found;
}

/** The static server finds the import to share by account and subject. Of two such imports it shares an arbitrary one. */
function sharingDiagnostics(
  { type, account, subject: value, share }: DeclaredImport,
  index: number,
  services: ReadonlyMap<string, readonly number[]>,
): Diagnostic[] {
  const other = services.get(`${account} ${value}`)?.find((at) => at !== index);
  if (share !== true || type !== "service" || other === undefined) {
    return [];
  }
  const problem = `is ambiguous: imports[${other}] imports the same service, and the static server shares only one of them`;
  const remedy = "Remove `share`, or import the service once.";
  return diagnose({ code: "NA1516", path: "share", value, problem, remedy });
}
