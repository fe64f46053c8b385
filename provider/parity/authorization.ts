import { ANY_ACCOUNT, type Authorization } from "../model/account/authorization";
import type { Members } from "./claims";
import { named, some } from "./words";

type Allowed = NonNullable<Authorization["allowedAccounts"]>;

/** Who decides about clients in the place of servers. */
export const AUTHORIZATION: Members<Authorization> = {
  self: {
    parity: {
      class: "P",
      static: "authorization.auth_callout",
      operator: "authorization",
      severity: "security",
      example: { users: ["service"] },
      consequence: (_, who) =>
        `the static server asks the service of ${who} about every client that it does not know, without any credentials, too: the operator server asks about those alone who have a JWT of ${who}`,
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
        consequence: (accounts, who) =>
          `the service of ${who} may let clients into ${who} and ${listed(accounts)} alone: the static server lets it choose any account`,
      },
      except: [
        {
          when: "any",
          holds: (accounts) => accounts === ANY_ACCOUNT,
          parity: { class: "X", operator: "authorization.allowed_accounts" },
        },
      ],
    },
    xkey: { parity: { class: "E", static: "auth_callout.xkey", operator: "authorization.xkey" } },
  },
};

function listed(accounts: Allowed): string {
  return accounts === ANY_ACCOUNT ? "any other" : some(accounts.map(named), "and");
}
