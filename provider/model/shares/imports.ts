import type { ShareType } from "./exports";
import { defined, sortedBy } from "../form/order";
import { anything, listOf, objectOf, optional, text, trueOrFalse, type Shape } from "../form/shape";
import { ANY_TOKEN } from "../subjects/subjects";

/** What an import says of itself, apart from the account it comes from. */
export interface ImportTerms {
  /**
   * The subject as the exporting account knows it. `{{account-subject()}}` in it stands for the importing account's public
   * key.
   */
  readonly subject: string;
  /** The kind of the export: a stream to subscribe to, or a service to send requests to. */
  readonly type: ShareType;
  /**
   * The subject under which the importing account uses it. Each wildcard of `subject` stands in it once: all as they are, or
   * each by its number: `"$1"` is the first `*`.
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
  /**
   * Whether the exporting account is told who asked, in the measurements of its service's latency. Services only.
   *
   * @default false
   */
  readonly share?: boolean;
  /**
   * Whether the exporting account's traces of messages show what happens to them in this account. Streams only; for
   * services, exporters say so.
   *
   * @default false
   */
  readonly allowTrace?: boolean;
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
  /**
   * The token by which the exporting account lets this one import a private export: the JWT of an `Activation`.
   *
   * @default none: the export is public
   */
  readonly token?: string;
}

/** The shape of what an import says. Types have rules of their own. */
const TERMS: Readonly<Record<keyof ImportTerms, Shape>> = {
  subject: text,
  type: anything,
  localSubject: optional(text),
  name: optional(text),
  share: optional(trueOrFalse),
  allowTrace: optional(trueOrFalse),
};

/** The shape of a list of declared imports. */
export const IMPORTS: Shape = listOf(objectOf<DeclaredImport>({ account: text, ...TERMS }));

/** The shape of a list of imports by keys. */
export const KEYED_IMPORTS: Shape = listOf(objectOf<Import>({ account: text, ...TERMS, token: optional(text) }));

/** The subject under which the importing account uses an import. */
export function localSubjectOf({ subject, localSubject }: ImportTerms): string {
  return localSubject ?? subject;
}

/** A token that stands for the wildcard of that number: `$1`. The servers' rules differ for odder ones such as `$01`. */
const REFERENCE = /^\$[1-9]\d*$/;

/** The local subject as a pattern: references are wildcards. */
export function localPatternOf(terms: ImportTerms): string {
  const tokens = localSubjectOf(terms).split(".");
  return tokens.map((token) => (REFERENCE.test(token) ? ANY_TOKEN : token)).join(".");
}

/** What stands for the importing account's public key in the subject of an import. */
export const OWN_KEY = "{{account-subject()}}";

/** An import's subject with the importing account's public key filled in. */
export function importedSubject({ subject }: Pick<ImportTerms, "subject">, importer: string): string {
  return subject.replaceAll(OWN_KEY, importer);
}

/** The same imports in a stable order, with nothing undefined, and nothing that says what holds without it. */
export function normalImports(imports: readonly Import[] | undefined): Import[] | undefined {
  const normal = (imports ?? []).map(normalImport);
  return normal.length === 0
    ? undefined
    : sortedBy(normal, ({ subject, type, account, localSubject }) => [subject, type, account, localSubject].join(" "));
}

function normalImport({ share, allowTrace, ...entry }: Import): Import {
  return defined<Import>({
    ...entry,
    share: share === true ? true : undefined,
    allowTrace: allowTrace === true ? true : undefined,
  });
}
