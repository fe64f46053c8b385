import type { Access } from "../access/access";
import type { Account } from "./account";
import { own, sortedEntries, sortedSet } from "../form/order";
import type { Permissions, SubjectPermissions } from "../access/permissions";
import { revokedUntil } from "../keys/revocations";
import { accessOf, accountFilling } from "../users/roles";
import { filledIn, Unfillable } from "../access/templates";
import type { User } from "../users/users";

/** A user who may log in, with what it may do in the end: what its role says, with the templates filled in. */
export interface EffectiveUser {
  readonly name: string;
  /** The user's public key (`U…`), or one that was replaced and still works. */
  readonly publicKey: string;
  /** True of a key that was replaced. */
  readonly previous?: true;
  readonly tags?: readonly string[];
  readonly access: Access;
}

/**
 * The users of an account who may log in, in the order of their names. Left out is whom the operator server would not let
 * in, because a template in its permissions cannot be filled in, or its JWT is revoked.
 */
export function effectiveUsers(account: Account): EffectiveUser[] {
  return sortedEntries(account.users).flatMap(([name, user]) => [
    ...effectiveUser(name, user, account),
    ...replacedKeys(name, account).flatMap((publicKey) =>
      effectiveUser(name, { ...user, publicKey, issuedAt: lastIssued(name, publicKey, account) }, account).map(
        (one) => ({
          ...one,
          previous: true as const,
        }),
      ),
    ),
  ]);
}

function effectiveUser(name: string, user: User, account: Account): EffectiveUser[] {
  if (isRevoked(user, account)) {
    return [];
  }
  const access = filledAccess(name, user, account);
  return access === undefined ? [] : [{ name, publicKey: user.publicKey, ...tagged(user), access }];
}

/** True when the program revokes the user's JWT. One of which it is not known when it was issued may be any old. */
function isRevoked({ publicKey, issuedAt = 0 }: User, { revocations = {} }: Account): boolean {
  return (revokedUntil(revocations, publicKey) ?? -1) >= issuedAt;
}

/**
 * The public keys of a user that were replaced and still work: a JWT that was renewed is of the same key, and what is
 * revoked does not work.
 */
export function replacedKeys(
  name: string,
  { users, previous, revoked = {} }: Pick<Account, "users" | "previous" | "revoked">,
): string[] {
  const keys = (own(previous?.users, name) ?? []).flatMap(({ publicKey }) => publicKey ?? []);
  return sortedSet(keys.filter((key) => key !== own(users, name)?.publicKey && !Object.hasOwn(revoked, key)));
}

/** When the latest JWT of a key that was replaced was issued: 0 where nobody remembers. */
function lastIssued(name: string, publicKey: string, { previous }: Account): number {
  const keys = (own(previous?.users, name) ?? []).filter((key) => key.publicKey === publicKey);
  return Math.max(...keys.map(({ issuedAt = 0 }) => issuedAt));
}

function tagged({ tags }: User): Pick<EffectiveUser, "tags"> {
  return tags === undefined ? {} : { tags };
}

function filledAccess(name: string, user: User, account: Account): Access | undefined {
  const access = accessOf(user, account.roles);
  if (access.permissions === undefined) {
    return access;
  }
  const { publicKey, tags = [] } = user;
  const filling = { name, publicKey, tags, account: accountFilling(account, account.publicKey) };
  try {
    return { ...access, permissions: inOrder(filledIn(access.permissions, filling)) };
  } catch (error) {
    if (error instanceof Unfillable) {
      return undefined;
    }
    throw error;
  }
}

/** Filled-in lists, in the order and without the repetitions that lists have elsewhere. */
function inOrder(permissions: Permissions): Permissions {
  const ordered = ({ allow, deny }: SubjectPermissions): SubjectPermissions => ({
    ...(allow === undefined ? {} : { allow: sortedSet(allow) }),
    ...(deny === undefined ? {} : { deny: sortedSet(deny) }),
  });
  const { publish, subscribe } = permissions;
  return {
    ...permissions,
    ...(publish === undefined ? {} : { publish: ordered(publish) }),
    ...(subscribe === undefined ? {} : { subscribe: ordered(subscribe) }),
  };
}
