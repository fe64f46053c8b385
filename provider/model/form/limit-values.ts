import type { Diagnostic } from "./diagnostics";
import { shown } from "./diagnostics";
import { bytesOf, NO_SIZE, normalSize, type Size } from "./quantities";
import { anything } from "./shape";
import { term, type Term } from "./terms";

/** The servers keep most limits as 32-bit numbers. */
export const LARGEST_LIMIT = 2 ** 31 - 1;

/** What to do about a limit that is none. */
const REMEDY = "Leave the limit out for unlimited.";

/** A limit that is a number of things. */
export const count: Term = term(anything, (value: number) => countDiagnostics(value));

/**
 * A limit that is an amount of data.
 *
 * @param largest the most bytes that the servers count
 */
export function size(largest = Number.MAX_SAFE_INTEGER): Term {
  return term(anything, (value: Size) => sizeDiagnostics(value, largest), normalSize);
}

function countDiagnostics(value: number): Diagnostic[] {
  const problem = `is not a limit; a limit is a whole number from 0 to ${LARGEST_LIMIT}`;
  return Number.isInteger(value) && value >= 0 && value <= LARGEST_LIMIT
    ? []
    : [{ path: "", value: shown(value), problem, remedy: REMEDY }];
}

function sizeDiagnostics(value: Size, largest: number): Diagnostic[] {
  const bytes = bytesOf(value);
  const problem = bytes === undefined ? NO_SIZE : `is more than ${largest} bytes, which is the most that servers count`;
  return bytes !== undefined && bytes <= largest ? [] : [{ path: "", value: shown(value), problem, remedy: REMEDY }];
}
