import type { Diagnostic } from "./diagnostics";
import { exportsDiagnostics } from "./export-checks";
import { EXPORTS, normalExports, type Export } from "./exports";
import { infoDiagnostics, type Info } from "./info";
import { LIMITS, limitsDiagnostics, normalLimits, type AccountLimits } from "./limits";
import { optional, text, type Shape } from "./shape";
import { term, Terms } from "./terms";

/** What an account says of itself, apart from users and imports. */
export interface AccountTerms extends Info {
  /** What the account lets other accounts use. */
  readonly exports?: readonly Export[];
  /** What the account may use at most. */
  readonly limits?: AccountLimits;
}

/** Everything that an account can say, in the order in which problems are listed. */
const TERMS = new Terms<AccountTerms>({
  exports: term(EXPORTS, exportsDiagnostics, normalExports),
  limits: term(LIMITS, limitsDiagnostics, normalLimits),
  description: term(text, (description: string) => atRoot(infoDiagnostics({ description }))),
  infoUrl: term(text, (infoUrl: string) => atRoot(infoDiagnostics({ infoUrl }))),
});

/** The names of all terms of an account. */
export const ACCOUNT_TERMS = TERMS.names;

/** A value for each of the terms of an account. */
export function eachTerm<T>(of: (name: keyof AccountTerms) => T): Record<keyof AccountTerms, T> {
  return TERMS.each(of);
}

/** The shape of each term. */
export const TERM_SHAPES: Readonly<Record<keyof AccountTerms, Shape>> = eachTerm((name) =>
  optional(TERMS.table[name].shape),
);

/** All that is wrong with the terms of an account, their shapes too. */
export function termsDiagnostics(terms: AccountTerms): Diagnostic[] {
  return TERMS.diagnostics(terms);
}

/**
 * The terms, and nothing else, in their normal form, which is undefined where they say nothing. A term of another shape
 * than it should have stays as it is: nothing is known of it yet.
 */
export function normalTerms(terms: AccountTerms): AccountTerms {
  return TERMS.normal(eachTerm((name) => terms[name]) as AccountTerms);
}

function atRoot(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((found) => ({ ...found, path: "" }));
}
