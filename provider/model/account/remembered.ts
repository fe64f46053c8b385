import { omitUndefined } from "../form/order";
import type { PreviousKey } from "../keys/previous-keys";
import type { AccountPrevious, AccountRevoked, Revoked } from "./account";

/** What the claims of an account remember. */
export interface Remembered {
  /** Replaced keys of users and roles that are still valid. */
  readonly previous?: AccountPrevious;
  /** Users whose JWTs are revoked while the keys that signed them are still valid, by public key. */
  readonly revoked?: Readonly<Record<string, Revoked>>;
}

/**
 * Returns what another stack remembers of an account, without what has ended since then.
 *
 * @param now Unix seconds
 */
export function filterRemembered({ previous = {}, revoked = {} }: Remembered, now: number): Required<Remembered> {
  const { users, roles } = previous;
  const byKey = Object.entries(revoked).map(([key, { at, by }]) => [
    key,
    { at, by: by.filter(({ expires }) => expires === undefined || now < expires) },
  ]) satisfies [string, AccountRevoked[string]][];
  return {
    previous: omitUndefined<AccountPrevious>({ users: users && valid(users, now), roles: roles && valid(roles, now) }),
    revoked: Object.fromEntries(byKey.filter(([, { by }]) => by.length > 0)),
  };
}

type Named = Readonly<Record<string, readonly PreviousKey[]>>;

function valid(named: Named, now: number): Named | undefined {
  const some = Object.entries(named)
    .map(([name, keys]) => [name, keys.filter(({ until }) => until === "changed" || now < until)] as const)
    .filter(([, keys]) => keys.length > 0);
  return some.length === 0 ? undefined : Object.fromEntries(some);
}
