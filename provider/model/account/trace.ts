import type { Diagnostic } from "../form/diagnostics";
import { shown } from "../form/diagnostics";
import { defined } from "../form/order";
import { anything, objectOf, text } from "../form/shape";
import { hasWildcard, subjectProblem } from "../subjects/subjects";
import { term } from "../form/terms";

/**
 * Where the servers tell what became of messages whose headers ask for it (`traceparent`, with its flag for sampling).
 */
export interface MessageTrace {
  /** The subject that traces are published to, in the account; no wildcards. */
  readonly destination: string;
  /**
   * How many of a hundred such messages are traced, 1 to 100.
   *
   * @default 100
   */
  readonly sampling?: number;
}

/** The message trace of an account, as one of its terms. */
export const TRACE_TERM = term<MessageTrace>(
  objectOf<MessageTrace>({ destination: text, sampling: anything }),
  traceDiagnostics,
  ({ destination, sampling }) =>
    defined<MessageTrace>({ destination, sampling: sampling === 100 ? undefined : sampling }),
);

function traceDiagnostics({ destination, sampling }: MessageTrace): Diagnostic[] {
  const found: Diagnostic[] = [];
  const problem =
    subjectProblem(destination) ??
    (hasWildcard(destination) ? "has a wildcard; traces are published to one subject" : undefined);
  if (problem !== undefined) {
    const remedy = "Write a subject such as `traces`.";
    found.push({ path: "destination", value: shown(destination), problem, remedy });
  }
  if (sampling !== undefined && !(Number.isInteger(sampling) && sampling >= 1 && sampling <= 100)) {
    const none = "is not a sampling; it is a whole number of per cent from 1 to 100";
    found.push({ path: "sampling", value: shown(sampling), problem: none, remedy: "Leave it out to trace them all." });
  }
  return found;
}
