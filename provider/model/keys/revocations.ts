import type { Diagnostic } from "../form/diagnostics";
import { keyPath, shown } from "../form/diagnostics";
import { timeOf } from "./lifetime";
import { sortedEntries } from "../form/order";
import { anything, mapOf, type Shape } from "../form/shape";

/** A moment: seconds since 1970, or a date and time with its zone, such as `"2026-03-01T12:00:00Z"`. */
export type Moment = string | number;

/**
 * Tokens that do not hold any more, by whom they were issued to: the public key, or `"*"` for everyone. Those are revoked
 * that were issued at the moment or before.
 */
export type Revocations = Readonly<Record<string, Moment>>;

/** The key that stands for everyone. */
const EVERYONE = "*";

/** What a public key begins with: `A` for accounts, `U` for users. */
type KeyLetter = "A" | "U";

/** The shape of revocations. Moments have rules of their own. */
export const REVOCATIONS: Shape = mapOf(anything);

/** The seconds since 1970 of a moment, or undefined when it is none. */
export function momentSeconds(moment: Moment): number | undefined {
  // A date alone leaves open whether what was issued that day is revoked.
  const seconds = typeof moment === "string" && moment.includes("T") ? timeOf(moment) : (moment as number);
  return seconds !== undefined && Number.isSafeInteger(seconds) && seconds >= 0 ? seconds : undefined;
}

/** The keys in revocations that look like public keys of a kind; only a checksum tells more. */
export function revokedKeys(revocations: Revocations, letter: KeyLetter): string[] {
  const publicKey = new RegExp(`^${letter}[A-Z2-7]{55}$`);
  return Object.keys(revocations).filter((key) => publicKey.test(key));
}

/** All that is wrong with revocations; paths start at them. */
export function revocationsDiagnostics(revocations: Revocations, letter: KeyLetter): Diagnostic[] {
  const known = new Set([EVERYONE, ...revokedKeys(revocations, letter)]);
  return Object.entries(revocations).flatMap(([key, moment]) => {
    const path = keyPath("", key);
    const wrongKey = `is the key of nobody: it is a public key that begins with ${letter}, or "${EVERYONE}" for everyone`;
    const wrongTime =
      'is no moment; it is a number of seconds since 1970, or a date and time with its zone, such as "2026-03-01T12:00:00Z"';
    return [
      ...(known.has(key) ? [] : [{ path, problem: wrongKey, remedy: "Write the key whose tokens are revoked." }]),
      ...(momentSeconds(moment) === undefined
        ? [{ path, value: shown(moment), problem: wrongTime, remedy: "Write when the last revoked token was issued." }]
        : []),
    ];
  });
}

/** The same revocations in seconds, in the order of their keys; undefined when there are none. */
export function normalRevocations(revocations: Revocations): Revocations | undefined {
  const normal = sortedEntries(revocations).map(([key, moment]): [string, Moment] => [
    key,
    momentSeconds(moment) ?? moment,
  ]);
  return normal.length === 0 ? undefined : Object.fromEntries(normal);
}

/** The second up to which tokens of a public key are revoked; undefined where none are. */
export function revokedUntil(revocations: Revocations, publicKey: string): number | undefined {
  const until = [revocations[publicKey], revocations[EVERYONE]].flatMap((moment) =>
    moment === undefined ? [] : (momentSeconds(moment) ?? []),
  );
  return until.length === 0 ? undefined : Math.max(...until);
}

/** The same revocations, and everyone's tokens that were issued at a moment or before. */
export function withEveryone(revocations: Revocations, moment: Moment): Revocations {
  const before = revocations[EVERYONE];
  const later = before !== undefined && (momentSeconds(before) ?? 0) > (momentSeconds(moment) ?? Infinity);
  return { ...revocations, [EVERYONE]: later ? before : moment };
}
