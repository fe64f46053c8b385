/**
 * A length of time as people write it: numbers with units, `"250ms"`, `"5m"`, `"1h30m"`, the units being `ns`, `us`, `ms`,
 * `s`, `m`, `h` and `d` (24 hours); or a number of seconds.
 */
export type Duration = string | number;

/**
 * An amount of data as people write it: a number with a unit, `"512KiB"`, `"1.5GiB"`, the units being `B`, `KiB`, `MiB`,
 * `GiB`, `TiB` and `PiB`; or a number of bytes. `KB` and the like are refused: to some they are 1,000 bytes, to the
 * servers 1,024.
 */
export type Size = string | number;

/** Nanoseconds of each unit, the longest first. */
const TIME_UNITS: Readonly<Record<string, number>> = {
  d: 86_400e9,
  h: 3_600e9,
  m: 60e9,
  s: 1e9,
  ms: 1e6,
  us: 1e3,
  µs: 1e3,
  ns: 1,
};
/** Seconds of each unit of which one can be made up. */
const LONG_UNITS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };
/** The units of a duration's normal form: those that the servers read. */
const WRITTEN_UNITS = ["h", "m", "s", "ms", "us", "ns"] as const;

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  PiB: 2 ** 50,
};

const PART = /(\d+(?:\.\d+)?)([a-zµ]+)/giu;
const PARTS = /^(\d+(\.\d+)?[a-zµ]+)+$/iu;

/** The nanoseconds of a duration, or undefined when it is none, or has a part of a nanosecond, or too many. */
export function nanosecondsOf(duration: Duration): number | undefined {
  return wholeSum(typeof duration === "number" ? `${duration}s` : duration, TIME_UNITS);
}

/** The seconds of a duration, or undefined when it is none, or not a whole number of them. It may be longer than others. */
export function secondsOf(duration: Duration): number | undefined {
  return wholeSum(typeof duration === "number" ? `${duration}s` : duration, LONG_UNITS);
}

/** The bytes of a size, or undefined when it is none, or has a part of a byte, or too many. */
export function bytesOf(size: Size): number | undefined {
  return wholeSum(typeof size === "number" ? `${size}B` : size, SIZE_UNITS);
}

function wholeSum(text: string, units: Readonly<Record<string, number>>): number | undefined {
  // Programs in plain JavaScript can write anything.
  if (typeof text !== "string" || !PARTS.test(text)) {
    return undefined;
  }
  const amounts = [...text.matchAll(PART)].map(([, count, unit = ""]) =>
    // In thousandths, whole numbers are exact where a product of fractions is not.
    Object.hasOwn(units, unit) ? product(count ?? "", units[unit] ?? NaN) : NaN,
  );
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  return Number.isSafeInteger(sum) ? sum : undefined;
}

/** A decimal number times a whole one, exact as long as the result is a whole number that JavaScript can hold. */
function product(decimal: string, factor: number): number {
  const [whole = "", fraction = ""] = decimal.split(".");
  const scaled = BigInt(whole + fraction) * BigInt(factor);
  const scale = 10n ** BigInt(fraction.length);
  return scaled % scale === 0n ? Number(scaled / scale) : NaN;
}

/** The problem with what is no duration, as a clause. */
export const NO_DURATION =
  'is no length of time; it is a text such as "500ms", "5m" or "1h30m", or a number of seconds, and at most 104 days';

/** The problem with what is no size, as a clause. */
export const NO_SIZE =
  'is no amount of data; it is a text such as "512KiB" or "1GiB", or a whole number of bytes, and less than 8 PiB';

/**
 * The duration in its normal form, in one unit that the servers read, too: `"90s"` for `"1m30s"`. What is no duration, or
 * not known yet, stays as it is.
 */
export function normalDuration(duration: Duration): Duration {
  const nanoseconds = nanosecondsOf(duration);
  if (nanoseconds === undefined) {
    return duration;
  }
  const unit = WRITTEN_UNITS.find((name) => nanoseconds % (TIME_UNITS[name] ?? 1) === 0) ?? "ns";
  return nanoseconds === 0 ? "0s" : `${nanoseconds / (TIME_UNITS[unit] ?? 1)}${unit}`;
}

/** The size in its normal form, in bytes. What is no size, or not known yet, stays as it is. */
export function normalSize(size: Size): Size {
  return bytesOf(size) ?? size;
}
