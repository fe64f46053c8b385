import { parseTime, formatTime } from "../model/keys/lifetime";

/** The validity of a JWT, in Unix seconds; zero means no limit. */
export interface JwtTimes {
  /** When the JWT becomes valid. */
  readonly notBefore?: number;
  /** When the JWT expires. */
  readonly expires?: number;
}

/** The largest number of seconds that a JavaScript date can represent. */
const LAST_SECOND = 8.64e12;

/** Formats a time of a JWT as programs write it; undefined for a time outside of this millennium, which they cannot. */
export function formatProgramTime(seconds: number): string | undefined {
  const text = Math.abs(seconds) > LAST_SECOND ? "" : formatTime(seconds);
  return parseTime(text) === undefined ? undefined : text;
}

/** Formats a time of a JWT for messages. */
export function displayTime(seconds: number): string {
  return formatProgramTime(seconds) ?? `Unix time ${seconds}`;
}

/** Returns why servers reject a JWT because of its times, as a clause about the JWT. */
export function invalidTimeProblem({ notBefore = 0, expires = 0 }: JwtTimes, now: number): string | undefined {
  if (expires !== 0 && expires <= now) {
    return `expired at ${displayTime(expires)}`;
  }
  return notBefore > now ? `is not valid before ${displayTime(notBefore)}` : undefined;
}
