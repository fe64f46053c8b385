import { isDeepStrictEqual } from "node:util";
import { defined } from "./order";
import { overlapOf, type Rotation } from "./rotation";

/** The keys by which something is known to servers. A role and an operator have a signing key alone. */
export interface Keys {
  /** A user's public key. */
  readonly publicKey?: string;
  /** The key that signs, or that signed the user's JWT. Users of a role have that of the role. */
  readonly signingKey?: string;
}

/** Keys that others have taken the place of, and that still work. */
export interface PreviousKey extends Keys {
  /** When they are to stop working, in seconds since 1970; or when the rotation is changed again. */
  readonly until: number | "changed";
}

/** Something with keys that can be replaced. */
export interface Holder {
  readonly keys: Keys;
  readonly rotation?: Rotation;
  /** When the JWT that the keys belong to ends, in seconds since 1970. */
  readonly expires?: number;
}

/**
 * The keys that go on working beside those that something has now. The claims of operators and accounts remember them,
 * since a key that was replaced is in no program and in no state of its own any more.
 *
 * @param before what it was at the last update, with what went on working then; undefined when it is new
 * @param after what it is now. A key that is not known yet is another one
 * @param now seconds since 1970
 */
export function previousKeys(
  before: (Holder & { readonly previous: readonly PreviousKey[] }) | undefined,
  after: Holder,
  now: number,
): PreviousKey[] {
  if (before === undefined) {
    return [];
  }
  const rotated = !isDeepStrictEqual(before.rotation, after.rotation);
  const kept = before.previous.filter(({ until }) => (until === "changed" ? !rotated : now < until));
  if (identityOf(before.keys) !== identityOf(after.keys)) {
    return replaced(before.keys, kept, overlapOf(after.rotation), now);
  }
  const own = ({ publicKey }: PreviousKey) => publicKey === after.keys.publicKey;
  const allowed = rotated && overlapOf(after.rotation) === 0 ? kept.filter(own) : kept;
  if (before.keys.signingKey === after.keys.signingKey) {
    return allowed;
  }
  // The same user with another JWT: the one before is as good as long as it says, unless it was to end sooner.
  return isRenewed(before, after)
    ? [...allowed, { ...before.keys, until: before.expires }]
    : allowed.filter((key) => !own(key));
}

/** Adds a key that was replaced, and gives JWTs of the same key that were renewed before no more time than it has. */
function replaced(
  keys: Keys,
  kept: readonly PreviousKey[],
  overlap: number | "until-changed",
  now: number,
): PreviousKey[] {
  if (overlap === 0) {
    return [];
  }
  const end = overlap === "until-changed" ? "changed" : now + overlap;
  const of = (key: PreviousKey): PreviousKey =>
    identityOf(key) === identityOf(keys) ? { ...key, until: sooner(key.until, end) } : key;
  return [...kept.map(of), defined<PreviousKey>({ ...keys, until: end })];
}

function sooner(one: PreviousKey["until"], other: PreviousKey["until"]): PreviousKey["until"] {
  return one === "changed" || other === "changed" ? "changed" : Math.min(one, other);
}

/** True of a JWT of the same kind: one of a role has the role's permissions, and no other one has. */
function isRenewed(before: Holder, after: Holder): before is Holder & { readonly expires: number } {
  const alike = before.keys.signingKey !== undefined && after.keys.signingKey !== undefined;
  return alike && before.expires !== undefined && (after.expires ?? Infinity) >= before.expires;
}

function identityOf({ publicKey, signingKey }: Keys): string | undefined {
  return publicKey ?? signingKey;
}
