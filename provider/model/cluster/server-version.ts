/**
 * The first versions of nats-server that have a feature or a correction: one for each release line that received it, in
 * ascending order. Later lines have it, too.
 */
export type Since = readonly [string, ...string[]];

/** Major, minor and patch number; those that a text leaves out are missing. */
type Numbers = readonly number[];

/**
 * Returns whether nats-server has a feature or a correction in a version, such as `2.15.2`, `2.15` or `2.15.2-alpine`.
 *
 * @returns undefined if this depends on a part of the version that is missing
 */
export function hasSince(version: string, since: Since): boolean | undefined {
  const numbers = numbersIn(version);
  const [major, minor, patch] = numbers;
  const firsts = since.map(numbersIn);
  if (major === undefined || minor === undefined) {
    return undefined;
  }
  const ownLine = firsts.find((first) => first[0] === major && first[1] === minor);
  if (ownLine === undefined) {
    return isAfter(numbers, firsts.at(-1) ?? []);
  }
  const [, , first = 0] = ownLine;
  return patch === undefined ? first === 0 || undefined : patch >= first;
}

function isAfter(numbers: Numbers, other: Numbers): boolean {
  const differing = other.findIndex((number, index) => number !== numbers[index]);
  return (numbers[differing] ?? 0) > (other[differing] ?? 0);
}

function numbersIn(version: string): Numbers {
  const [found] = /(?<=^v?)\d+(?:\.\d+){0,2}/.exec(version) ?? [];
  return found === undefined ? [] : found.split(".").map(Number);
}

/** Formats versions for a sentence: `2.11.12, 2.12.4 or 2.14.0`. */
export function formatSince(since: Since, conjunction: "and" | "or"): string {
  const [last, ...others] = since.toReversed();
  return others.length === 0 ? String(last) : `${others.toReversed().join(", ")} ${conjunction} ${String(last)}`;
}

/**
 * Returns the nats-server version that the name of an image states, as in `nats:2.15.2-alpine`; undefined if the name states
 * none, or is not that of a nats-server image.
 */
export function versionOfImage(image: string): string | undefined {
  const name = image.slice(image.lastIndexOf("/") + 1).split("@")[0] ?? "";
  return /^nats(?:-server)?:v?(\d+\.\d+(?:\.\d+)?)(?![\w.])/.exec(name)?.[1];
}
