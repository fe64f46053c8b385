import { Section } from "./language/section";

/** True, or undefined: what is not so need not be said. */
export function onlyTrue(value: boolean | undefined): true | undefined {
  return value === true ? true : undefined;
}

/** A number, or undefined where it is zero: then it says nothing. */
export function unlessZero(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}

/** A number, or undefined where it is zero or the default: then it says nothing. */
export function unlessDefault(value: number, normal: number): number | undefined {
  return value === 0 || value === normal ? undefined : value;
}

/** A limit as the model has it: undefined where there is none. */
export function limitOf(value: number): number | undefined {
  return value < 0 ? undefined : value;
}

/** True when a value of JSON says nothing: null, zero, false, an empty text, and what holds nothing else. */
export function saysNothing(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Section)
    ? Object.values(value).every(saysNothing)
    : !value;
}

/** Nanoseconds, as tokens count time, in a text that says them exactly. */
export function durationOf(nanoseconds: number): string {
  return `${nanoseconds}ns`;
}

/** What servers take where response permissions say nothing: one answer, within two minutes. The model says nothing, too. */
export const DEFAULT_RESPONSES = { max: 1, nanoseconds: 120e9 } as const;
