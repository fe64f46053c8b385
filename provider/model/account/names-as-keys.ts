import type { Account, AccountDeclaration } from "./account";
import { omitUndefined } from "../form/order";
import type { Role } from "../users/roles";
import type { User } from "../users/users";

/** Returns a declared account with names in place of keys: a configuration that people read, before any key exists. */
export function withNamesAsKeys({ users = {}, roles = {}, ...account }: AccountDeclaration): Account {
  const { name } = account;
  return omitUndefined<Account>({
    ...account,
    publicKey: name,
    // No revocation of every key applies: it leaves out users by the time at which their JWTs were issued.
    users: mapNamed(users, (user, own): User => ({ ...user, publicKey: own, signingKey: own, issuedAt: Infinity })),
    roles: mapNamed(roles, (role, own): Role => ({ ...role, signingKey: own })),
  });
}

function mapNamed<T, R>(holders: Readonly<Record<string, T>>, change: (holder: T, name: string) => R) {
  return Object.fromEntries(Object.entries(holders).map(([name, holder]) => [name, change(holder, name)]));
}
