/** Nanoseconds of the units in which the tests' models say how long something takes. */
const NANOSECONDS: Readonly<Record<string, number>> = { ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** The nanoseconds of a duration of the tests' models: one number and one unit, or seconds. */
export function nanoseconds(duration: string | number): number {
  const { count = "", unit = "" } = /^(?<count>\d+)(?<unit>[a-z]+)$/.exec(String(duration))?.groups ?? {};
  return typeof duration === "number" ? duration * 1e9 : Number(count) * (NANOSECONDS[unit] ?? NaN);
}
