import type { ImportTerms } from "../shares/imports";

/** An import with a name in place of a key. */
export interface NamedImport extends ImportTerms {
  /** Name of the exporting account, if the program knows it. */
  readonly account?: string;
}

/** The names of other accounts, in place of keys that a preview may not know. */
export interface NamedAccounts {
  /** The imports, each with the name of the exporting account, if the program knows it. */
  readonly imports?: readonly NamedImport[];
  /** The names in `authorization.allowedAccounts`. */
  readonly allowedAccounts?: "*" | readonly string[];
}
