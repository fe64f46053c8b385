import { Section } from "../language/section";
import { isRecord } from "../model/form/shape";
import type { Notes } from "./notes";

/** The default of weights and sampling rates, in percent. */
export const ALL_PERCENT = 100;

/** What servers apply to response permissions without values: one response within two minutes. */
export const DEFAULT_RESPONSES = { max: 1, nanoseconds: 120e9 } as const;

/** What to do about a user or role without a unique name. */
export const NAMED_BY_KEY = "It is named by its public key here; rename it if necessary.";

/** What to do about a user or role without a listener. */
export const ADD_STANDARD = "To adopt it, add `STANDARD` to its connection types, or remove them.";

/** Returns true, or undefined for false, which is the default. */
export function falseToUndefined(value: boolean | undefined): true | undefined {
  return value === true ? true : undefined;
}

/** Returns a number, or undefined for zero, which servers take for "not set". */
export function zeroToUndefined(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}

/** Returns a number, or undefined for zero and for the default. */
export function defaultToUndefined(value: number, normal: number): number | undefined {
  return value === 0 || value === normal ? undefined : value;
}

/** Converts a limit to the model, in which undefined means unlimited. Any negative number is unlimited to servers. */
export function toLimit(value: number): number | undefined {
  return value < 0 ? undefined : value;
}

/** True for a value without content: null, zero, false, an empty string, and objects and lists of nothing else. */
export function isEmptyValue(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Section)
    ? Object.values(value).every(isEmptyValue)
    : !value;
}

/** True for the zero value of Go: null, zero, false, an empty string, and objects of nothing else. */
export function isZeroValue(value: unknown): boolean {
  return isRecord(value) ? Object.values(value).every(isZeroValue) : !value;
}

/** Formats nanoseconds, the unit of durations in JWTs. */
export function formatNanoseconds(nanoseconds: number): string {
  return `${nanoseconds}ns`;
}

/** Parses a percentage: a whole number, or a string such as `"50%"`. */
export function parsePercent(value: unknown, path: string, notes: Notes): number {
  const percent = typeof value === "string" && /^\d+%?$/.test(value) ? Number.parseInt(value, 10) : value;
  if (!Number.isSafeInteger(percent)) {
    notes.wrong("NA3014", path, 'must be a whole number of percent, such as 50 or "50%"');
  }
  return Number(percent);
}
