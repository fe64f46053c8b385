import type { Account } from "../model/account/account";
import { authorizationKeys } from "../model/account/authorization-users";
import { block, comment, settings, texts, type Lines } from "./syntax";

/** What of an account its authorization is made from. */
export type CalloutAccount = Pick<Account, "name" | "publicKey" | "authorization" | "users" | "previous" | "revoked">;

/**
 * The service that decides about clients: that of the first account that has one, since there is one place for it. Users
 * of other accounts are none of its business. It may let clients into any account, for which there is no other word.
 */
export function calloutLines(accounts: readonly CalloutAccount[]): Lines {
  const account = accounts.find(({ authorization }) => authorization !== undefined);
  if (account === undefined) {
    return [];
  }
  const { name, publicKey, authorization } = account;
  const callout = [
    ...settings({ issuer: authorization?.issuer, account: publicKey, xkey: authorization?.xkey }),
    ...texts("auth_users", authorizationKeys(account)),
    ...texts("allowed_accounts", [publicKey]),
  ];
  return block("authorization", [comment(name), ...block("auth_callout", callout)]);
}
