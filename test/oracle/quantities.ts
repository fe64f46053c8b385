/** Nanoseconds of the units of durations in the tests' models. */
const NANOSECONDS: Readonly<Record<string, number>> = { ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Returns the nanoseconds of a duration in the tests' models: whole numbers of units, or seconds. */
export function nanoseconds(duration: string | number): number {
  if (typeof duration === "number") {
    return duration * 1e9;
  }
  const parts = Array.from(
    duration.matchAll(/(\d+)([a-z]+)/g),
    ([, count, unit = ""]) => Number(count) * (NANOSECONDS[unit] ?? NaN),
  );
  return parts.reduce((sum, part) => sum + part, 0);
}
