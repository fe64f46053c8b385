import type { Diagnostic } from "./diagnostics";
import { shown } from "./diagnostics";
import type { Export, ShareType } from "./exports";
import { typeDiagnostics } from "./exports";
import { defined, sortedBy } from "./order";
import { covers, subjectProblem } from "./subjects";

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

/** The subject under which the importing account uses an import. */
export function localSubjectOf({ subject, localSubject }: ImportTerms): string {
  return localSubject ?? subject;
}

/** All that is wrong with a list of imports, seen from the importing account alone; paths start at the list. */
export function importsDiagnostics(importer: string, imports: readonly DeclaredImport[]): Diagnostic[] {
  return imports.flatMap((entry, index) => [
    ...termsDiagnostics(entry, `[${index}]`),
    ...selfDiagnostics(importer, entry, `[${index}]`),
    ...collisionDiagnostics(entry, index, imports),
  ]);
}

function termsDiagnostics(entry: ImportTerms, path: string): Diagnostic[] {
  const subjects = [["subject", entry.subject] as const, ["localSubject", entry.localSubject] as const];
  const found = subjects.flatMap(([property, subject]) => {
    const problem = subject === undefined ? undefined : subjectProblem(subject);
    return problem === undefined
      ? []
      : [
          {
            path: `${path}.${property}`,
            value: shown(subject),
            problem,
            remedy: "Write the subject that the other account exports.",
          },
        ];
  });
  return [...found, ...typeDiagnostics(entry.type, path)];
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

/** Two services under one local subject: the server would send a request to one of them, and nobody could say to which. */
function collisionDiagnostics(entry: DeclaredImport, index: number, imports: readonly DeclaredImport[]): Diagnostic[] {
  const local = localSubjectOf(entry);
  const earlier = imports.findIndex(
    (other, at) => at < index && other.type === entry.type && localSubjectOf(other) === local,
  );
  return earlier < 0 || (entry.type === "stream" && imports[earlier]?.account !== entry.account)
    ? []
    : [
        {
          path: `[${index}].${entry.localSubject === undefined ? "subject" : "localSubject"}`,
          value: shown(local),
          problem: `is the local subject of imports[${earlier}] already`,
          remedy: "Give one of them another `localSubject`.",
        },
      ];
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
