import type { AccountDeclaration } from "../model/account";
import type { Entries } from "./claims";
import { EXPORTS, IMPORTS } from "./shares";
import { permissions, ROLE, USER } from "./users";
import { named } from "./words";

/** All claims of all accounts, by the account's name. */
export const ACCOUNTS: Entries<AccountDeclaration> = {
  who: (account) => named(account),
  entry: {
    self: { parity: { class: "E", static: "the key of accounts", operator: "sub of a preloaded account JWT" } },
    members: {
      name: { parity: { class: "M", static: "a comment", operator: "name" } },
      users: {
        who: (user, account) => `${account}/${named(user)}`,
        entry: USER,
      },
      roles: { who: (role, account) => `role ${named(role)} of ${account}`, entry: ROLE },
      exports: EXPORTS,
      imports: IMPORTS,
      limits: {
        members: {
          connections: { parity: { class: "E", static: "limits.max_connections", operator: "limits.conn" } },
          leafNodes: { parity: { class: "E", static: "limits.max_leafnodes", operator: "limits.leaf" } },
          subscriptions: { parity: { class: "E", static: "limits.max_subscriptions", operator: "limits.subs" } },
          payload: { parity: { class: "E", static: "limits.max_payload", operator: "limits.payload" } },
        },
      },
      defaultPermissions: permissions("literal", "default_permissions", "default_permissions"),
      signingKeys: {
        parity: {
          class: "N",
          operator: "signing_keys, without a scope",
          severity: "security",
          example: ["A…"],
          consequence: (keys, who) =>
            `whoever has ${keys.length === 1 ? "the signing key" : `one of the ${keys.length} signing keys`} of ${who} can make users for the operator server: the static server knows none of them`,
        },
      },
      revocations: {
        entry: {
          parity: { class: "X", static: "users with no other JWT are left out", operator: "revocations" },
        },
        who: (key, account) => `JWTs of ${named(key)} in ${account}`,
      },
      tags: { parity: { class: "M", static: "a comment", operator: "tags" } },
      description: { parity: { class: "M", operator: "description" } },
      infoUrl: { parity: { class: "M", operator: "info_url" } },
    },
  },
};
