import type { Account, AccountPrevious } from "./account";
import { holdsAt, timeOf } from "../keys/lifetime";
import { defined, own } from "../form/order";
import { previousKeys, type Holder, type Keys, type PreviousKey } from "../keys/previous";
import type { Role } from "../users/roles";
import { normalRotation } from "../keys/rotation";
import type { User } from "../users/users";

/**
 * The keys that go on working beside those that an account's users and roles have now.
 *
 * @param before the account at the last update; undefined when it is new
 * @param after the account now. A key that is not known yet is another one
 * @param now seconds since 1970
 */
export function accountPrevious(
  before: Pick<Account, "users" | "roles" | "previous"> | undefined,
  after: Pick<Account, "users" | "roles">,
  now: number,
): AccountPrevious {
  const { users = {}, roles = {}, previous = {} } = before ?? {};
  const of = <T>(olds: Named<T>, news: Named<T>, past: Named<readonly PreviousKey[]>, holder: (of: T) => Holder) =>
    namedKeys(news, (name, one) => {
      const old = own(olds, name);
      return previousKeys(old && { ...holder(old), previous: own(past, name) ?? [] }, holder(one), now);
    });
  return defined<AccountPrevious>({
    users: of(users, after.users, previous.users ?? {}, userHolder),
    roles: of(roles, after.roles ?? {}, previous.roles ?? {}, roleHolder),
  });
}

type Named<T> = Readonly<Record<string, T>>;

/** The keys of each, by name, or undefined when nobody has any. */
function namedKeys<T>(
  named: Named<T>,
  keys: (name: string, one: T) => PreviousKey[],
): Named<PreviousKey[]> | undefined {
  const entries = Object.entries(named).map(([name, one]) => [name, keys(name, one)] as const);
  const some = entries.filter(([, found]) => found.length > 0);
  return some.length === 0 ? undefined : Object.fromEntries(some);
}

/** A user of a role has no signing key that the account lists for it alone. */
function userHolder({ publicKey, signingKey, role, rotation, expires, issuedAt }: User): Holder {
  return defined<Holder>({
    keys: defined<Keys>({ publicKey, signingKey: role === undefined ? signingKey : undefined, issuedAt }),
    rotation: rotation && normalRotation(rotation),
    expires: expires === undefined ? undefined : timeOf(expires),
  });
}

function roleHolder({ signingKey, rotation }: Role): Holder {
  return defined<Holder>({ keys: { signingKey }, rotation: rotation && normalRotation(rotation) });
}

/** The account with those users alone whose credentials hold at a time: a static configuration knows no times. */
export function holdingAt<A extends Pick<Account, "users">>(now: number, account: A): A {
  const holding = Object.entries(account.users).filter(([, user]) => holdsAt(now, user));
  return { ...account, users: Object.fromEntries(holding) };
}
