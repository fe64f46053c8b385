import type { Account, AccountPrevious } from "./account";
import { isValidAt, parseTime } from "../keys/lifetime";
import { omitUndefined, getOwn } from "../form/order";
import type { KeyedUser } from "./revoked-users";
import { getPreviousKeys, type RotatedKeys, type KeySet, type PreviousKey } from "../keys/previous-keys";
import { isBearer, type Role } from "../users/roles";
import { normalizeRotation } from "../keys/rotation";

/**
 * Returns the replaced keys of users and roles that remain valid alongside the current ones. None remain for a user that
 * becomes a bearer: their JWTs, which did not log in alone, are in plain text in states and outputs.
 *
 * @param before the account as of the last update; undefined when it is new
 * @param after the account now. A key that is not known yet counts as a different one
 * @param now Unix seconds
 */
export function getPreviousAccountKeys(
  before: (Pick<Account, "roles" | "previous"> & { readonly users: Named<KeyedUser> }) | undefined,
  after: Pick<Account, "roles"> & { readonly users: Named<KeyedUser> },
  now: number,
): AccountPrevious {
  const { users = {}, roles = {}, previous = {} } = before ?? {};
  const known = namedUsers(
    users,
    (name, user) => user.isSecret === true || isBearer(user, roles) || !hasBearer(name, after),
  );
  const of = <T>(olds: Named<T>, news: Named<T>, past: Named<readonly PreviousKey[]>, holder: (of: T) => RotatedKeys) =>
    namedKeys(news, (name, one) => {
      const old = getOwn(olds, name);
      return getPreviousKeys(old && { ...holder(old), previous: getOwn(past, name) ?? [] }, holder(one), now);
    });
  return omitUndefined<AccountPrevious>({
    users: of(known, after.users, previous.users ?? {}, userHolder),
    roles: of(roles, after.roles ?? {}, previous.roles ?? {}, roleHolder),
  });
}

/** Returns true if an account has a user with a name, and it is a bearer. */
function hasBearer(name: string, { users, roles }: Pick<Account, "users" | "roles">): boolean {
  const user = getOwn(users, name);
  return user !== undefined && isBearer(user, roles);
}

function namedUsers(users: Named<KeyedUser>, keep: (name: string, user: KeyedUser) => boolean): Named<KeyedUser> {
  return Object.fromEntries(Object.entries(users).filter(([name, user]) => keep(name, user)));
}

type Named<T> = Readonly<Record<string, T>>;

/** Returns the keys of each by name, or undefined when there are none. */
function namedKeys<T>(
  named: Named<T>,
  keys: (name: string, one: T) => PreviousKey[],
): Named<PreviousKey[]> | undefined {
  const entries = Object.entries(named).map(([name, one]) => [name, keys(name, one)] as const);
  const some = entries.filter(([, found]) => found.length > 0);
  return some.length === 0 ? undefined : Object.fromEntries(some);
}

/** The signing key of a user with a role belongs to the role. */
function userHolder({ publicKey, signingKey, role, rotation, expires, issuedAt, set }: KeyedUser): RotatedKeys {
  return omitUndefined<RotatedKeys>({
    keys: omitUndefined<KeySet>({ publicKey, signingKey: role === undefined ? signingKey : undefined, issuedAt }),
    rotation: rotation && normalizeRotation(rotation),
    expires: expires === undefined ? undefined : parseTime(expires),
    set,
  });
}

function roleHolder({ signingKey, rotation }: Role): RotatedKeys {
  return omitUndefined<RotatedKeys>({ keys: { signingKey }, rotation: rotation && normalizeRotation(rotation) });
}

/**
 * Returns the account with only the users whose credentials are valid at a time, since a static configuration has no
 * expiry.
 *
 * @param now Unix seconds
 */
export function withValidUsers<A extends Pick<Account, "users">>(now: number, account: A): A {
  const holding = Object.entries(account.users).filter(([, user]) => isValidAt(now, user));
  return { ...account, users: Object.fromEntries(holding) };
}
