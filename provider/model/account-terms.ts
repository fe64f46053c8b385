import type { Diagnostic } from "./diagnostics";
import { exportsDiagnostics } from "./export-checks";
import { EXPORTS, normalExports, type Export } from "./exports";
import { infoDiagnostics, type Info } from "./info";
import { LIMITS, limitsDiagnostics, normalLimits, type AccountLimits } from "./limits";
import { defined } from "./order";
import { fits, optional, shaped, text, type Shape } from "./shape";

/** What an account says of itself, apart from users and imports. */
export interface AccountTerms extends Info {
  /** What the account lets other accounts use. */
  readonly exports?: readonly Export[];
  /** What the account may use at most. */
  readonly limits?: AccountLimits;
}

/** How one of the terms is checked and written. What they are given has the shape already. */
interface Term {
  readonly shape: Shape;
  /** All that is wrong with it; paths start at it. */
  readonly diagnostics: (value: unknown) => Diagnostic[];
  /** Its normal form: stable in its order, and undefined where it says nothing. */
  readonly normal: (value: unknown) => unknown;
}

function term<T>(
  shape: Shape,
  diagnostics: (value: T) => Diagnostic[],
  normal: (value: T) => T | undefined = (value) => value,
): Term {
  return {
    shape,
    diagnostics: (value) => diagnostics(value as T),
    normal: (value) => normal(value as T),
  };
}

/** Everything that an account can say, in the order in which problems are listed. */
const TERMS: Readonly<Record<keyof AccountTerms, Term>> = {
  exports: term(EXPORTS, exportsDiagnostics, normalExports),
  limits: term(LIMITS, limitsDiagnostics, normalLimits),
  description: term(text, (description: string) => atRoot(infoDiagnostics({ description }))),
  infoUrl: term(text, (infoUrl: string) => atRoot(infoDiagnostics({ infoUrl }))),
};

/** The names of all terms of an account. */
export const ACCOUNT_TERMS = Object.keys(TERMS) as readonly (keyof AccountTerms)[];

/** A value for each of the terms of an account. */
export function eachTerm<T>(of: (name: keyof AccountTerms) => T): Record<keyof AccountTerms, T> {
  return Object.fromEntries(ACCOUNT_TERMS.map((name) => [name, of(name)])) as Record<keyof AccountTerms, T>;
}

/** The shape of each term. */
export const TERM_SHAPES: Readonly<Record<keyof AccountTerms, Shape>> = eachTerm((name) => optional(TERMS[name].shape));

/** All that is wrong with the terms of an account, their shapes too. */
export function termsDiagnostics(terms: AccountTerms): Diagnostic[] {
  return ACCOUNT_TERMS.flatMap((name) =>
    shaped(name, TERM_SHAPES[name], terms[name], (value) =>
      value === undefined ? [] : TERMS[name].diagnostics(value),
    ),
  );
}

/**
 * The terms in their normal form, which is undefined where they say nothing. A term of another shape than it should have
 * stays as it is: nothing is known of it yet.
 */
export function normalTerms(terms: AccountTerms): AccountTerms {
  const normal = eachTerm((name) => {
    const { shape, normal: normalForm } = TERMS[name];
    return fits(shape, terms[name]) ? normalForm(terms[name]) : terms[name];
  });
  return defined<AccountTerms>(normal as AccountTerms);
}

function atRoot(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((found) => ({ ...found, path: "" }));
}
