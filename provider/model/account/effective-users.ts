import type { Access } from "../access/access";
import type { Account } from "./account";
import { getOwn, omitUndefined, sortEntries, sortUnique } from "../form/order";
import type { Permissions, SubjectPermissions } from "../access/permissions";
import { getRevocationTime } from "../keys/revocations";
import { getAccess, getAccountFilling } from "../users/roles";
import { expandTemplates, TemplateError } from "../access/templates";
import type { User } from "../users/users";

/** A user who can log in, with its own access or that of its role, and expanded templates. */
export interface EffectiveUser {
  readonly name: string;
  /** The user's public key (`U…`), or a replaced one that is still valid. */
  readonly publicKey: string;
  /** True for a replaced key. */
  readonly previous?: true;
  readonly tags?: readonly string[];
  readonly access: Access;
}

/**
 * Returns the users of an account who can log in, sorted by name. Users that the operator server would reject are left
 * out: a template in their permissions cannot be expanded, or their JWT is revoked.
 */
export function getEffectiveUsers(account: Account): EffectiveUser[] {
  return sortEntries(account.users).flatMap(([name, user]) => withReplacedKeys(name, user, account));
}

/** Returns whether an account has users who can log in. */
export function hasEffectiveUsers(account: Account): boolean {
  return Object.entries(account.users).some(([name, user]) => withReplacedKeys(name, user, account).length > 0);
}

function withReplacedKeys(name: string, user: User, account: Account): EffectiveUser[] {
  if (getOwn(account.previous?.users, name) === undefined) {
    return effectiveUser(name, user, account);
  }
  const replaced = getReplacedKeys(name, account).flatMap((publicKey) =>
    effectiveUser(name, { ...user, publicKey, issuedAt: lastIssued(name, publicKey, account) }, account),
  );
  return [...effectiveUser(name, user, account), ...replaced.map((one) => ({ ...one, previous: true as const }))];
}

function effectiveUser(name: string, user: User, account: Account): EffectiveUser[] {
  if (isRevoked(user, account)) {
    return [];
  }
  const access = filledAccess(name, user, account);
  return access === undefined ? [] : [{ name, publicKey: user.publicKey, ...tagged(user), access }];
}

/** True when the program revokes the user's JWT. A JWT with an unknown issue time counts as the oldest. */
function isRevoked({ publicKey, issuedAt = 0 }: User, { revocations }: Account): boolean {
  return revocations !== undefined && (getRevocationTime(revocations, publicKey) ?? -1) >= issuedAt;
}

/** Returns a user's replaced public keys that are still valid. A renewed JWT has the same key, which is not among them. */
export function getReplacedKeys(
  name: string,
  { users, previous, revoked = {} }: Pick<Account, "users" | "previous" | "revoked">,
): string[] {
  const keys = (getOwn(previous?.users, name) ?? []).flatMap(({ publicKey }) => publicKey ?? []);
  return sortUnique(keys.filter((key) => key !== getOwn(users, name)?.publicKey && !Object.hasOwn(revoked, key)));
}

/** Returns when the latest JWT of a replaced key was issued, in Unix seconds: 0 if that is unknown. */
function lastIssued(name: string, publicKey: string, { previous }: Account): number {
  const keys = (getOwn(previous?.users, name) ?? []).filter((key) => key.publicKey === publicKey);
  return Math.max(...keys.map(({ issuedAt = 0 }) => issuedAt));
}

function tagged({ tags }: User): Pick<EffectiveUser, "tags"> {
  return tags === undefined ? {} : { tags };
}

function filledAccess(name: string, user: User, account: Account): Access | undefined {
  const access = getAccess(user, account.roles);
  if (access.permissions === undefined) {
    return access;
  }
  const { publicKey, tags = [] } = user;
  const filling = { name, publicKey, tags, account: getAccountFilling(account, account.publicKey) };
  try {
    return { ...access, permissions: inOrder(expandTemplates(access.permissions, filling), access.permissions) };
  } catch (error) {
    if (error instanceof TemplateError) {
      return undefined;
    }
    throw error;
  }
}

/** Returns permissions with their lists sorted, and without duplicates. @param declared those that they were expanded from */
function inOrder({ publish, subscribe, ...rest }: Permissions, declared: Permissions): Permissions {
  const order = (subjects: SubjectPermissions | undefined, before: SubjectPermissions | undefined) =>
    subjects && (subjects === before ? sharedOrder(subjects) : ordered(subjects));
  return omitUndefined<Permissions>({
    ...rest,
    publish: order(publish, declared.publish),
    subscribe: order(subscribe, declared.subscribe),
  });
}

/** Permissions in order that many users have, as they were declared. */
const shared = new WeakMap<SubjectPermissions, SubjectPermissions>();

function sharedOrder(subjects: SubjectPermissions): SubjectPermissions {
  let known = shared.get(subjects);
  if (known === undefined) {
    known = ordered(subjects);
    shared.set(subjects, known);
  }
  return known;
}

function ordered({ allow, deny }: SubjectPermissions): SubjectPermissions {
  return omitUndefined<SubjectPermissions>({ allow: allow && sortUnique(allow), deny: deny && sortUnique(deny) });
}
