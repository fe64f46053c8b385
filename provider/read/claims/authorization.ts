import type { Authorization } from "../../model/account/authorization";
import { ANY_ACCOUNT } from "../../model/account/authorization";
import { defined, unlessEmpty } from "../../model/form/order";
import type { Fields } from "../fields";

/** Reads the authorization of an account: users and accounts by their keys. To servers there is none without users. */
export function readAuthorization(says: Fields | undefined): Authorization | undefined {
  const users = says?.texts("auth_users") ?? [];
  if (says === undefined || users.length === 0) {
    says?.leaveOutRest("is of no effect without `auth_users`", "Nothing is to be done: servers ask nobody.");
    return undefined;
  }
  const accounts = says.texts("allowed_accounts");
  const any = accounts.length === 1 && accounts[0] === ANY_ACCOUNT;
  const allowedAccounts = any ? ANY_ACCOUNT : unlessEmpty(accounts);
  const read = defined<Authorization>({ users, allowedAccounts, xkey: says.text("xkey") });
  says.leaveOutUnknown();
  return read;
}
