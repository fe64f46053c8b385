import type { ShareType } from "./exports";
import { omitUndefined, sortBy } from "../form/order";
import { anyValue, listOf, objectOf, optional, stringShape, booleanShape, type Shape } from "../form/shape";
import { ANY_TOKEN } from "../subjects/subjects";

/** An import without the exporting account. */
export interface ImportTerms {
  /**
   * Subject in the exporting account. `{{account-subject()}}` is replaced by the importing account's public key.
   */
  readonly subject: string;
  /** Type of the export: a stream to subscribe to, or a service to send requests to. */
  readonly type: ShareType;
  /**
   * Subject in the importing account. Contains each wildcard of `subject` once: either all as `*`, or all by number, `"$1"`
   * being the first `*`.
   *
   * @default `subject`
   */
  readonly localSubject?: string;
  /**
   * Display name, without effect on permissions.
   *
   * @default the subject
   */
  readonly name?: string;
  /**
   * Whether latency measurements in the exporting account include information about the requesting client. Services only.
   *
   * @default false
   */
  readonly share?: boolean;
  /**
   * Whether message traces of the exporting account include what happens in this account. Streams only; for services,
   * exporters set `allowTrace`.
   *
   * @default false
   */
  readonly allowTrace?: boolean;
}

/** An import from an account by name. Can be checked before any key exists. */
export interface DeclaredImport extends ImportTerms {
  /** Name of the exporting account. */
  readonly account: string;
}

/** An import from an account by public key, as configurations contain it. */
export interface Import extends ImportTerms {
  /** Public key (`A…`) of the exporting account. */
  readonly account: string;
  /**
   * Activation JWT for a private export, signed by the exporting account: the `jwt` of an `Activation`.
   *
   * @default none: the export is public
   */
  readonly token?: string;
}

/** The shapes of the properties of an import. Its type is checked separately. */
const TERMS: Readonly<Record<keyof ImportTerms, Shape>> = {
  subject: stringShape,
  type: anyValue,
  localSubject: optional(stringShape),
  name: optional(stringShape),
  share: optional(booleanShape),
  allowTrace: optional(booleanShape),
};

/** The shape of a list of imports by account name. */
export const IMPORTS: Shape = listOf(objectOf<DeclaredImport>({ account: stringShape, ...TERMS }));

/** The shape of a list of imports by public key. */
export const KEYED_IMPORTS: Shape = listOf(
  objectOf<Import>({ account: stringShape, ...TERMS, token: optional(stringShape) }),
);

/** Returns the subject of an import in the importing account. */
export function getLocalSubject({ subject, localSubject }: ImportTerms): string {
  return localSubject ?? subject;
}

/** A reference to a wildcard by number. The servers treat other notations, such as `$01`, differently. */
const REFERENCE = /^\$[1-9]\d*$/;

/** Returns the local subject with `*` in place of references such as `$1`. */
export function getLocalPattern(terms: ImportTerms): string {
  const tokens = getLocalSubject(terms).split(".");
  return tokens.map((token) => (REFERENCE.test(token) ? ANY_TOKEN : token)).join(".");
}

/** The template for the importing account's public key in the subject of an import. */
export const OWN_KEY = "{{account-subject()}}";

/** Returns the subject of an import with the importing account's public key in place of the template. */
export function resolveImportSubject({ subject }: Pick<ImportTerms, "subject">, importer: string): string {
  return subject.replaceAll(OWN_KEY, importer);
}

/** Returns imports in a stable order, without undefined properties and default values; undefined if there are none. */
export function normalizeImports(imports: readonly Import[] | undefined): Import[] | undefined {
  const normal = (imports ?? []).map(normalizeImport);
  return normal.length === 0
    ? undefined
    : sortBy(normal, ({ subject, type, account, localSubject }) => [subject, type, account, localSubject].join(" "));
}

function normalizeImport({ share, allowTrace, ...entry }: Import): Import {
  return omitUndefined<Import>({
    ...entry,
    share: share === true ? true : undefined,
    allowTrace: allowTrace === true ? true : undefined,
  });
}
