import type { Diagnostic } from "../form/diagnostics";
import { shown, under } from "../form/diagnostics";
import { typeDiagnostics } from "./export-checks";
import { localPatternOf, localSubjectOf, type DeclaredImport, type ImportTerms } from "./imports";
import { byText } from "../form/order";
import { SubjectIndex } from "../subjects/subject-index";
import { ANY_REST, ANY_TOKEN, hasWildcard, sharedSubjectProblem } from "../subjects/subjects";

/** What one of the servers would take for a reference to a wildcard. */
const REFERENCE_LIKE = /^\$([+-]?\d+$|[1-9])/;

/**
 * Says why an import cannot have a local subject, or undefined when it can: every wildcard of the subject must come back
 * once, as it stands or by reference (JWT library, `RenamingSubject.Validate`; server, `NewSubjectTransformStrict`).
 */
function localSubjectProblem(subject: string, localSubject: string): string | undefined {
  const problem = sharedSubjectProblem(localSubject);
  if (problem !== undefined || sharedSubjectProblem(subject) !== undefined) {
    return problem;
  }
  if (localSubject.includes("{{")) {
    return "contains a mapping function in double braces, which the servers do not treat alike";
  }
  const [tokens, local] = [subject.split("."), localSubject.split(".")];
  if ((tokens.at(-1) === ANY_REST) !== (local.at(-1) === ANY_REST)) {
    return `must end in ">" exactly when the subject (${shown(subject)}) does`;
  }
  if (hasWildcard(subject) && tokens.some((token) => REFERENCE_LIKE.test(token))) {
    return `cannot stand for a subject with wildcards and a token that looks like a reference to one (${shown(subject)})`;
  }
  const wildcards = tokens.filter((token) => token === ANY_TOKEN).map((_, index) => `$${index + 1}`);
  const used = local.filter((token) => token === ANY_TOKEN || REFERENCE_LIKE.test(token));
  const inOrder = used.length === wildcards.length && used.every((token) => token === ANY_TOKEN);
  return inOrder || used.toSorted(byText).join() === wildcards.toSorted(byText).join()
    ? undefined
    : `must have each wildcard of the subject (${shown(subject)}) once: each as "*", or each by its number, as "$1"`;
}

/** All that is wrong with a list of imports, seen from the importing account alone; paths start at the list. */
export function importsDiagnostics(importer: string, imports: readonly DeclaredImport[]): Diagnostic[] {
  const earlier = earlierMeetings(imports);
  const shared = sameServices(imports);
  return imports.flatMap((entry, index) => [
    ...under(`[${index}]`, [
      ...subjectDiagnostics(entry),
      ...typeDiagnostics(entry.type),
      ...selfDiagnostics(importer, entry),
      ...flagDiagnostics(entry),
    ]),
    ...collisionDiagnostics(entry, index, earlier[index]),
    ...sharingDiagnostics(entry, index, shared),
  ]);
}

function subjectDiagnostics({ subject, localSubject }: ImportTerms): Diagnostic[] {
  const local = localSubject === undefined ? undefined : localSubjectProblem(subject, localSubject);
  return [
    ...problemDiagnostics(
      "subject",
      subject,
      sharedSubjectProblem(subject),
      "Write the subject that the other account exports.",
    ),
    ...problemDiagnostics(
      "localSubject",
      localSubject,
      local,
      "Write a subject of the importing account, with a `$1` for the first `*` and so on.",
    ),
  ];
}

function problemDiagnostics(
  path: string,
  value: string | undefined,
  problem: string | undefined,
  remedy: string,
): Diagnostic[] {
  return problem === undefined ? [] : [{ path, value: shown(value), problem, remedy }];
}

function selfDiagnostics(importer: string, { account }: DeclaredImport): Diagnostic[] {
  const problem = "is the importing account itself";
  const remedy = "Leave the import out: an account's own subjects need none.";
  return account === importer ? [{ path: "account", value: shown(account), problem, remedy }] : [];
}

function flagDiagnostics({ type, share, allowTrace }: ImportTerms): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (type === "stream" && share === true) {
    const problem = "only a service is told who asks";
    found.push({ path: "share", problem, remedy: "Leave `share` out, or import a service." });
  }
  if (type === "service" && allowTrace === true) {
    const problem = "only a stream's traces are allowed by the import; a service's by the export";
    found.push({ path: "allowTrace", problem, remedy: "Leave `allowTrace` out here." });
  }
  return found;
}

/**
 * Imports that the servers would not keep apart: a stream that is imported twice, which the static server refuses, and
 * services of one account under overlapping local subjects, which the JWT library refuses. Those of several accounts are
 * all asked under a local subject that they share, by both servers.
 */
function collisionDiagnostics(entry: DeclaredImport, index: number, earlier: number | undefined): Diagnostic[] {
  if (earlier === undefined) {
    return [];
  }
  const at = `[${index}].${entry.localSubject === undefined || entry.type === "stream" ? "subject" : "localSubject"}`;
  return entry.type === "stream"
    ? [
        {
          path: at,
          value: shown(entry.subject),
          problem: `is imported by imports[${earlier}] already`,
          remedy: "Import each stream once.",
        },
      ]
    : [
        {
          path: at,
          value: shown(localSubjectOf(entry)),
          problem: `overlaps with the local subject of imports[${earlier}], which is of the same account`,
          remedy: "Give one of them another `localSubject`.",
        },
      ];
}

/** For each import, the first before it that the servers would not keep apart from it. */
function earlierMeetings(imports: readonly DeclaredImport[]): (number | undefined)[] {
  const streams = new Map<string, number>();
  const services = new Map<string, SubjectIndex<number>>();
  return imports.map((entry, index) => {
    const key = `${entry.account} ${entry.subject}`;
    const pattern = localPatternOf(entry);
    if (entry.type === "stream") {
      return firstUnder(streams, key, index);
    }
    const ofAccount = services.get(entry.account) ?? new SubjectIndex<number>();
    const same = ofAccount.under(pattern);
    const met = [...ofAccount.takingIn(pattern), ...ofAccount.takenIn(pattern), ...same];
    if (same.length === 0) {
      services.set(entry.account, ofAccount);
      ofAccount.add(pattern, index);
    }
    return met.toSorted((a, b) => a - b)[0];
  });
}

/** What is kept under a key already; what comes first is kept. */
function firstUnder(map: Map<string, number>, key: string, index: number): number | undefined {
  const first = map.get(key);
  map.set(key, first ?? index);
  return first;
}

/** The first two imports of each service, by its account and subject. */
function sameServices(imports: readonly DeclaredImport[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  imports.forEach(({ type, account, subject }, index) => {
    const key = `${account} ${subject}`;
    const known = found.get(key) ?? [];
    found.set(key, type === "service" && known.length < 2 ? [...known, index] : known);
  });
  return found;
}

/** The static server finds an import to share by its account and subject, so that of two it is left to chance which. */
function sharingDiagnostics(
  { type, account, subject, share }: DeclaredImport,
  index: number,
  services: ReadonlyMap<string, readonly number[]>,
): Diagnostic[] {
  const other = services.get(`${account} ${subject}`)?.find((at) => at !== index);
  if (share !== true || type !== "service" || other === undefined) {
    return [];
  }
  const problem = `is imported by imports[${other}], too, and the static server can share one of them only`;
  const remedy = "Leave `share` out, or import the service once.";
  return [{ path: `[${index}].share`, value: shown(subject), problem, remedy }];
}
