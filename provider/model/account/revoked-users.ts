import type { Account, AccountPrevious, AccountRevoked, Revoked, Signature } from "./account";
import { filterRemembered } from "./remembered";
import { parseTime } from "../keys/lifetime";
import { omitUndefined, getOwn, sortUnique } from "../form/order";
import type { PreviousKey } from "../keys/previous-keys";
import { isBearer } from "../users/roles";
import type { User } from "../users/users";

/** An account's users and roles, with all their valid keys. */
type Keyed = Pick<Account, "roles" | "previous"> & { readonly users: Readonly<Record<string, KeyedUser>> };

/** A user, with what an account knows of those of its sets. */
export type KeyedUser = User & {
  /** True if its JWTs are secrets of the state, although they may not log in without the seed. */
  readonly isSecret?: true;
  /** Name of its set. */
  readonly set?: string;
};

/** One of a user's public keys, with what its JWTs have in common. */
interface Credential {
  readonly publicKey: string;
  /** The signatures of its JWTs. */
  readonly by: readonly Signature[];
  /** What a JWT permits apart from its scope, as a string to compare. */
  readonly terms: string;
  /** True if its JWTs log in without the seed. */
  readonly bearer: boolean;
  /** True if its JWTs are secrets, although they do not log in without the seed. */
  readonly isSecret: boolean;
  /** Expiry in Unix seconds; infinite for none. */
  readonly expires: number;
  /** When the current JWT was issued, in Unix seconds; undefined for a replaced key, which has no current JWT. */
  readonly issuedAt?: number;
}

/**
 * Returns the JWTs to revoke because the keys that signed them remain valid. A role's key outlives the users that leave the
 * role: the JWTs that it signed for them stay revoked while the account lists the key and the JWTs have not expired.
 *
 * @param before the account as of the last update, with its revocations; undefined when it is new
 * @param after the account now, with the keys that remain valid
 * @param now Unix seconds
 */
export function getRevokedUsers(
  before: (Keyed & Pick<Account, "revoked">) | undefined,
  after: Keyed,
  now: number,
): AccountRevoked {
  const olds = byPublicKey(before === undefined ? [] : credentials(before));
  const currents = byPublicKey(credentials(after));
  const listed = listedKeys(after);
  const keys = sortUnique([...Object.keys(before?.revoked ?? {}), ...olds.keys()]);
  const entries = keys.flatMap((publicKey): [string, Revoked][] => {
    const [old, current] = [olds.get(publicKey), currents.get(publicKey)];
    const past = before?.revoked?.[publicKey];
    const all = merge(past, old && findRevocation(old, current, now));
    const by = all?.by.filter((one) => listed.has(one.signingKey) && now < (one.expires ?? Infinity)) ?? [];
    return all === undefined || by.length === 0 ? [] : [[publicKey, { at: beforeCurrent(all.at, current), by }]];
  });
  return Object.fromEntries(entries);
}

/** After the overlap of all rotations that end: seconds since 1970, with as many digits as the present time. */
const AFTER_ALL = 9_999_999_999;

/**
 * Returns the JWTs that will be revoked when the overlap of all replaced keys of users has ended, if nothing else changes. The JWTs that
 * may have expired by then are not among them.
 *
 * @param account the account with the keys that remain valid until then
 */
export function getRevokedAtEnd(account: Keyed & Pick<Account, "revoked">): AccountRevoked {
  const { users = {}, roles } = account.previous ?? {};
  const ends = Object.values(users).flatMap((keys) =>
    keys.map(({ until }) => (until === "changed" ? AFTER_ALL : until)),
  );
  const end = ends.reduce((last, one) => Math.max(last, one), 0);
  const { previous } = filterRemembered({ previous: omitUndefined<AccountPrevious>({ roles }) }, end);
  return getRevokedUsers(account, { ...account, previous }, end);
}

/** Returns the new revocation of a user's JWTs, if any: of all, or of those before the current one. */
function findRevocation(old: Credential, current: Credential | undefined, now: number): Revoked | undefined {
  if (current === undefined) {
    return { at: Math.max(now, old.issuedAt ?? 0), by: old.by };
  }
  // JWTs that did not log in alone are in plain text in states and outputs.
  const isExposed = current.bearer && !old.bearer && !old.isSecret;
  const hasChanged = current.terms !== old.terms || current.expires < old.expires || isExposed;
  return hasChanged ? { at: current.issuedAt === undefined ? now : current.issuedAt - 1, by: old.by } : undefined;
}

function merge(one: Revoked | undefined, other: Revoked | undefined): Revoked | undefined {
  if (one === undefined || other === undefined) {
    return one ?? other;
  }
  const by = new Map(
    [...one.by, ...other.by].map((signature) => [`${signature.signingKey} ${signature.expires ?? ""}`, signature]),
  );
  return { at: Math.max(one.at, other.at), by: [...by.values()] };
}

/** Limits the time of a revocation so that the current JWT stays valid, even if a clock was wrong in the meantime. */
function beforeCurrent(at: number, current: Credential | undefined): number {
  return current?.issuedAt === undefined ? at : Math.min(at, current.issuedAt - 1);
}

function byPublicKey(all: readonly Credential[]): Map<string, Credential> {
  return new Map(all.map((one) => [one.publicKey, one]));
}

function credentials(account: Keyed): Credential[] {
  return Object.entries(account.users).flatMap(([name, user]) => {
    const { publicKey, issuedAt, role, tags = [], notBefore, expires } = user;
    const past = getOwn(account.previous?.users, name) ?? [];
    const terms = JSON.stringify([name, role ?? null, tags, notBefore ?? null]);
    const end = (expires === undefined ? undefined : parseTime(expires)) ?? Infinity;
    const replaced = sortUnique(past.flatMap((key) => key.publicKey ?? [])).filter((key) => key !== publicKey);
    const isSecret = user.isSecret === true;
    const shared = { terms, bearer: isBearer(user, account.roles), isSecret, expires: end };
    const of = (key: string) => ({ publicKey: key, by: signaturesOf(key, user, past, account), ...shared });
    // In a preview, the issue time of a new JWT is unknown.
    const issued = typeof issuedAt === "number" ? issuedAt : undefined;
    return [...replaced.map(of), omitUndefined<Credential>({ ...of(publicKey), issuedAt: issued })];
  });
}

/** Returns the signatures of the JWTs of one of a user's keys: by its role's keys, or by keys of its own. */
function signaturesOf(
  publicKey: string,
  user: User,
  past: readonly PreviousKey[],
  { roles, previous }: Keyed,
): Signature[] {
  const { role, signingKey, expires } = user;
  const end = expires === undefined ? undefined : parseTime(expires);
  const before =
    role === undefined ? past.filter((key) => key.publicKey === publicKey) : (getOwn(previous?.roles, role) ?? []);
  const current = role === undefined ? signingKey : (getOwn(roles, role)?.signingKey ?? signingKey);
  const keys = sortUnique([signingKey, current, ...before.flatMap((key) => key.signingKey ?? [])]);
  return keys.map((key) => omitUndefined<Signature>({ signingKey: key, expires: end }));
}

/** The signing keys in the account's JWT. */
function listedKeys({ users, roles = {}, previous = {} }: Keyed): ReadonlySet<string> {
  const current = [...Object.values(users), ...Object.values(roles)].map(({ signingKey }) => signingKey);
  const past = [previous.users, previous.roles].flatMap((named) => Object.values(named ?? {}).flat());
  return new Set([...current, ...past.flatMap(({ signingKey }) => signingKey ?? [])]);
}
