import type { Diagnostic } from "../../diagnostics/diagnostic";
import { diagnose } from "../../diagnostics/diagnostic";
import { INVALID_SIZE, parseSize, normalizeSize, type Size } from "./quantities";
import { anyValue } from "./shape";
import { term, type Term } from "./terms";

/** The largest limit: nats-server stores most of them as signed 32-bit integers. */
export const LARGEST_LIMIT = 2 ** 31 - 1;

const REMEDY = "To set no limit, remove the property.";

/** A limit that is a number of things. */
export const count: Term = term(anyValue, countDiagnostics);

/**
 * A limit that is an amount of data.
 *
 * @param largest the largest value that the servers support, in bytes
 */
export function size(largest = Number.MAX_SAFE_INTEGER): Term {
  return term(anyValue, (value: Size) => sizeDiagnostics(value, largest), normalizeSize);
}

function countDiagnostics(value: number): Diagnostic[] {
  const isValid = Number.isInteger(value) && value >= 0 && value <= LARGEST_LIMIT;
  const problem = isValid ? undefined : `must be a whole number from 0 to ${LARGEST_LIMIT}`;
  return diagnose({ code: "NA1008", value, problem, remedy: REMEDY });
}

function sizeDiagnostics(value: Size, largest: number): Diagnostic[] {
  const bytes = parseSize(value);
  if (bytes === undefined) {
    return diagnose({ code: "NA1005", value, problem: INVALID_SIZE, remedy: REMEDY });
  }
  const problem = bytes <= largest ? undefined : `must be at most ${largest} bytes`;
  return diagnose({ code: "NA1008", value, problem, remedy: REMEDY });
}
