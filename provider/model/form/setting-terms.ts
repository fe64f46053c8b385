import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { LARGEST_LIMIT } from "./limit-values";
import { INVALID_DURATION, normalizeDuration, parseDuration, type Duration } from "./quantities";
import { anyValue, booleanShape } from "./shape";
import { term, type Term } from "./terms";

/** What to do about an invalid setting of a server. */
export const SETTING_REMEDY = "To use the server's default, remove the property.";

/** A setting that is a number of things, at least one. */
export function countSetting(largest = LARGEST_LIMIT): Term {
  return term(anyValue, (value: number) => {
    const isValid = Number.isInteger(value) && value >= 1 && value <= largest;
    const problem = isValid ? undefined : `must be a whole number from 1 to ${largest}`;
    return diagnose({ code: "NA1008", value, problem, remedy: SETTING_REMEDY });
  });
}

/**
 * A setting that is a duration, longer than zero.
 *
 * @param more finds further problems of a valid duration
 */
export function durationSetting(more: (nanoseconds: number, value: Duration) => Diagnostic[] = () => []): Term {
  const diagnostics = (value: Duration) => {
    const nanoseconds = parseDuration(value);
    if (nanoseconds === undefined) {
      return diagnose({ code: "NA1006", value, problem: INVALID_DURATION, remedy: SETTING_REMEDY });
    }
    const problem = "must not be zero, which servers treat as their default";
    return nanoseconds > 0
      ? more(nanoseconds, value)
      : diagnose({ code: "NA1007", value, problem, remedy: SETTING_REMEDY });
  };
  return term(anyValue, diagnostics, normalizeDuration);
}

/** A setting that is on or off; false has no effect. */
export const flagSetting: Term = term<boolean>(
  booleanShape,
  () => [],
  (isSet) => isSet || undefined,
);
