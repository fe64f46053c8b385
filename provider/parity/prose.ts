import { display } from "../diagnostics/diagnostic";

/** Formats a name for a sentence, in quotes unless it consists of letters, digits and a few other characters. */
export function quoteName(name: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_.:@-]*$/u.test(name) ? name : JSON.stringify(name);
}

/**
 * Formats a subject, address or similar text for a sentence, in quotes if it contains unusual characters. A report is also
 * created while a value has the wrong type.
 */
export function quoteText(text: string): string {
  if (typeof text !== "string") {
    return display(text);
  }
  return /^[\p{L}\p{N}\p{M}_.:@$*>/{}()+-]+$/u.test(text) ? text : JSON.stringify(text);
}

/** The number of values that a sentence lists before it counts the others. */
const MAX_LISTED = 5;

/** Joins values with a conjunction: `a, b or c`. Of many values, only the first are listed. */
export function joinSome(values: readonly string[], conjunction: "and" | "or"): string {
  const first = values.slice(0, MAX_LISTED).map(quoteText);
  const parts = values.length > MAX_LISTED ? [...first, formatCount(values.length - MAX_LISTED, "other")] : first;
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} ${conjunction} ${parts.at(-1) ?? ""}`;
}

/** Formats a count with its noun: `1 claim`, `2 claims`. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}
