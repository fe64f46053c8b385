import type { Diagnostic } from "./diagnostics";
import { shown } from "./diagnostics";
import type { Export, ShareType } from "./exports";
import { typeDiagnostics } from "./exports";
import { byText, defined, sortedBy } from "./order";
import { anything, listOf, objectOf, optional, text, type Shape } from "./shape";
import { ANY_REST, ANY_TOKEN, covers, hasWildcard, subjectProblem, takesIn } from "./subjects";

/** What an import says of itself, apart from the account it comes from. */
export interface ImportTerms {
  /** The subject as the exporting account knows it. */
  readonly subject: string;
  /** The kind of the export: a stream to subscribe to, or a service to send requests to. */
  readonly type: ShareType;
  /**
   * The subject under which the importing account uses it.
   *
   * @default `subject`
   */
  readonly localSubject?: string;
  /**
   * A name for people; it decides nothing.
   *
   * @default the subject
   */
  readonly name?: string;
}

/** An import of an account that is known by its name in the program: what can be checked before any key exists. */
export interface DeclaredImport extends ImportTerms {
  /** The name of the exporting account. */
  readonly account: string;
}

/** An import of an account that is known by its public key: what configurations say. */
export interface Import extends ImportTerms {
  /** The public key (`A…`) of the exporting account. */
  readonly account: string;
}

/** The shape of a list of imports. Types have rules of their own. */
export const IMPORTS: Shape = listOf(
  objectOf<DeclaredImport>({
    account: text,
    subject: text,
    type: anything,
    localSubject: optional(text),
    name: optional(text),
  }),
);

/** The subject under which the importing account uses an import. */
export function localSubjectOf({ subject, localSubject }: ImportTerms): string {
  return localSubject ?? subject;
}

/** A token that stands for the wildcard of that number: `$1`. The servers' rules differ for odder ones such as `$01`. */
const REFERENCE = /^\$[1-9]\d*$/;
/** What one of the servers would take for a reference. */
const REFERENCE_LIKE = /^\$([+-]?\d+$|[1-9])/;

/** The local subject as a pattern: references are wildcards. */
export function localPatternOf(terms: ImportTerms): string {
  const tokens = localSubjectOf(terms).split(".");
  return tokens.map((token) => (REFERENCE.test(token) ? ANY_TOKEN : token)).join(".");
}

/**
 * Says why an import cannot have a local subject, or undefined when it can: every wildcard of the subject must come back
 * once, as it stands or by reference (JWT library, `RenamingSubject.Validate`; server, `NewSubjectTransformStrict`).
 */
function localSubjectProblem(subject: string, localSubject: string): string | undefined {
  const problem = subjectProblem(localSubject);
  if (problem !== undefined || subjectProblem(subject) !== undefined) {
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
  return imports.flatMap((entry, index) => [
    ...termsDiagnostics(entry, `[${index}]`),
    ...selfDiagnostics(importer, entry, `[${index}]`),
    ...collisionDiagnostics(entry, index, imports),
  ]);
}

function termsDiagnostics({ subject, localSubject, type }: ImportTerms, path: string): Diagnostic[] {
  return [
    ...problemDiagnostics(`${path}.subject`, subject, subjectProblem(subject)),
    ...(localSubject === undefined
      ? []
      : problemDiagnostics(`${path}.localSubject`, localSubject, localSubjectProblem(subject, localSubject))),
    ...typeDiagnostics(type, path),
  ];
}

function problemDiagnostics(path: string, value: string, problem: string | undefined): Diagnostic[] {
  const remedy = path.endsWith("localSubject")
    ? "Write a subject of the importing account, with a `$1` for the first `*` and so on."
    : "Write the subject that the other account exports.";
  return problem === undefined ? [] : [{ path, value: shown(value), problem, remedy }];
}

function selfDiagnostics(importer: string, entry: DeclaredImport, path: string): Diagnostic[] {
  return entry.account !== importer
    ? []
    : [
        {
          path: `${path}.account`,
          value: shown(entry.account),
          problem: "is the importing account itself",
          remedy: "Leave the import out: an account's own subjects need none.",
        },
      ];
}

/**
 * Imports that the servers would not keep apart: a stream that is imported twice, which the static server refuses, and
 * services under one local subject, or of one account under overlapping ones, which the JWT library refuses.
 */
function collisionDiagnostics(entry: DeclaredImport, index: number, imports: readonly DeclaredImport[]): Diagnostic[] {
  const earlier = imports.findIndex((other, at) => at < index && other.type === entry.type && meets(entry, other));
  if (earlier < 0) {
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
          problem: `overlaps with the local subject of imports[${earlier}]`,
          remedy: "Give one of them another `localSubject`.",
        },
      ];
}

function meets(one: DeclaredImport, other: DeclaredImport): boolean {
  if (one.type === "stream") {
    return one.account === other.account && one.subject === other.subject;
  }
  const [a, b] = [localPatternOf(one), localPatternOf(other)];
  return a === b || (one.account === other.account && (takesIn(a, b) || takesIn(b, a)));
}

/** Says why an exporting account's exports do not allow an import, or undefined when they do. */
export function missingExportProblem(entry: DeclaredImport, exports: readonly Export[]): string | undefined {
  const matching = exports.filter(({ subject }) => covers(subject, entry.subject));
  if (matching.some(({ type }) => type === entry.type)) {
    return undefined;
  }
  const other = matching[0];
  if (other !== undefined) {
    return `is exported by account ${shown(entry.account)} as a ${other.type}, not as a ${entry.type}`;
  }
  const offered = exports.filter(({ type }) => type === entry.type).map(({ subject }) => shown(subject));
  const offer = offered.length === 0 ? `no ${entry.type}` : `the ${entry.type}s ${offered.join(", ")}`;
  return `is not exported by account ${shown(entry.account)}, which exports ${offer}`;
}

/** The same imports in a stable order, with nothing undefined. */
export function normalImports(imports: readonly Import[] | undefined): Import[] | undefined {
  const normal = (imports ?? []).map((entry) => defined<Import>({ ...entry }));
  return normal.length === 0
    ? undefined
    : sortedBy(normal, ({ subject, type, account }) => `${subject} ${type} ${account}`);
}
