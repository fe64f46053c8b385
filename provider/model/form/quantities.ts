/**
 * A duration: numbers with the units `ns`, `us`, `ms`, `s`, `m`, `h` and `d` (24 hours), such as `"250ms"`, `"5m"` or
 * `"1h30m"`; or a number of seconds.
 */
export type Duration = string | number;

/**
 * An amount of data: a number with one of the units `B`, `KiB`, `MiB`, `GiB`, `TiB` and `PiB`, such as `"512KiB"` or
 * `"1.5GiB"`; or a number of bytes. Units such as `KB` are rejected as ambiguous: 1,000 bytes by definition, 1,024 bytes to
 * nats-server.
 */
export type Size = string | number;

/** The time units in nanoseconds, longest first. */
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
/** The units of whole seconds, in seconds. */
const LONG_UNITS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };
/** The units of normalized durations: those that nats-server parses. */
const SERVER_UNITS = ["h", "m", "s", "ms", "us", "ns"] as const;

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

/** Parses a duration into whole nanoseconds. Returns undefined when it is invalid, fractional or above 104 days. */
export function parseDuration(duration: Duration): number | undefined {
  return wholeSum(typeof duration === "number" ? `${duration}s` : duration, TIME_UNITS);
}

/** Parses a duration of any length into whole seconds. Returns undefined when it is invalid or fractional. */
export function parseSeconds(duration: Duration): number | undefined {
  return wholeSum(typeof duration === "number" ? `${duration}s` : duration, LONG_UNITS);
}

/** Parses a size into whole bytes. Returns undefined when it is invalid, fractional or at least 8 PiB. */
export function parseSize(size: Size): number | undefined {
  return wholeSum(typeof size === "number" ? `${size}B` : size, SIZE_UNITS);
}

function wholeSum(text: string, units: Readonly<Record<string, number>>): number | undefined {
  // Programs in plain JavaScript can pass values of any type.
  if (typeof text !== "string" || !PARTS.test(text)) {
    return undefined;
  }
  const amounts = [...text.matchAll(PART)].map(([, count, unit = ""]) =>
    Object.hasOwn(units, unit) ? product(count ?? "", units[unit] ?? NaN) : NaN,
  );
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  return Number.isSafeInteger(sum) ? sum : undefined;
}

/** Multiplies a decimal by an integer. Returns the exact product, or NaN when it is not whole. */
function product(decimal: string, factor: number): number {
  const [whole = "", fraction = ""] = decimal.split(".");
  const scaled = BigInt(whole + fraction) * BigInt(factor);
  const scale = 10n ** BigInt(fraction.length);
  return scaled % scale === 0n ? Number(scaled / scale) : NaN;
}

/** The problem of an invalid duration (NA1006). */
export const INVALID_DURATION =
  'is not a valid duration; use a string such as "500ms" or "1h30m" or a number of seconds, at most 104 days';

/** The problem of an invalid size (NA1005). */
export const INVALID_SIZE =
  'is not a valid size; use a string such as "512KiB" or a whole number of bytes, less than 8 PiB';

/**
 * Normalizes a duration to one unit that nats-server parses: `"90s"` for `"1m30s"`. Returns invalid and unknown values
 * unchanged.
 */
export function normalizeDuration(duration: Duration): Duration {
  const nanoseconds = parseDuration(duration);
  if (nanoseconds === undefined) {
    return duration;
  }
  const unit = SERVER_UNITS.find((name) => nanoseconds % (TIME_UNITS[name] ?? 1) === 0) ?? "ns";
  return nanoseconds === 0 ? "0s" : `${nanoseconds / (TIME_UNITS[unit] ?? 1)}${unit}`;
}

/** Normalizes a size to bytes. Returns invalid and unknown values unchanged. */
export function normalizeSize(size: Size): Size {
  return parseSize(size) ?? size;
}
