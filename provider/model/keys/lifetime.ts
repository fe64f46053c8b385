import { diagnose, display, type Diagnostic } from "../../diagnostics/diagnostic";
import { parseSeconds, type Duration } from "../form/quantities";
import { optional, checkShape, stringShape } from "../form/shape";

/** Validity period of a user's credentials. */
export interface Lifetime {
  /**
   * How long credentials are valid, from the update that signs them: `"90d"`. An update within {@link renewBefore} of their
   * expiry signs new ones for the same key; the old ones remain valid until they expire.
   *
   * @default unlimited
   */
  readonly lifetime?: Duration;
  /**
   * How long before they expire an update renews credentials.
   *
   * @default a third of `lifetime`
   */
  readonly renewBefore?: Duration;
  /**
   * Fixed expiry of the credentials, in UTC: `"2027-01-31"`, or with a time, `"2027-01-31T18:00:00Z"`. Cannot be combined
   * with `lifetime`.
   */
  readonly expires?: string;
  /**
   * When credentials become valid, in UTC, in the format of `expires`.
   *
   * @default immediately
   */
  readonly notBefore?: string;
}

/**
 * A date, or a date and a time with its zone: without a zone the time would depend on the machine that runs the program.
 * No token is older than the year 2000, and a time of 0 would mean no limit.
 */
const TIME = /^(2\d{3}-\d\d-\d\d)(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/;

/** Returns the Unix seconds of a date, or of a date and a time; undefined for any other text. */
export function parseTime(text: string): number | undefined {
  const date = TIME.exec(text)?.[1];
  const milliseconds = date !== undefined && isInCalendar(date) ? Date.parse(text) : NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** `Date` parses February 31 as a day in March. */
function isInCalendar(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/** Formats Unix seconds in the normal form: RFC 3339 in whole seconds, UTC. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Returns a time in its normal form. An invalid time remains unchanged. */
export function normalizeTime(text: string): string {
  const seconds = parseTime(text);
  return seconds === undefined ? text : formatTime(seconds);
}

/** Returns all problems with a lifetime; paths are relative to the object that contains it. Undefined properties are skipped. */
export function lifetimeDiagnostics({ lifetime, renewBefore, expires, notBefore }: Lifetime): Diagnostic[] {
  if ([lifetime, renewBefore, expires, notBefore].every((term) => term === undefined)) {
    return [];
  }
  return [
    ...durationDiagnostics("lifetime", lifetime),
    ...durationDiagnostics("renewBefore", renewBefore),
    ...renewalDiagnostics(lifetime, renewBefore),
    ...timeDiagnostics("expires", expires),
    ...timeDiagnostics("notBefore", notBefore),
    ...orderDiagnostics(notBefore, expires),
    ...exclusionDiagnostics(lifetime, expires),
  ];
}

/** The longest lifetime: 100 years in seconds. */
const MAX_SECONDS = 36_525 * 86_400;

function durationDiagnostics(path: string, value: Duration | undefined): Diagnostic[] {
  const seconds = value === undefined ? 1 : (parseSeconds(value) ?? 0);
  const isValid = seconds > 0 && seconds <= MAX_SECONDS;
  const problem = isValid ? undefined : "must be a duration in whole seconds, from one second to 100 years";
  return diagnose({ code: "NA1311", path, value, problem, remedy: 'Use a duration such as "90d" or "12h".' });
}

function renewalDiagnostics(lifetime: Duration | undefined, renewBefore: Duration | undefined): Diagnostic[] {
  const at = { path: "renewBefore", value: renewBefore };
  if (renewBefore === undefined) {
    return [];
  }
  if (lifetime === undefined) {
    const problem = "requires `lifetime`: credentials without a lifetime are never renewed";
    return diagnose({ code: "NA1314", ...at, problem, remedy: "Set `lifetime`, or remove `renewBefore`." });
  }
  const isShorter = (parseSeconds(renewBefore) ?? 0) < (parseSeconds(lifetime) ?? Infinity);
  const limit = `must be shorter than \`lifetime\` (${display(lifetime)}); otherwise every update renews the credentials`;
  const problem = isShorter ? undefined : limit;
  return diagnose({ code: "NA1315", ...at, problem, remedy: "Shorten `renewBefore`, or extend `lifetime`." });
}

function timeDiagnostics(path: string, time: string | undefined): Diagnostic[] {
  return checkShape(path, optional(stringShape), time, (value) => {
    const isValid = value === undefined || parseTime(value) !== undefined;
    const format = "is not a valid timestamp: it must be a date, or a date and a time with a time zone";
    const remedy = 'Use a timestamp such as "2027-01-31" or "2027-01-31T18:00:00Z".';
    return diagnose({ code: "NA1312", value, problem: isValid ? undefined : format, remedy });
  });
}

function orderDiagnostics(notBefore: string | undefined, expires: string | undefined): Diagnostic[] {
  const start = notBefore === undefined ? undefined : parseTime(notBefore);
  const end = expires === undefined ? undefined : parseTime(expires);
  const isEmpty = start !== undefined && end !== undefined && start >= end;
  if (!isEmpty) {
    return [];
  }
  const problem = `must be before \`expires\` (${display(expires)}); otherwise the credentials are never valid`;
  return diagnose({ code: "NA1316", path: "notBefore", value: notBefore, problem, remedy: "Choose an earlier time." });
}

function exclusionDiagnostics(lifetime: Duration | undefined, expires: string | undefined): Diagnostic[] {
  const areBothSet = lifetime !== undefined && expires !== undefined;
  const problem = areBothSet ? "cannot be combined with `lifetime`, which also determines the expiry" : undefined;
  return diagnose({ code: "NA1313", path: "expires", problem, remedy: "Remove one of the two." });
}

/** The lifetime and the expiry of the credentials from the last update. */
export type CurrentLifetime = Pick<Lifetime, "lifetime" | "expires">;

/**
 * Returns when credentials expire: the expiry of the current ones until they are due for renewal, then that of new ones.
 *
 * @param held the current credentials
 * @param given the lifetime that the program declares; must be valid
 * @param now Unix seconds
 */
export function getExpiry(held: CurrentLifetime, given: Lifetime, now: number): string | undefined {
  const lifetime = given.lifetime === undefined ? undefined : parseSeconds(given.lifetime);
  if (lifetime === undefined) {
    return given.expires === undefined ? undefined : normalizeTime(given.expires);
  }
  const end = held.expires === undefined ? undefined : parseTime(held.expires);
  const hasSameLifetime = held.lifetime !== undefined && parseSeconds(held.lifetime) === lifetime;
  const renewBefore = given.renewBefore === undefined ? lifetime / 3 : (parseSeconds(given.renewBefore) ?? 0);
  return hasSameLifetime && end !== undefined && now < end - renewBefore ? formatTime(end) : formatTime(now + lifetime);
}

/** Returns whether credentials are valid at a time, in Unix seconds. An invalid time sets no limit. */
export function isValidAt(now: number, { expires, notBefore }: Pick<Lifetime, "expires" | "notBefore">): boolean {
  return (
    now >= ((notBefore === undefined ? undefined : parseTime(notBefore)) ?? -Infinity) &&
    now < ((expires === undefined ? undefined : parseTime(expires)) ?? Infinity)
  );
}
