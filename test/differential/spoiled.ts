import fc from "fast-check";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { FREE_USER } from "../support/arbitraries";
import { models } from "./models";
import { diagnosticsOf } from "./validation";

/** What stands in the place of something else: of another type, at the ends of what numbers can be, no text at all. */
const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    ...[NaN, Infinity, -Infinity, -0, -1, 0.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 1e300],
    ...[2n ** 63n, -(2n ** 63n), null, true, false, [], {}, Symbol("odd"), new Map(), () => "odd"],
  ),
  fc.constantFrom("", " ", "\ud800", "a.\udfff", "\0", "\u0085", "NaN", "-1", "9223372036854775808", "1e3", "0x10"),
  fc.constantFrom(
    "{{",
    "}}",
    "{{name()}}",
    "{{tag(x)}}",
    "{{name(",
    "$1",
    "$0",
    "$01",
    ">",
    ">.a",
    "a.>.b",
    "*.>",
    "a b c",
  ),
  fc.constantFrom("9999999999999PiB", "-5m", "5", "1h1h", "∞", "*", "_sys_", "$SYS.>", "__proto__", "constructor"),
  fc.constantFrom("*.".repeat(500) + ">", "a.".repeat(2_000) + "b", "x".repeat(70_000), "é".repeat(5_000)),
  fc.string({ unit: "binary", maxLength: 8 }),
);

/**
 * A model in which one value has been replaced by something else. Accounts are always made by this package, and their free
 * users by the trials: not these.
 */
export const spoiled = fc.tuple(models, fc.nat(), hostile).map(([model, place, value]) => {
  const places = placesIn(model).filter((path) => !isFreeUser(path));
  return withValue(model, places[place % places.length] ?? [], value) as AccountDeclaration[];
});

type Place = readonly (string | number)[];

function isFreeUser([, part, user = FREE_USER]: Place): boolean {
  return part === "users" && user === FREE_USER;
}

function placesIn(value: unknown, path: Place = []): Place[] {
  if (typeof value !== "object" || value === null) {
    return [path];
  }
  const inside = Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]));
  return path.length <= 1 ? inside : [path, ...inside];
}

function withValue(value: unknown, [key, ...rest]: Place, replacement: unknown): unknown {
  if (key === undefined) {
    return replacement;
  }
  const inner = (value as Record<string, unknown>)[key];
  if (Array.isArray(value)) {
    return value.with(Number(key), withValue(inner, rest, replacement));
  }
  return { ...(value as object), [key]: withValue(inner, rest, replacement) };
}

/** Models to try: valid ones, of which some have something in them that nobody would write. */
export const tried = fc.oneof(
  { weight: 5, arbitrary: models },
  { weight: 1, arbitrary: spoiled.filter((accounts) => diagnosticsOf(accounts).length === 0) },
);
