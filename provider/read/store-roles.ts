import { keyPath } from "../diagnostics/diagnostic";
import type { Access } from "../model/access/access";
import { isConnectionType } from "../model/access/connection-types";
import { listenerProblem } from "../model/cluster/listeners";
import type { AccountLimits } from "../model/account/limits";
import type { Role } from "../model/users/roles";
import type { AcceptedEntry, ServerView } from "./store-context";
import { hasTemplateOf } from "./store-templates";
import { ADD_STANDARD } from "./values";

/**
 * Finds the roles of an account whose users the operator server and the new servers accept, and names the others. Without a role, its key is
 * not in the account's JWT, so that servers continue to reject all JWTs that it has signed.
 */
export function selectRoles(
  entry: Pick<AcceptedEntry, "account" | "name">,
  { leftOut }: ServerView,
): Readonly<Record<string, Role>> {
  const { account, name } = entry;
  const path = `${keyPath("accounts", name)}.roles`;
  const roles = Object.entries(account.roles ?? {}).filter(([role, terms]) => {
    const rejection = accessRejection(terms, account.limits);
    if (rejection !== undefined) {
      const remedy = "Correct the role in the store.";
      leftOut.push({ code: "NA3044", path: keyPath(path, role), problem: rejection, remedy });
      return false;
    }
    const unreachable = listenerProblem(terms);
    if (unreachable !== undefined) {
      leftOut.push({ code: "NA3049", path: keyPath(path, role), problem: unreachable, remedy: ADD_STANDARD });
      return false;
    }
    const isRenamed = (name !== account.name || name === account.publicKey) && hasTemplateOf("account-name", terms);
    if (isRenamed) {
      const problem = "has `{{account-name()}}` in its permissions, and the account is named by its public key here";
      const remedy = "Give the account a name of its own in the store.";
      leftOut.push({ code: "NA3045", path: keyPath(path, role), problem, remedy });
    }
    return !isRenamed;
  });
  return Object.fromEntries(roles);
}

/** Returns why servers reject every connection with an access, if they do. */
export function accessRejection(
  { bearer, connectionTypes = [] }: Access,
  { disallowBearer }: AccountLimits = {},
): string | undefined {
  if (bearer === true && disallowBearer === true) {
    return "needs no signature to log in, which the account's limits disallow";
  }
  return connectionTypes.length > 0 && !connectionTypes.some(isConnectionType)
    ? "allows only connection types that servers do not support"
    : undefined;
}
