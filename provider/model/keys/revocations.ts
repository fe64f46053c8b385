import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { hasKeyFormat, type KeyLetter } from "./key-format";
import { parseTime } from "./lifetime";
import { sortEntries } from "../form/order";
import { anyValue, mapOf, type Shape } from "../form/shape";

/** A timestamp: Unix seconds, or RFC 3339 with a time zone, such as `"2026-03-01T12:00:00Z"`. */
export type Timestamp = string | number;

/**
 * Revoked tokens, by the public key that they were issued to, or `"*"` for every key. A revocation applies to tokens that
 * were issued at its timestamp or before.
 */
export type Revocations = Readonly<Record<string, Timestamp>>;

/** The key of a revocation that applies to every public key. */
export const EVERY_KEY = "*";

/** The shape of revocations. Their timestamps are checked separately. */
export const REVOCATIONS: Shape = mapOf(anyValue);

/** Returns a timestamp in Unix seconds, or undefined if it is not valid. */
export function parseTimestamp(moment: Timestamp): number | undefined {
  // With a date alone it would be ambiguous whether tokens of that day are revoked.
  const seconds = typeof moment === "string" && moment.includes("T") ? parseTime(moment) : (moment as number);
  return seconds !== undefined && Number.isSafeInteger(seconds) && seconds >= 0 ? seconds : undefined;
}

/** Returns the keys of revocations that have the format of a public key. Their checksums are not verified. */
export function getRevokedKeys(revocations: Revocations, letter: KeyLetter): string[] {
  return Object.keys(revocations).filter((key) => hasKeyFormat(letter, key));
}

/** Returns all problems with revocations; paths are relative to them. */
export function revocationsDiagnostics(revocations: Revocations, letter: KeyLetter): Diagnostic[] {
  return Object.entries(revocations).flatMap(([key, moment]) => {
    const path = keyPath("", key);
    return [...keyDiagnostics(path, key, letter), ...momentDiagnostics(path, moment)];
  });
}

function keyDiagnostics(path: string, key: string, letter: KeyLetter): Diagnostic[] {
  const kind = letter === "A" ? "an account" : "a user";
  const format = `is not a valid revocation key: it must be ${kind} public key, which begins with ${letter}, or "${EVERY_KEY}"`;
  const problem = key === EVERY_KEY || hasKeyFormat(letter, key) ? undefined : format;
  const remedy = `Use the public key that the revoked tokens were issued to, or "${EVERY_KEY}" for all keys.`;
  return diagnose({ code: "NA1331", path, problem, remedy });
}

function momentDiagnostics(path: string, value: Timestamp): Diagnostic[] {
  const format = "is not a valid timestamp: it must be Unix seconds, or a date and a time with a time zone";
  const problem = parseTimestamp(value) === undefined ? format : undefined;
  const remedy = 'Use the time at which the last revoked token was issued, such as "2026-03-01T12:00:00Z".';
  return diagnose({ code: "NA1312", path, value, problem, remedy });
}

/** Returns revocations in Unix seconds, in the order of their keys; undefined if there are none. */
export function normalizeRevocations(revocations: Revocations): Revocations | undefined {
  const normal = sortEntries(revocations).map(([key, moment]): [string, Timestamp] => [
    key,
    parseTimestamp(moment) ?? moment,
  ]);
  return normal.length === 0 ? undefined : Object.fromEntries(normal);
}

/** Returns the Unix second up to which tokens of a public key are revoked; undefined if they are not. */
export function getRevocationTime(revocations: Revocations, publicKey: string): number | undefined {
  const own = revocations[publicKey];
  const every = revocations[EVERY_KEY];
  if (own === undefined && every === undefined) {
    return undefined;
  }
  const until = [own, every].flatMap((moment) => (moment === undefined ? [] : (parseTimestamp(moment) ?? [])));
  return until.length === 0 ? undefined : Math.max(...until);
}

/** Adds a revocation of every token that was issued at a timestamp or before. A later one remains. */
export function revokeEveryKey(revocations: Revocations, moment: Timestamp): Revocations {
  const current = revocations[EVERY_KEY];
  const isLater = current !== undefined && (parseTimestamp(current) ?? 0) > (parseTimestamp(moment) ?? Infinity);
  return { ...revocations, [EVERY_KEY]: isLater ? current : moment };
}
