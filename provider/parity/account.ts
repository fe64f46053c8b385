import type { CompleteDeclaration, DeclaredSet } from "../model/account/account";
import type { Timestamp } from "../model/keys/revocations";
import { AUTHORIZATION } from "./authorization";
import type { Entries, Leaf, Members } from "./claims";
import { JETSTREAM } from "./jetstream";
import { EXPORTS, IMPORTS } from "./shares";
import { permissions, ROLE, USER } from "./users";
import { joinSome, quoteName, quoteText } from "./prose";

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

/** The claims of a set of users: one for all of them. What they may do is among the claims of their role. */
const SET: Members<DeclaredSet> = {
  self: { parity: { class: "E", static: "users[].nkey of each user", operator: "sub of the JWT of each user" } },
  members: {
    role: {
      parity: {
        class: "X",
        static: "the settings of the role, repeated for each user",
        operator: "issuer of the user JWTs, one of signing_keys",
      },
    },
    count: { parity: { class: "M" } },
    lifetime: {
      parity: {
        class: "N",
        operator: "exp of the user JWTs, this long after iat",
        severity: "security",
        example: ["90d"],
        consequence: (lifetimes, owner) =>
          `credentials of ${owner} expire on the operator server after ${joinSome(lifetimes, "or")}; the static server accepts the seeds for as long as the program declares the users`,
      },
    },
    expires: {
      parity: {
        class: "P",
        static: "omitted by the next update after that time",
        operator: "exp of the user JWTs",
        severity: "security",
        example: ["2027-01-31"],
        consequence: (times, owner) =>
          `the operator server rejects ${owner} from ${joinSome(times, "or")} on; the static server does so from the next update after that time`,
      },
    },
    notBefore: {
      parity: {
        class: "P",
        static: "omitted until the next update after that time",
        operator: "nbf of the user JWTs",
        severity: "harmless",
        example: ["2027-01-31"],
        consequence: (times, owner) =>
          `the operator server accepts ${owner} from ${joinSome(times, "or")} on; the static server does so from the next update after that time`,
      },
    },
  },
};

/** The claims of all accounts, by account name. */
export const ACCOUNTS: Entries<CompleteDeclaration> = {
  describe: (account) => quoteName(account),
  entry: {
    self: { parity: { class: "E", static: "the key in accounts", operator: "sub of a preloaded account JWT" } },
    members: {
      name: { parity: { class: "M", static: "a comment", operator: "name" } },
      users: {
        describe: (user, account) => `${account}/${quoteName(user)}`,
        entry: USER,
      },
      sets: { describe: (set, account) => `the users of set ${quoteName(set)} of ${account}`, entry: SET },
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
