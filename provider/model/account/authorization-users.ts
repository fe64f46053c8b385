import type { Account, AccountDeclaration } from "./account";
import { replacedKeys } from "./effective-users";
import { shown, shownList, type Diagnostic } from "../form/diagnostics";
import { own, sortedSet } from "../form/order";

const USER_KEY = /^U[A-Z2-7]{55}$/;

/**
 * What is wrong between the authorization of an account and its users, each of which is valid alone; paths start at the
 * account's arguments. Nothing is said of users who are not known yet.
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
  const strangers = authorization.users.flatMap((user, index) =>
    isOwn(user) || USER_KEY.test(user) ? [] : [stranger(`${path}[${index}]`, user, Object.keys(users))],
  );
  const problem = "names no user of the account: nobody could log in and be the service";
  const remedy = "Name the user that the service logs in as.";
  return strangers.length === 0 && !authorization.users.some(isOwn) ? [{ path, problem, remedy }] : strangers;
}

function stranger(path: string, user: string, users: readonly string[]): Diagnostic {
  const problem = `is no user of the account; ${users.length === 0 ? "it has none" : `its users are ${shownList(users)}`}`;
  return { path, value: shown(user), problem, remedy: "Correct the name." };
}

/** The public keys of those whom servers let in without asking; keys that were replaced and still work among them. */
export function authorizationKeys(
  account: Pick<Account, "authorization" | "users" | "previous" | "revoked">,
): string[] {
  const keys = (account.authorization?.users ?? []).flatMap((name) => {
    const user = own(account.users, name);
    return user === undefined ? [name] : [user.publicKey, ...replacedKeys(name, account)];
  });
  return sortedSet(keys);
}
