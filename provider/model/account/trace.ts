import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../form/order";
import { anyValue, objectOf, stringShape } from "../form/shape";
import { hasWildcard, subjectProblem } from "../subjects/subjects";
import { term } from "../form/terms";

/** Tracing of messages whose headers request it (`traceparent`, with its sampled flag). */
export interface MessageTrace {
  /** Subject in the account that traces are published to. No wildcards. */
  readonly destination: string;
  /**
   * Percentage of such messages to trace, 1 to 100.
   *
   * @default 100
   */
  readonly sampling?: number;
}

/** Message tracing, as a term of an account. */
export const TRACE_TERM = term<MessageTrace>(
  objectOf<MessageTrace>({ destination: stringShape, sampling: anyValue }),
  ({ destination, sampling }) => [...destinationDiagnostics(destination), ...samplingDiagnostics(sampling)],
  ({ destination, sampling }) =>
    omitUndefined<MessageTrace>({ destination, sampling: sampling === 100 ? undefined : sampling }),
);

function destinationDiagnostics(destination: string): Diagnostic[] {
  const invalid = subjectProblem(destination);
  return diagnose({
    code: invalid === undefined ? "NA1610" : "NA1101",
    path: "destination",
    value: destination,
    problem: invalid ?? (hasWildcard(destination) ? "must not contain wildcards" : undefined),
    remedy: "Use a subject such as `traces`.",
  });
}

function samplingDiagnostics(sampling: number | undefined): Diagnostic[] {
  const isValid = sampling === undefined || (Number.isInteger(sampling) && sampling >= 1 && sampling <= 100);
  return diagnose({
    code: "NA1008",
    path: "sampling",
    value: sampling,
    problem: isValid ? undefined : "must be a whole number from 1 to 100 (percent)",
    remedy: "To trace every such message, remove the property.",
  });
}
