import type { AccountDeclaration } from "../model/account/account";
import type { Timestamp } from "../model/keys/revocations";
import { AUTHORIZATION } from "./authorization";
import type { Entries, Leaf } from "./claims";
import { JETSTREAM } from "./jetstream";
import { EXPORTS, IMPORTS } from "./shares";
import { permissions, ROLE, USER } from "./users";
import { quoteName, quoteText } from "./prose";

/** A static server accepts every listed key, whichever of the user's JWTs is revoked. */
const REVOCATION: Leaf<Timestamp> = {
  parity: {
    class: "P",
    static: "users with a revoked JWT are omitted",
    operator: "revocations",
    severity: "security",
    example: "2026-03-01T12:00:00Z",
    consequence: (moment, owner) =>
      `the operator server rejects JWTs of ${owner} issued until ${quoteText(String(moment))}; the static server checks no JWTs: it accepts the seed of a user of the program that has a newer JWT, and no other key`,
  },
};

/** The claims of all accounts, by account name. */
export const ACCOUNTS: Entries<AccountDeclaration> = {
  describe: (account) => quoteName(account),
  entry: {
    self: { parity: { class: "E", static: "the key in accounts", operator: "sub of a preloaded account JWT" } },
    members: {
      name: { parity: { class: "M", static: "a comment", operator: "name" } },
      users: {
        describe: (user, account) => `${account}/${quoteName(user)}`,
        entry: USER,
      },
      roles: { describe: (role, account) => `role ${quoteName(role)} of ${account}`, entry: ROLE },
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
          wildcardExports: { parity: { class: "X", operator: "limits.wildcards" }, default: true },
          disallowBearer: { parity: { class: "X", operator: "limits.disallow_bearer" }, default: false },
        },
      },
      jetstream: JETSTREAM,
      mappings: {
        describe: (source, account) => `the mapping of ${quoteText(source)} in ${account}`,
        entry: {
          key: ({ subject }) => subject,
          describe: ({ subject }, mapping) => `${mapping} to ${quoteText(subject)}`,
          element: {
            self: { parity: { class: "E", static: "mappings", operator: "mappings" } },
            members: {
              subject: { parity: { class: "E", static: "dest", operator: "subject" } },
              weight: { parity: { class: "E", static: "weight", operator: "weight" }, default: 100 },
              cluster: { parity: { class: "E", static: "cluster", operator: "cluster" } },
            },
          },
        },
      },
      trace: {
        members: {
          destination: { parity: { class: "E", static: "msg_trace.dest", operator: "trace.dest" } },
          sampling: { parity: { class: "E", static: "msg_trace.sampling", operator: "trace.sampling" }, default: 100 },
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
          consequence: (keys, owner) =>
            `the holder of ${keys.length === 1 ? "the signing key" : `one of the ${keys.length} signing keys`} of ${owner} can issue users for the operator server; the static server rejects them`,
        },
      },
      revocations: {
        entry: REVOCATION,
        describe: (key, account) => (key === "*" ? account : `${quoteName(key)} in ${account}`),
      },
      tags: { parity: { class: "M", static: "a comment", operator: "tags" } },
      description: { parity: { class: "M", operator: "description" } },
      infoUrl: { parity: { class: "M", operator: "info_url" } },
    },
  },
};
