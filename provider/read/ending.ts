import type { Diagnostic } from "../model/form/diagnostics";
import { timeOf, timeText } from "../model/keys/lifetime";

/** The times in a JWT, in seconds since 1970; zero is none. */
export interface JwtTimes {
  /** From when it holds. */
  readonly notBefore?: number;
  /** Until when it holds. */
  readonly expires?: number;
}

/** The last second that a date can be of. */
const LATEST = 8.64e12;

/** A time of a JWT as a program says it; undefined where none can, since it is of another millennium. */
export function writtenTime(seconds: number): string | undefined {
  const text = Math.abs(seconds) > LATEST ? "" : timeText(seconds);
  return timeOf(text) === undefined ? undefined : text;
}

/** Names the times of a JWT that a program does not say of what it is about. */
export function ending(path: string, { notBefore = 0, expires = 0 }: JwtTimes, remedy: string): Diagnostic[] {
  const at = (seconds: number) => writtenTime(seconds) ?? `${seconds} seconds since 1970`;
  return [
    ...(notBefore === 0 ? [] : [{ path, problem: `has a JWT that holds from ${at(notBefore)} on`, remedy }]),
    ...(expires === 0 ? [] : [{ path, problem: `has a JWT that ends at ${at(expires)}`, remedy }]),
  ];
}
