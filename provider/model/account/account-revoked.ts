import type { Account, AccountRevoked, Revoked, Signed } from "./account";
import { timeOf } from "../keys/lifetime";
import { defined, own, sortedSet } from "../form/order";
import type { PreviousKey } from "../keys/previous";
import type { User } from "../users/users";

/** An account with the keys that work. */
type Keyed = Pick<Account, "users" | "roles" | "previous">;

/** One of a user's public keys, with all that its JWTs have in common. */
interface Credential {
  readonly publicKey: string;
  /** What signed its JWTs. */
  readonly by: readonly Signed[];
  /** What decides, beside the scope, on what its JWT is worth. */
  readonly says: string;
  readonly ends: number;
  /** When the present JWT was issued; undefined where there is no new one, as with a key that was replaced. */
  readonly issuedAt?: number;
}

/**
 * The JWTs that must be revoked, since the keys that signed them work on. The key of a role outlives the users that leave
 * the role: what it signed for them is revoked as long as the key is listed and the JWT has not come to its end.
 *
 * @param before the account at the last update, with what was revoked then; undefined when it is new
 * @param after the account now, with the keys that go on working
 * @param now seconds since 1970
 */
export function accountRevoked(
  before: (Keyed & Pick<Account, "revoked">) | undefined,
  after: Keyed,
  now: number,
): AccountRevoked {
  const [held, given] = [before === undefined ? [] : credentials(before), credentials(after)].map(byPublicKey);
  const listed = listedKeys(after);
  const keys = sortedSet([...Object.keys(before?.revoked ?? {}), ...(held?.keys() ?? [])]);
  const entries = keys.flatMap((publicKey): [string, Revoked][] => {
    const [old, present] = [held?.get(publicKey), given?.get(publicKey)];
    const past = before?.revoked?.[publicKey];
    const all = joined(past, old && newlyRevoked(old, present, now));
    const by = all?.by.filter((one) => listed.has(one.signingKey) && now < (one.expires ?? Infinity)) ?? [];
    return all === undefined || by.length === 0 ? [] : [[publicKey, { at: sparing(all.at, present), by }]];
  });
  return Object.fromEntries(entries);
}

/** What of a user's JWTs is to work no longer: all of them, or those before the present one. */
function newlyRevoked(old: Credential, present: Credential | undefined, now: number): Revoked | undefined {
  if (present === undefined) {
    return { at: Math.max(now, old.issuedAt ?? 0), by: old.by };
  }
  const worthOther = present.says !== old.says || present.ends < old.ends;
  return worthOther ? { at: present.issuedAt === undefined ? now : present.issuedAt - 1, by: old.by } : undefined;
}

function joined(one: Revoked | undefined, other: Revoked | undefined): Revoked | undefined {
  if (one === undefined || other === undefined) {
    return one ?? other;
  }
  const by = new Map(
    [...one.by, ...other.by].map((signed) => [`${signed.signingKey} ${signed.expires ?? ""}`, signed]),
  );
  return { at: Math.max(one.at, other.at), by: [...by.values()] };
}

/** The time up to which JWTs are revoked, such that the present one is not, whatever clocks have said meanwhile. */
function sparing(at: number, present: Credential | undefined): number {
  return present?.issuedAt === undefined ? at : Math.min(at, present.issuedAt - 1);
}

function byPublicKey(all: readonly Credential[]): Map<string, Credential> {
  return new Map(all.map((one) => [one.publicKey, one]));
}

function credentials(account: Keyed): Credential[] {
  return Object.entries(account.users).flatMap(([name, user]) => {
    const { publicKey, issuedAt, role, tags = [], notBefore, expires } = user;
    const past = own(account.previous?.users, name) ?? [];
    const says = JSON.stringify([name, role ?? null, tags, notBefore ?? null]);
    const ends = (expires === undefined ? undefined : timeOf(expires)) ?? Infinity;
    const replaced = sortedSet(past.flatMap((key) => key.publicKey ?? [])).filter((key) => key !== publicKey);
    const of = (key: string) => ({ publicKey: key, by: signedOf(key, user, past, account), says, ends });
    // A preview does not know when a new JWT will have been issued.
    const issued = typeof issuedAt === "number" ? issuedAt : undefined;
    return [...replaced.map(of), defined<Credential>({ ...of(publicKey), issuedAt: issued })];
  });
}

/** What signed the JWTs of one of a user's keys: its role's keys, or keys of its own. */
function signedOf(publicKey: string, user: User, past: readonly PreviousKey[], { roles, previous }: Keyed): Signed[] {
  const { role, signingKey, expires } = user;
  const end = expires === undefined ? undefined : timeOf(expires);
  const before =
    role === undefined ? past.filter((key) => key.publicKey === publicKey) : (own(previous?.roles, role) ?? []);
  const present = role === undefined ? signingKey : (own(roles, role)?.signingKey ?? signingKey);
  const keys = sortedSet([signingKey, present, ...before.flatMap((key) => key.signingKey ?? [])]);
  return keys.map((key) => defined<Signed>({ signingKey: key, expires: end }));
}

/** The keys by which the account lets users in. */
function listedKeys({ users, roles = {}, previous = {} }: Keyed): ReadonlySet<string> {
  const present = [...Object.values(users), ...Object.values(roles)].map(({ signingKey }) => signingKey);
  const past = [previous.users, previous.roles].flatMap((named) => Object.values(named ?? {}).flat());
  return new Set([...present, ...past.flatMap(({ signingKey }) => signingKey ?? [])]);
}
