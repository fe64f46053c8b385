import type { Diagnostic } from "./diagnostics";
import { shown } from "./diagnostics";
import { defined, sortedBy } from "./order";
import { anything, listOf, objectOf, optional, text, type Shape } from "./shape";
import { hasWildcard, subjectProblem, takesIn } from "./subjects";

/** A stream is messages that importers may subscribe to; a service is requests that importers may send. */
export type ShareType = "stream" | "service";

/** The two kinds of exports and imports. */
export const SHARE_TYPES: readonly ShareType[] = ["stream", "service"];

/** Measuring how long a service takes to answer; each sample is a message in the exporting account. */
export interface ServiceLatency {
  /** Per cent of the requests to measure, 1 to 100, or `"headers"`: those whose headers ask for it. */
  readonly sampling: number | "headers";
  /** The subject that the measurements are published to; no wildcards. */
  readonly results: string;
}

/**
 * Something that an account lets other accounts use.
 *
 * @example
 * ```ts
 * { subject: "orders.place", type: "service", latency: { sampling: 100, results: "latency.orders" } }
 * ```
 */
export interface Export {
  /** The subject exported, wildcards included. */
  readonly subject: string;
  /** What is exported: the messages of a stream, or a service that answers requests. */
  readonly type: ShareType;
  /**
   * A name for people; it decides nothing.
   *
   * @default the subject
   */
  readonly name?: string;
  /**
   * Measures the service's latency. Services only.
   *
   * @default not measured
   */
  readonly latency?: ServiceLatency;
  /** What it is, for people. At most 8 KiB. */
  readonly description?: string;
}

/** Go's JWT library refuses descriptions longer than this many bytes. */
export const DESCRIPTION_BYTES = 8 * 1024;

const LATENCY: Shape = objectOf<ServiceLatency>({ sampling: anything, results: text });

/** The shape of a list of exports. Types and numbers have rules of their own. */
export const EXPORTS: Shape = listOf(
  objectOf<Export>({
    subject: text,
    type: anything,
    name: optional(text),
    latency: optional(LATENCY),
    description: optional(text),
  }),
);

/** All that is wrong with a list of exports; paths start at the list. */
export function exportsDiagnostics(exports: readonly Export[]): Diagnostic[] {
  return exports.flatMap((entry, index) => [
    ...exportDiagnostics(entry, `[${index}]`),
    ...overlapDiagnostics(entry, index, exports),
  ]);
}

function exportDiagnostics(entry: Export, path: string): Diagnostic[] {
  const problem = subjectProblem(entry.subject);
  return [
    ...(problem === undefined
      ? []
      : [{ path: `${path}.subject`, value: shown(entry.subject), problem, remedy: "Write the subject to export." }]),
    ...typeDiagnostics(entry.type, path),
    ...latencyDiagnostics(entry, `${path}.latency`),
    ...descriptionDiagnostics(entry.description, `${path}.description`),
  ];
}

/** Checks the type of an export or import: programs in plain JavaScript can write anything. */
export function typeDiagnostics(type: string, path: string): Diagnostic[] {
  return SHARE_TYPES.some((known) => known === type)
    ? []
    : [
        {
          path: `${path}.type`,
          value: shown(type),
          problem: 'is no type; the types are "stream" and "service"',
          remedy: "Write one of them.",
        },
      ];
}

/** Checks a text for people against the length that the JWT library allows. */
export function descriptionDiagnostics(description: string | undefined, path: string): Diagnostic[] {
  return description === undefined || new TextEncoder().encode(description).length <= DESCRIPTION_BYTES
    ? []
    : [
        {
          path,
          value: shown(description),
          problem: `is longer than ${DESCRIPTION_BYTES} bytes`,
          remedy: "Shorten it.",
        },
      ];
}

function latencyDiagnostics({ type, latency }: Export, path: string): Diagnostic[] {
  if (latency === undefined) {
    return [];
  }
  const found: Diagnostic[] = [];
  if (type === "stream") {
    found.push({ path, problem: "only a service has a latency", remedy: "Leave `latency` out, or export a service." });
  }
  const { sampling, results } = latency;
  if (sampling !== "headers" && !(Number.isInteger(sampling) && sampling >= 1 && sampling <= 100)) {
    const problem = 'is not a sampling; it is a whole number of per cent from 1 to 100, or "headers"';
    found.push({
      path: `${path}.sampling`,
      value: shown(sampling),
      problem,
      remedy: "Write 100 to measure every request.",
    });
  }
  const problem =
    subjectProblem(results) ?? (hasWildcard(results) ? "has a wildcard; measurements go to one subject" : undefined);
  if (problem !== undefined) {
    found.push({
      path: `${path}.results`,
      value: shown(results),
      problem,
      remedy: "Write a subject such as `latency.orders`.",
    });
  }
  return found;
}

/** The server cannot tell which of two overlapping exports of one type a message belongs to. */
function overlapDiagnostics(entry: Export, index: number, exports: readonly Export[]): Diagnostic[] {
  const other = exports.findIndex(
    (candidate, at) =>
      at !== index &&
      candidate.type === entry.type &&
      takesIn(candidate.subject, entry.subject) &&
      (at < index || candidate.subject !== entry.subject),
  );
  return other < 0
    ? []
    : [
        {
          path: `[${index}].subject`,
          value: shown(entry.subject),
          problem: `is already exported by exports[${other}] (${shown(exports[other]?.subject)}, ${entry.type})`,
          remedy: "Export each subject once.",
        },
      ];
}

/** The same exports in a stable order, with nothing undefined. */
export function normalExports(exports: readonly Export[] | undefined): Export[] | undefined {
  const normal = (exports ?? []).map((entry) => defined<Export>({ ...entry }));
  return normal.length === 0 ? undefined : sortedBy(normal, ({ subject, type }) => `${subject} ${type}`);
}
