import { ANY_ACCOUNT, type Authorization } from "../model/account/authorization";
import type { Members } from "./claims";
import { quoteName, joinSome } from "./prose";

type Allowed = NonNullable<Authorization["allowedAccounts"]>;

/** The auth callout of an account. */
export const AUTHORIZATION: Members<Authorization> = {
  self: {
    parity: {
      class: "P",
      static: "authorization.auth_callout",
      operator: "authorization",
      severity: "security",
      example: { users: ["service"] },
      consequence: (_, owner) =>
        `the static server asks the auth callout service of ${owner} about every unknown client, even without credentials; the operator server asks only about clients with a JWT of ${owner}`,
    },
  },
  members: {
    users: { parity: { class: "E", static: "auth_callout.auth_users", operator: "authorization.auth_users" } },
    issuer: {
      parity: { class: "E", static: "auth_callout.issuer", operator: "signing_keys, without a scope" },
    },
    allowedAccounts: {
      parity: {
        class: "N",
        operator: "authorization.allowed_accounts",
        severity: "security",
        example: ["B"],
        consequence: (accounts, owner) =>
          `the auth callout service of ${owner} may place clients only in ${owner} and ${joinAccounts(accounts)}; the static server lets it choose any account`,
      },
      except: [
        {
          when: "any",
          matches: (accounts) => accounts === ANY_ACCOUNT,
          parity: { class: "X", operator: "authorization.allowed_accounts" },
        },
      ],
    },
    xkey: { parity: { class: "E", static: "auth_callout.xkey", operator: "authorization.xkey" } },
  },
};

function joinAccounts(accounts: Allowed): string {
  return accounts === ANY_ACCOUNT ? "any other account" : joinSome(accounts.map(quoteName), "and");
}
