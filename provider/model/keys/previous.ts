import { isDeepStrictEqual } from "node:util";
import { defined } from "../form/order";
import { normalRotation, overlapOf, type Rotation } from "./rotation";

/** The keys by which something is known to servers. A role and an operator have a signing key alone. */
export interface Keys {
  /** A user's public key. */
  readonly publicKey?: string;
  /** The key that signs, or that signed the user's JWT. Users of a role have that of the role. */
  readonly signingKey?: string;
  /** When the user's JWT was issued, in seconds since 1970. Not in the states of earlier versions. */
  readonly issuedAt?: number;
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

/** Something with what went on working beside it at the last update. */
type Before<Now> = Now & { readonly previous: readonly PreviousKey[] };

/**
 * The keys that go on working beside those that something has now. The claims of operators and accounts remember them,
 * since a key that was replaced is in no program and in no state of its own any more.
 *
 * @param before what it was at the last update; undefined when it is new
 * @param after what it is now. A key that is not known yet is another one
 * @param now seconds since 1970
 */
export function previousKeys(before: Before<Holder> | undefined, after: Holder, now: number): PreviousKey[] {
  if (before === undefined) {
    return [];
  }
  const kept = keptKeys(before, after, now);
  if (identityOf(before.keys) !== identityOf(after.keys)) {
    return replaced(before.keys, kept, overlapOf(after.rotation), now);
  }
  const own = ({ publicKey }: PreviousKey) => publicKey === after.keys.publicKey;
  const allowed = isCutShort(before, after) ? kept.filter(own) : kept;
  if (before.keys.signingKey === after.keys.signingKey) {
    return allowed;
  }
  // The same user with another JWT: the one before is as good as long as it says, unless it was to end sooner.
  return isRenewed(before, after)
    ? [...allowed, { ...before.keys, until: before.expires }]
    : allowed.filter((key) => !own(key));
}

/** An operator has any number of signing keys. */
interface Signers {
  readonly signingKeys: readonly string[];
  readonly rotation?: Rotation;
}

/** The signing keys that go on working beside those that an operator has now; as {@link previousKeys}. */
export function previousSigningKeys(before: Before<Signers> | undefined, after: Signers, now: number): PreviousKey[] {
  if (before === undefined) {
    return [];
  }
  const gone = before.signingKeys.filter((key) => !after.signingKeys.includes(key));
  const overlap = overlapOf(after.rotation);
  if (isCutShort(before, after) || (gone.length > 0 && overlap === 0)) {
    return [];
  }
  const kept = keptKeys(before, after, now).filter(({ signingKey = "" }) => !after.signingKeys.includes(signingKey));
  return [...kept, ...gone.map((signingKey) => ({ signingKey, until: endOf(overlap, now) }))];
}

/** What is left of the keys that went on working before. */
function keptKeys(
  before: Before<Pick<Holder, "rotation">>,
  after: Pick<Holder, "rotation">,
  now: number,
): PreviousKey[] {
  const rotated = isRotated(before, after);
  return before.previous.filter(({ until }) => (until === "changed" ? !rotated : now < until));
}

/** True when the rotation says something else than before, in whatever way it was written, also by an earlier version. */
function isRotated(before: Pick<Holder, "rotation">, after: Pick<Holder, "rotation">): boolean {
  const [was, is] = [before, after].map(({ rotation }) => rotation && normalRotation(rotation));
  return !isDeepStrictEqual(was, is);
}

/** True when a rotation now says that nothing is to go on working. */
function isCutShort(before: Pick<Holder, "rotation">, after: Pick<Holder, "rotation">): boolean {
  return isRotated(before, after) && overlapOf(after.rotation) === 0;
}

function endOf(overlap: number | "until-changed", now: number): PreviousKey["until"] {
  return overlap === "until-changed" ? "changed" : now + overlap;
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
  const end = endOf(overlap, now);
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
