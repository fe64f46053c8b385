import type { Access } from "../../../provider/model/access/access";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import type { Permissions, SubjectPermissions } from "../../../provider/model/access/permissions";
import { keyOf } from "../../support/keys";
import { ISSUED_AT } from "../../support/world";
import { filled, type Values } from "./templates";

/** Returns the access of a user: its own, or that of its role. */
export function accessOf({ users, roles }: AccountDeclaration, user: string): Access {
  const own = users?.[user] ?? {};
  return own.role === undefined ? own : (roles?.[own.role] ?? {});
}

/** Returns true when a user's token is revoked, which means that it was issued at the time of a revocation or earlier. */
function isRevoked({ name, revocations = {} }: AccountDeclaration, user: string): boolean {
  const moments = [revocations["*"], revocations[keyOf("user", `${name}/${user}`)]];
  return moments.some((moment) => moment !== undefined && Number(moment) >= ISSUED_AT);
}

/**
 * Returns the effective permissions of a user: its own with every template filled in, or the account's defaults.
 * Returns undefined when the user is rejected.
 */
export function rightsOf(account: AccountDeclaration, user: string): Permissions | undefined {
  if (isRevoked(account, user)) {
    return undefined;
  }
  const { publish, subscribe, responses } = accessOf(account, user).permissions ?? {};
  const lists = [publish, subscribe].flatMap((part) => [...(part?.allow ?? []), ...(part?.deny ?? [])]);
  if (lists.length === 0 && responses === undefined) {
    return account.defaultPermissions ?? {};
  }
  const values = valuesOf(account, user);
  const [publishing, subscribing] = [filledIn(publish, values), filledIn(subscribe, values)];
  return publishing === undefined || subscribing === undefined
    ? undefined
    : { publish: publishing, subscribe: subscribing, ...(responses === undefined ? {} : { responses }) };
}

function valuesOf(account: AccountDeclaration, user: string): Values {
  return {
    name: user,
    publicKey: keyOf("user", `${account.name}/${user}`),
    tags: account.users?.[user]?.tags ?? [],
    accountName: account.name,
    accountKey: keyOf("account", account.name),
    accountTags: account.tags ?? [],
  };
}

/** Fills in templates. When no allowed entry is a valid subject afterwards, everything is denied. */
function filledIn(subjects: SubjectPermissions | undefined, values: Values): SubjectPermissions | undefined {
  const { allow = [], deny = [] } = subjects ?? {};
  const [allowed, denied] = [filled(allow, values, "allow"), filled(deny, values, "deny")];
  if (allowed === undefined || denied === undefined) {
    return undefined;
  }
  if (allow.length > 0 && allowed.length === 0) {
    return { deny: [...denied, ">"] };
  }
  return allow.length === 0 ? { deny: denied } : { allow: allowed, deny: denied };
}
