import type { Diagnostic } from "../form/diagnostics";
import { shown, under } from "../form/diagnostics";
import { defined, sortedBy } from "../form/order";
import { listOf, objectOf, optional, text, type Shape } from "../form/shape";
import { MORE_ZONES } from "./zone-names";

/** A part of each day, in which one may be connected. It may go over midnight: from `"22:00:00"` to `"06:00:00"`. */
export interface TimeRange {
  /** When it begins: `"08:00:00"`. */
  readonly start: string;
  /** When it ends: `"17:30:00"`. Who is connected then is disconnected. */
  readonly end: string;
}

/**
 * The times of day at which one may be connected.
 *
 * The operator server alone keeps them (JWT `times`, `times_location`); a static configuration has no word for them.
 */
export interface Times {
  /** The parts of each day. */
  readonly ranges: readonly TimeRange[];
  /**
   * The time zone, by its IANA name: `"Europe/Berlin"`. A server that has no data of the zone lets nobody in: it finds
   * them in its system's `/usr/share/zoneinfo`; images without a system know `"UTC"` alone.
   *
   * @default the server's own local time, which in containers is UTC
   */
  readonly zone?: string;
}

/** The shape of times. */
export const TIMES: Shape = objectOf<Times>({
  ranges: listOf(objectOf<TimeRange>({ start: text, end: text })),
  zone: optional(text),
});

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

/** All that is wrong with times; paths start at them. */
export function timesDiagnostics({ ranges, zone }: Times): Diagnostic[] {
  return [
    ...under("ranges", rangesDiagnostics(ranges)),
    ...(zone === undefined || isZone(zone)
      ? []
      : [
          {
            path: "zone",
            value: shown(zone),
            problem: "is no time zone; zones have the names of the IANA database",
            remedy: 'Write a name such as "Europe/Berlin" or "UTC".',
          },
        ]),
  ];
}

function rangesDiagnostics(ranges: readonly TimeRange[]): Diagnostic[] {
  if (ranges.length === 0) {
    const problem = "is an empty list, by which the server would let everybody in at any time";
    return [{ path: "", value: "[]", problem, remedy: "Write a range, or leave `times` out." }];
  }
  return ranges.flatMap(({ start, end }, index) => [
    ...timeDiagnostics(`[${index}].start`, start),
    ...timeDiagnostics(`[${index}].end`, end),
    ...(start === end
      ? [
          {
            path: `[${index}]`,
            value: `${shown(start)} to ${shown(end)}`,
            problem: "is no time at all",
            remedy: 'End it later, such as "23:59:59".',
          },
        ]
      : []),
  ]);
}

function timeDiagnostics(path: string, time: string): Diagnostic[] {
  const problem = "is no time of day; it has hours, minutes and seconds";
  const remedy = 'Write two digits for each, such as "08:30:00".';
  return TIME.test(time) ? [] : [{ path, value: shown(time), problem, remedy }];
}

/** True for the name of a time zone as its file has it: servers tell capitals apart, and JavaScript does not. */
function isZone(zone: string): boolean {
  return LISTED_ZONES.has(zone) || MORE_ZONES.has(zone);
}

/** Names that JavaScript knows and does not list may be its own alone, such as PST. */
const LISTED_ZONES: ReadonlySet<string> = new Set(Intl.supportedValuesOf("timeZone"));

/** The same times with the ranges in a stable order. */
export function normalTimes({ ranges, zone }: Times): Times {
  const plain = ranges.map(({ start, end }) => ({ start, end }));
  return defined<Times>({ ranges: sortedBy(plain, ({ start, end }) => `${start} ${end}`), zone });
}
