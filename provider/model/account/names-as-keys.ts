import type { Account, ListedAccount } from "./account";
import { TEMPLATE } from "../access/permissions";
import { getOwn, omitUndefined, sortUnique } from "../form/order";
import type { Role, RoleTerms } from "../users/roles";
import type { User } from "../users/users";

/** Returns a declared account with names in place of keys: a configuration that people read, before any key exists. */
export function withNamesAsKeys({ users = {}, roles = {}, sets = {}, ...account }: ListedAccount): Account {
  const { name } = account;
  const ofSets = Object.entries(sets).map(([set, { role, count }]) => exampleUser(set, count, getOwn(roles, role)));
  return omitUndefined<Account>({
    ...account,
    publicKey: name,
    // No revocation of every key applies: it leaves out users by the time at which their JWTs were issued.
    users: {
      ...mapNamed(users, (user, own): User => ({ ...user, publicKey: own, signingKey: own, issuedAt: Infinity })),
      ...Object.fromEntries(ofSets),
    },
    roles: mapNamed(roles, (role, own): Role => ({ ...role, signingKey: own })),
  });
}

/** Returns one user in place of all users of a set: it shows what the role allows, with the templates in place. */
function exampleUser(set: string, count: number, role: RoleTerms = {}): [string, User] {
  const { description: _, ...access } = role;
  const { publish = {}, subscribe = {} } = role.permissions ?? {};
  const subjects = [publish, subscribe].flatMap(({ allow = [], deny = [] }) => [...allow, ...deny]);
  const calls = subjects.flatMap((subject) => Array.from(subject.matchAll(TEMPLATE), ([, call = ""]) => call));
  const keys = sortUnique(calls.flatMap((call) => /^tag\((?<key>.+)\)$/s.exec(call)?.groups?.key ?? []));
  const own = { tags: keys.map((key) => `${key.toLowerCase()}:{{tag(${key})}}`), signingKey: set, issuedAt: Infinity };
  return [`${set}/{{name()}}`, { ...access, ...own, publicKey: `${count} users of the set ${set}` }];
}

function mapNamed<T, R>(holders: Readonly<Record<string, T>>, change: (holder: T, name: string) => R) {
  return Object.fromEntries(Object.entries(holders).map(([name, holder]) => [name, change(holder, name)]));
}
