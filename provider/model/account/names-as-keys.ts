import type { Account, ListedAccount } from "./account";
import type { Permissions, SubjectPermissions } from "../access/permissions";
import { getOwn, omitUndefined } from "../form/order";
import type { Role, RoleTerms } from "../users/roles";
import type { User } from "../users/users";

/**
 * Returns a declared account with names in place of keys: a configuration that people read, before any key exists. Its text must be
 * passed to {@link withTemplates}.
 */
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
  const permissions = access.permissions && withHiddenTemplates(access.permissions);
  const own = { publicKey: `${count} users of the set ${set}`, signingKey: set, issuedAt: Infinity };
  return [`${set}/{{name()}}`, omitUndefined<User>({ ...access, permissions, ...own })];
}

/** A character that no subject has, so that a template is not found. */
const HIDDEN = "\uE000";

function withHiddenTemplates({ publish, subscribe, ...rest }: Permissions): Permissions {
  const hide = (list: readonly string[] | undefined) => list?.map((subject) => subject.replaceAll("{{", `{${HIDDEN}{`));
  const hideIn = (subjects: SubjectPermissions | undefined) =>
    subjects && omitUndefined<SubjectPermissions>({ allow: hide(subjects.allow), deny: hide(subjects.deny) });
  return omitUndefined<Permissions>({ ...rest, publish: hideIn(publish), subscribe: hideIn(subscribe) });
}

/** Returns the text of a configuration with the templates of sets, which would otherwise be expanded. */
export function withTemplates(text: string): string {
  return text.replaceAll(HIDDEN, "");
}

function mapNamed<T, R>(holders: Readonly<Record<string, T>>, change: (holder: T, name: string) => R) {
  return Object.fromEntries(Object.entries(holders).map(([name, holder]) => [name, change(holder, name)]));
}
