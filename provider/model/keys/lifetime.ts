import type { Diagnostic } from "../form/diagnostics";
import { shown } from "../form/diagnostics";
import { secondsOf, type Duration } from "../form/quantities";
import { optional, shaped, text } from "../form/shape";

/** From when and until when a user's credentials hold. */
export interface Lifetime {
  /**
   * How long credentials hold, from the update that makes them: `"90d"`. An update within {@link renewBefore} of their end
   * makes new ones of the same key; the old ones hold until their own end.
   *
   * @default for ever
   */
  readonly lifetime?: Duration;
  /**
   * How long before their end credentials are renewed by an update.
   *
   * @default a third of `lifetime`
   */
  readonly renewBefore?: Duration;
  /**
   * When credentials end once and for all, in UTC: `"2027-01-31"`, or with a time, `"2027-01-31T18:00:00Z"`. It stands in
   * the place of `lifetime`.
   */
  readonly expires?: string;
  /**
   * When credentials begin to hold, in UTC, written like `expires`.
   *
   * @default at once
   */
  readonly notBefore?: string;
}

/**
 * A date, or a date and a time with its zone: without one it would be the zone of whoever runs the program. No token is
 * older than this millennium, and a time of 0 would mean none.
 */
const TIME = /^(2\d{3}-\d\d-\d\d)(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/;

/** Seconds since 1970 of a date, or of a date and a time; undefined when it is neither. */
export function timeOf(text: string): number | undefined {
  const date = TIME.exec(text)?.[1];
  const milliseconds = date !== undefined && isInCalendar(date) ? Date.parse(text) : NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** `Date` takes the 31st of February for a day in March. */
function isInCalendar(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/** A time as it is shown: whole seconds, in UTC. */
export function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A time as it is shown, whatever way it was written. What is none stays as it is. */
export function normalTime(text: string): string {
  const seconds = timeOf(text);
  return seconds === undefined ? text : timeText(seconds);
}

/** All that is wrong with a lifetime; paths start at what it belongs to. What is undefined is not looked at. */
export function lifetimeDiagnostics({ lifetime, renewBefore, expires, notBefore }: Lifetime): Diagnostic[] {
  return [
    ...durationDiagnostics("lifetime", lifetime),
    ...durationDiagnostics("renewBefore", renewBefore),
    ...renewalDiagnostics(lifetime, renewBefore),
    ...timeDiagnostics("expires", expires),
    ...timeDiagnostics("notBefore", notBefore),
    ...orderDiagnostics(notBefore, expires),
    ...(lifetime === undefined || expires === undefined
      ? []
      : [
          {
            path: "expires",
            problem: "stands beside `lifetime`, which says another end",
            remedy: "Give one of the two.",
          },
        ]),
  ];
}

/** Seconds of a hundred years: what is meant to hold longer holds for ever. */
const LONGEST = 36_525 * 86_400;

function durationDiagnostics(path: string, duration: Duration | undefined): Diagnostic[] {
  const seconds = duration === undefined ? 1 : (secondsOf(duration) ?? 0);
  return seconds > 0 && seconds <= LONGEST
    ? []
    : [
        {
          path,
          value: shown(duration),
          problem: "is no length of time in whole seconds, from one second to a hundred years",
          remedy: 'Write one such as "90d" or "12h".',
        },
      ];
}

function renewalDiagnostics(lifetime: Duration | undefined, renewBefore: Duration | undefined): Diagnostic[] {
  if (renewBefore === undefined) {
    return [];
  }
  const problem =
    lifetime === undefined
      ? "stands without a `lifetime`, and what has none is not renewed"
      : "is not shorter than `lifetime`, so that every update would renew";
  const wrong = lifetime === undefined || (secondsOf(renewBefore) ?? 0) >= (secondsOf(lifetime) ?? Infinity);
  const remedy = "Give a `lifetime` that is longer, or leave `renewBefore` out.";
  return wrong ? [{ path: "renewBefore", value: shown(renewBefore), problem, remedy }] : [];
}

function timeDiagnostics(path: string, time: string | undefined): Diagnostic[] {
  const problem = "is no date, nor a date and a time with its zone";
  const remedy = 'Write one such as "2027-01-31" or "2027-01-31T18:00:00Z".';
  return shaped(path, optional(text), time, (is) =>
    is === undefined || timeOf(is) !== undefined ? [] : [{ path: "", value: shown(is), problem, remedy }],
  );
}

function orderDiagnostics(notBefore: string | undefined, expires: string | undefined): Diagnostic[] {
  const begin = notBefore === undefined ? undefined : timeOf(notBefore);
  const end = expires === undefined ? undefined : timeOf(expires);
  const problem = "is not before `expires`, so that the credentials would never hold";
  return begin === undefined || end === undefined || begin < end
    ? []
    : [{ path: "notBefore", value: shown(notBefore), problem, remedy: "Give an earlier time." }];
}

/** What is known of the credentials that there are. */
export type Held = Pick<Lifetime, "lifetime" | "expires">;

/**
 * When credentials end: those that there are as long as they need no renewal, else new ones.
 *
 * @param held what was said of the credentials that there are
 * @param given what is to be said now; it must be valid
 * @param now seconds since 1970
 */
export function expiryOf(held: Held, given: Lifetime, now: number): string | undefined {
  const lifetime = given.lifetime === undefined ? undefined : secondsOf(given.lifetime);
  if (lifetime === undefined) {
    return given.expires === undefined ? undefined : normalTime(given.expires);
  }
  const end = held.expires === undefined ? undefined : timeOf(held.expires);
  const same = held.lifetime !== undefined && secondsOf(held.lifetime) === lifetime;
  const renewBefore = given.renewBefore === undefined ? lifetime / 3 : (secondsOf(given.renewBefore) ?? 0);
  return same && end !== undefined && now < end - renewBefore ? timeText(end) : timeText(now + lifetime);
}

/** True when credentials hold at a time. Times that are none are no limit. */
export function holdsAt(now: number, { expires, notBefore }: Pick<Lifetime, "expires" | "notBefore">): boolean {
  return (
    now >= ((notBefore === undefined ? undefined : timeOf(notBefore)) ?? -Infinity) &&
    now < ((expires === undefined ? undefined : timeOf(expires)) ?? Infinity)
  );
}
