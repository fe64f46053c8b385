import { diagnose, displayList, type Diagnostic } from "../../diagnostics/diagnostic";
import { getOwn, sortUnique } from "../form/order";
import type { Account, AccountDeclaration } from "./account";
import { getReplacedKeys } from "./effective-users";

const USER_KEY = /^U[A-Z2-7]{55}$/;

/**
 * Finds problems between the authorization of an account and its users, each of which is valid alone; paths are relative to
 * the account's arguments. Finds none while the users are unknown.
 */
export function authorizationUserDiagnostics({
  authorization,
  users,
}: Pick<AccountDeclaration, "authorization" | "users">): Diagnostic[] {
  if (authorization === undefined || users === undefined) {
    return [];
  }
  const path = "authorization.users";
  const isOwn = (user: string) => Object.hasOwn(users, user);
  const unknown = authorization.users.flatMap((user, index) =>
    isOwn(user) || USER_KEY.test(user) ? [] : unknownUser(`${path}[${index}]`, user, Object.keys(users)),
  );
  if (unknown.length > 0 || authorization.users.some(isOwn)) {
    return unknown;
  }
  const problem = "must contain a user of the account; otherwise the service cannot log in";
  return diagnose({ code: "NA1601", path, problem, remedy: "Add the user that the service logs in as." });
}

function unknownUser(path: string, user: string, users: readonly string[]): Diagnostic[] {
  const available = users.length === 0 ? "it has no users" : `its users: ${displayList(users)}`;
  const problem = `is not a user of the account; ${available}`;
  return diagnose({ code: "NA1602", path, value: user, problem, remedy: "Correct the name." });
}

/** Returns the public keys of the users that servers accept without asking the service, with replaced keys that are valid. */
export function getAuthorizationKeys(
  account: Pick<Account, "authorization" | "users" | "previous" | "revoked">,
): string[] {
  const keys = (account.authorization?.users ?? []).flatMap((name) => {
    const user = getOwn(account.users, name);
    return user === undefined ? [name] : [user.publicKey, ...getReplacedKeys(name, account)];
  });
  return sortUnique(keys);
}
