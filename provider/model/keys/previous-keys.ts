import { isDeepStrictEqual } from "node:util";
import { omitUndefined } from "../form/order";
import { getOverlap, normalizeRotation, type Rotation } from "./rotation";

/** The keys of a user, a role or an operator. */
export interface KeySet {
  /** Public key of a user. */
  readonly publicKey?: string;
  /** Signing key of a role or operator, or the key that signed a user's JWT. Users with a role have none of their own. */
  readonly signingKey?: string;
  /** When the user's JWT was issued, in Unix seconds. Missing in the states of early versions. */
  readonly issuedAt?: number;
}

/** Keys that were replaced and are still valid. */
export interface PreviousKey extends KeySet {
  /** When they become invalid: Unix seconds, or when the rotation changes again. */
  readonly until: number | "changed";
}

/** The current keys of a user or role, and how they are rotated. */
export interface RotatedKeys {
  readonly keys: KeySet;
  readonly rotation?: Rotation;
  /** Expiry of the user's JWT, in Unix seconds. */
  readonly expires?: number;
  /** Name of the set of the user, if it has one. */
  readonly set?: string;
}

/** The signing keys of an operator, and how they are rotated. */
interface OperatorKeys {
  readonly signingKeys: readonly string[];
  readonly rotation?: Rotation;
}

/** Keys as of the last update, with the replaced keys that were still valid then. */
type WithPrevious<T> = T & { readonly previous: readonly PreviousKey[] };

type Rotated = Pick<RotatedKeys, "rotation" | "set">;

type Overlap = ReturnType<typeof getOverlap>;

/**
 * Returns the replaced keys that remain valid alongside the current ones. The claims of operators and accounts store them: no
 * program and no other state contains a replaced key.
 *
 * @param before the keys as of the last update; undefined for a new user or role
 * @param after the current keys. An unknown key counts as a different one
 * @param now Unix seconds
 */
export function getPreviousKeys(
  before: WithPrevious<RotatedKeys> | undefined,
  after: RotatedKeys,
  now: number,
): PreviousKey[] {
  if (before === undefined) {
    return [];
  }
  const valid = filterValid(before, after, now);
  if (getIdentity(before.keys) !== getIdentity(after.keys)) {
    return addReplaced(before.keys, valid, overlapOfReplaced(before, after), now);
  }
  const hasSameKey = ({ publicKey }: PreviousKey) => publicKey === after.keys.publicKey;
  const allowed = endsOverlap(before, after) ? valid.filter(hasSameKey) : valid;
  if (before.keys.signingKey === after.keys.signingKey) {
    return allowed;
  }
  // The same user has a new JWT. A renewal leaves the old JWT valid until it expires.
  return isRenewal(before, after)
    ? [...allowed, { ...before.keys, until: before.expires }]
    : allowed.filter((key) => !hasSameKey(key));
}

/** Returns the replaced signing keys of an operator that remain valid, like {@link getPreviousKeys}. */
export function getPreviousSigningKeys(
  before: WithPrevious<OperatorKeys> | undefined,
  after: OperatorKeys,
  now: number,
): PreviousKey[] {
  if (before === undefined) {
    return [];
  }
  const replaced = before.signingKeys.filter((key) => !after.signingKeys.includes(key));
  const overlap = overlapOfReplaced(before, after);
  if (endsOverlap(before, after) || (replaced.length > 0 && overlap === 0)) {
    return [];
  }
  const valid = filterValid(before, after, now).filter(
    ({ signingKey = "" }) => !after.signingKeys.includes(signingKey),
  );
  return [...valid, ...replaced.map((signingKey) => ({ signingKey, until: getEnd(overlap, now) }))];
}

/** The keys that were valid at the last update and are still valid. */
function filterValid(before: WithPrevious<Rotated>, after: Rotated, now: number): PreviousKey[] {
  const hasChanged = hasRotationChanged(before, after);
  return before.previous.filter(({ until }) => (until === "changed" ? !hasChanged : now < until));
}

/** Compares normal forms: the same rotation can be written in several ways, and early versions stored it as written. */
function hasRotationChanged(before: Rotated, after: Rotated): boolean {
  const [old, current] = [before, after].map(({ rotation }) => rotation && normalizeRotation(rotation));
  return !isDeepStrictEqual(old, current);
}

/**
 * Returns how long a key remains valid that the present update replaces. The overlap of a version belongs to the update that sets the
 * version: a key that is replaced for another reason may be stolen. Without a version, the overlap applies to each key that the program
 * supplies in place of another one. Another set has versions of its own, which do not rotate the keys of users that move there.
 */
function overlapOfReplaced(before: Rotated, after: Rotated): Overlap {
  const isRotated = before.set === after.set && hasRotationChanged(before, after);
  return isRotated || after.rotation?.version === undefined ? getOverlap(after.rotation) : 0;
}

/** True if the rotation changed to one without overlap, which invalidates replaced keys at once. */
function endsOverlap(before: Rotated, after: Rotated): boolean {
  return hasRotationChanged(before, after) && getOverlap(after.rotation) === 0;
}

function getEnd(overlap: Overlap, now: number): PreviousKey["until"] {
  return overlap === "until-changed" ? "changed" : now + overlap;
}

/** Adds a replaced key. Renewed JWTs of the same key remain valid no longer than the key itself. */
function addReplaced(keys: KeySet, valid: readonly PreviousKey[], overlap: Overlap, now: number): PreviousKey[] {
  if (overlap === 0) {
    return [];
  }
  const end = getEnd(overlap, now);
  const limit = (key: PreviousKey): PreviousKey =>
    getIdentity(key) === getIdentity(keys) ? { ...key, until: getEarlier(key.until, end) } : key;
  return [...valid.map(limit), omitUndefined<PreviousKey>({ ...keys, until: end })];
}

function getEarlier(one: PreviousKey["until"], other: PreviousKey["until"]): PreviousKey["until"] {
  return one === "changed" || other === "changed" ? "changed" : Math.min(one, other);
}

/**
 * True if a user's new JWT renews the old one: it expires no earlier, and neither was signed by a role, so that both have
 * the user's own permissions.
 */
function isRenewal(before: RotatedKeys, after: RotatedKeys): before is RotatedKeys & { readonly expires: number } {
  const hasNoRole = before.keys.signingKey !== undefined && after.keys.signingKey !== undefined;
  return hasNoRole && before.expires !== undefined && (after.expires ?? Infinity) >= before.expires;
}

function getIdentity({ publicKey, signingKey }: KeySet): string | undefined {
  return publicKey ?? signingKey;
}
