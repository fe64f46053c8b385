import type { Diagnostic } from "../../diagnostics/diagnostic";
import { diagnose, display, prefixPaths } from "../../diagnostics/diagnostic";
import { omitUndefined, sortBy } from "../form/order";
import { listOf, objectOf, optional, stringShape, type Shape } from "../form/shape";
import { MORE_ZONES } from "./zone-names";

/** A daily time range. It can span midnight: from `"22:00:00"` to `"06:00:00"`. */
export interface TimeRange {
  /** Start: `"08:00:00"`. */
  readonly start: string;
  /** End: `"17:30:00"`. The server then closes the connections of the user. */
  readonly end: string;
}

/**
 * Times of day at which connections are accepted.
 *
 * Enforced in operator mode only (JWT `times`, `times_location`); static configuration has no equivalent.
 */
export interface Times {
  /** Daily time ranges. */
  readonly ranges: readonly TimeRange[];
  /**
   * Time zone, by its IANA name: `"Europe/Berlin"`. A server without data for the zone rejects every connection: it reads
   * `/usr/share/zoneinfo`, and images without an operating system support `"UTC"` only.
   *
   * @default the local time of the server, which is UTC in containers
   */
  readonly zone?: string;
}

/** The shape of times. */
export const TIMES: Shape = objectOf<Times>({
  ranges: listOf(objectOf<TimeRange>({ start: stringShape, end: stringShape })),
  zone: optional(stringShape),
});

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

/** Finds problems with times; paths start at them. */
export function timesDiagnostics({ ranges, zone }: Times): Diagnostic[] {
  return [
    ...prefixPaths("ranges", rangesDiagnostics(ranges)),
    ...diagnose({
      code: "NA1209",
      path: "zone",
      value: zone,
      problem: zone === undefined || isZone(zone) ? undefined : "is not a valid IANA time zone",
      remedy: 'Use a name such as "Europe/Berlin" or "UTC".',
    }),
  ];
}

function rangesDiagnostics(ranges: readonly TimeRange[]): Diagnostic[] {
  if (ranges.length === 0) {
    const problem = "is an empty list, which the operator server treats as any time";
    const remedy = "Add a range, or remove `times` to accept connections at any time.";
    return diagnose({ code: "NA1201", value: ranges, problem, remedy });
  }
  return ranges.flatMap((range, index) => prefixPaths(`[${index}]`, rangeDiagnostics(range)));
}

function rangeDiagnostics({ start, end }: TimeRange): Diagnostic[] {
  return [
    ...timeDiagnostics("start", start),
    ...timeDiagnostics("end", end),
    ...diagnose({
      code: "NA1208",
      problem: start === end ? `is empty: it starts and ends at ${display(start)}` : undefined,
      remedy: 'Choose a later end, such as "23:59:59".',
    }),
  ];
}

function timeDiagnostics(path: string, time: string): Diagnostic[] {
  const problem = TIME.test(time) ? undefined : "is not a valid time of day, with hours, minutes and seconds";
  return diagnose({ code: "NA1207", path, value: time, problem, remedy: 'Use a time such as "08:30:00".' });
}

/** True for the file name of a time zone. nats-server compares it with case, unlike JavaScript. */
function isZone(zone: string): boolean {
  return LISTED_ZONES.has(zone) || MORE_ZONES.has(zone);
}

/** The names that JavaScript lists. Others that it supports, such as PST, can be unknown to servers. */
const LISTED_ZONES: ReadonlySet<string> = new Set(Intl.supportedValuesOf("timeZone"));

/** Sorts the ranges. */
export function normalizeTimes({ ranges, zone }: Times): Times {
  const plain = ranges.map(({ start, end }) => ({ start, end }));
  return omitUndefined<Times>({ ranges: sortBy(plain, ({ start, end }) => `${start} ${end}`), zone });
}
