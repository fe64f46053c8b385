import type { AccountDeclaration } from "../model/account/account";
import type { Moment } from "../model/keys/revocations";
import { AUTHORIZATION } from "./authorization";
import type { Entries, Leaf } from "./claims";
import { JETSTREAM } from "./jetstream";
import { EXPORTS, IMPORTS } from "./shares";
import { permissions, ROLE, USER } from "./users";
import { named, plain } from "./words";

/** A static server that lists a key lets it in, whichever JWT the operator server has revoked. */
const REVOCATION: Leaf<Moment> = {
  parity: {
    class: "P",
    static: "users with no other JWT are left out",
    operator: "revocations",
    severity: "security",
    example: "2026-03-01T12:00:00Z",
    consequence: (moment, who) =>
      `the operator server takes no JWT of ${who} that was issued up to ${plain(String(moment))}: the static server knows no JWTs, and lets in the seed of a user who has a newer one`,
  },
};

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
          data: { parity: { class: "M", operator: "limits.data" } },
          imports: { parity: { class: "X", operator: "limits.imports" } },
          exports: { parity: { class: "X", operator: "limits.exports" } },
          wildcardExports: { parity: { class: "X", operator: "limits.wildcards" }, silent: true },
          disallowBearer: { parity: { class: "X", operator: "limits.disallow_bearer" }, silent: false },
        },
      },
      jetstream: JETSTREAM,
      mappings: {
        who: (source, account) => `the mapping of ${plain(source)} in ${account}`,
        entry: {
          key: ({ subject }) => subject,
          who: ({ subject }, mapping) => `${mapping} to ${plain(subject)}`,
          element: {
            self: { parity: { class: "E", static: "mappings", operator: "mappings" } },
            members: {
              subject: { parity: { class: "E", static: "dest", operator: "subject" } },
              weight: { parity: { class: "E", static: "weight", operator: "weight" }, silent: 100 },
              cluster: { parity: { class: "E", static: "cluster", operator: "cluster" } },
            },
          },
        },
      },
      trace: {
        members: {
          destination: { parity: { class: "E", static: "msg_trace.dest", operator: "trace.dest" } },
          sampling: { parity: { class: "E", static: "msg_trace.sampling", operator: "trace.sampling" }, silent: 100 },
        },
      },
      authorization: AUTHORIZATION,
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
        entry: REVOCATION,
        who: (key, account) => (key === "*" ? account : `${named(key)} in ${account}`),
      },
      tags: { parity: { class: "M", static: "a comment", operator: "tags" } },
      description: { parity: { class: "M", operator: "description" } },
      infoUrl: { parity: { class: "M", operator: "info_url" } },
    },
  },
};
