import { FREE, UNLIMITED } from "../../read/sign";
import { keyOf } from "../../support/keys";
import { ISSUED_AT } from "../../support/world";
import { ALL, EXPORTER, FUTURE, NOTHING, PAST, scope, SIGNING, STRICT, type Case, type Situation } from "./situations";

const USER = keyOf("user", "user");

/** Gives the importing account claims, or exports. */
const claiming = (nats: object): Situation => ({ importer: { nats } });
const exporting = (...exports: readonly object[]) =>
  claiming({ exports: exports.map((one) => ({ type: "stream", ...one })) });
const measuring = (latency: object) => exporting({ type: "service", subject: "ev", service_latency: latency });

/** More bytes than the JWT library accepts in a description. */
const LONG = "x".repeat(9000);

/** The JWT of the importing account. */
export const ACCOUNTS: readonly Case[] = [
  ["is signed by a key that the operator does not list", { importer: { by: "KO lost" } }, NOTHING, []],
  ["has expired", { importer: { validity: { expires: PAST } } }, NOTHING, []],
  ["is not valid yet", { importer: { validity: { notBefore: FUTURE } } }, NOTHING, []],
  [
    "is signed by the operator's own key, and the operator requires signing keys",
    { operator: { nats: STRICT }, importer: { ...SIGNING, by: "KO" }, user: { by: "importer signing" } },
    NOTHING,
    [],
  ],
  ["has more imports than its limit", { importer: { nats: { limits: { ...UNLIMITED, imports: 1 } } } }, NOTHING, []],
  [
    "has no limit of imports in its JWT",
    { importer: { nats: { limits: { ...UNLIMITED, imports: undefined } } } },
    NOTHING,
    [],
  ],
  ["imports from an account without a key", { imports: { account: undefined, token: undefined } }, NOTHING, []],
  ["shares a stream with the exporter", { imports: { share: true } }, NOTHING, []],
  ["exports a subject twice", exporting({ subject: "ev.>", token_req: true }, { subject: "ev.>" }), NOTHING, []],
  ["exports overlapping subjects", exporting({ subject: "ev.>" }, { subject: "ev.secret.>" }), NOTHING, []],
  ["exports an invalid subject", exporting({ subject: "ev..a" }), NOTHING, []],
  ["exports the empty subject", exporting({ subject: "" }), NOTHING, []],
  ["exports a subject without the position", exporting({ subject: "ev.a", account_token_position: 2 }), NOTHING, []],
  ["measures a stream", exporting({ subject: "ev", service_latency: { sampling: 50, results: "x" } }), NOTHING, []],
  ["measures more than everything", measuring({ sampling: 500, results: "x" }), NOTHING, []],
  ["measures without a subject", measuring({ sampling: 50 }), NOTHING, []],
  ["measures to many subjects", measuring({ sampling: 50, results: "x.*" }), NOTHING, []],
  ["expects a stream to answer", exporting({ subject: "ev", response_threshold: 50 }), NOTHING, []],
  ["exports with a long description", exporting({ subject: "ev", description: LONG }), NOTHING, []],
  ["has a long description", claiming({ description: LONG }), NOTHING, []],
  [
    "has more exports than its limit",
    claiming({ limits: { ...UNLIMITED, exports: 0 }, exports: [{ subject: "ev", type: "stream" }] }),
    NOTHING,
    [],
  ],
  [
    "exports a wildcard against its limits",
    claiming({
      limits: { ...UNLIMITED, exports: 5, wildcards: false },
      exports: [{ subject: "ev.*", type: "stream" }],
    }),
    NOTHING,
    [],
  ],
  [
    "maps more than everything",
    claiming({
      mappings: {
        a: [
          { subject: "b", weight: 60 },
          { subject: "c", weight: 60 },
        ],
      },
    }),
    NOTHING,
    [],
  ],
  ["maps more than 100 percent", claiming({ mappings: { a: [{ subject: "b", weight: 120 }] } }), NOTHING, []],
  ["maps an invalid subject", claiming({ mappings: { "a..b": [{ subject: "c" }] } }), NOTHING, []],
  ["maps to an invalid subject", claiming({ mappings: { a: [{ subject: "b..c" }] } }), NOTHING, []],
  ["traces to many subjects", claiming({ trace: { dest: "a.*" } }), NOTHING, []],
  ["traces to an invalid subject", claiming({ trace: { dest: "a..b" } }), NOTHING, []],
  ["traces more than everything", claiming({ trace: { dest: "a", sampling: 200 } }), NOTHING, []],
  [
    "permits an invalid subject by default",
    claiming({ default_permissions: { pub: { allow: ["a..b"] } } }),
    NOTHING,
    [],
  ],
].map(([what, situation, possible]) => [what, situation, possible, ["NA3040 accounts.importer"]] as unknown as Case);

const rejectedUser = ["NA3026 accounts.importer.users.user"];
const role = (template: object, by = "importer role"): Situation => ({
  importer: { nats: { signing_keys: [scope("importer role", template)] } },
  user: { nats: {}, by },
});

/** The JWT of its user. */
export const USERS: readonly Case[] = [
  ["has a role", role({}), ALL, []],
  ["has expired", { user: { validity: { expires: PAST } } }, NOTHING, rejectedUser],
  ["expires later", { user: { validity: { expires: FUTURE } } }, ALL, []],
  [
    "is valid from a time after its end",
    { user: { validity: { notBefore: FUTURE, expires: FUTURE - 1 } } },
    NOTHING,
    rejectedUser,
  ],
  ["expired long ago", { user: { validity: { expires: 60 } } }, NOTHING, rejectedUser],
  ["is not valid in this millennium", { user: { validity: { notBefore: 1e11 } } }, NOTHING, rejectedUser],
  ["is signed by a key that the account does not list", { user: { by: "importer lost" } }, NOTHING, rejectedUser],
  ["is revoked", { importer: { nats: { revocations: { [USER]: ISSUED_AT } } } }, NOTHING, rejectedUser],
  ["is revoked with all others", { importer: { nats: { revocations: { "*": ISSUED_AT } } } }, NOTHING, rejectedUser],
  ["was issued after a revocation", { importer: { nats: { revocations: { "*": ISSUED_AT - 1 } } } }, ALL, []],
  [
    "is signed by the account's own key, and the operator requires signing keys",
    { operator: { nats: STRICT } },
    NOTHING,
    rejectedUser,
  ],
  [
    "is signed by a signing key, and the operator requires signing keys",
    { operator: { nats: STRICT }, importer: SIGNING, user: { by: "importer signing" } },
    ALL,
    [],
  ],
  [
    "needs no signature, and the account disallows that",
    {
      importer: { nats: { limits: { ...UNLIMITED, disallow_bearer: true } } },
      user: { nats: { ...FREE, bearer_token: true } },
    },
    NOTHING,
    rejectedUser,
  ],
  [
    "has a role without signatures, and the account disallows that",
    {
      importer: {
        nats: {
          limits: { ...UNLIMITED, disallow_bearer: true },
          signing_keys: [scope("importer role", { bearer_token: true })],
        },
      },
      user: { nats: {}, by: "importer role" },
    },
    NOTHING,
    ['NA3044 accounts.importer.roles["importer role"]', ...rejectedUser],
  ],
  [
    "allows unknown types of connections only",
    { user: { nats: { ...FREE, allowed_connection_types: ["PIGEON"] } } },
    NOTHING,
    rejectedUser,
  ],
  [
    "allows known types of connections among unknown ones",
    { user: { nats: { ...FREE, allowed_connection_types: ["PIGEON", "standard"] } } },
    ALL,
    ["NA3022 accounts.importer.users.user.nats.allowed_connection_types[0]"],
  ],
  ["was issued within a second", { user: { validity: { issuedAt: ISSUED_AT + 0.5 } } }, NOTHING, ["NA3042 user"]],
  ["expires within a second", { user: { validity: { expires: FUTURE + 0.5 } } }, NOTHING, ["NA3042 user"]],
  ["has an invalid network", { user: { nats: { ...FREE, src: ["nonsense"] } } }, NOTHING, rejectedUser],
  [
    "may publish to an invalid subject",
    { user: { nats: { ...FREE, pub: { allow: ["a..b"] } } } },
    NOTHING,
    rejectedUser,
  ],
  ["may publish to a queue group", { user: { nats: { ...FREE, pub: { deny: ["a q"] } } } }, NOTHING, rejectedUser],
  ["may subscribe in a queue group", { user: { nats: { ...FREE, sub: { deny: ["a q"] } } } }, ALL, []],
  ["has one string of networks", { user: { nats: { ...FREE, src: "10.0.0.0/8, 127.0.0.0/8" } } }, ALL, []],
  [
    "denies a subject by a tag that it does not have",
    role({ pub: { deny: ["a.{{tag(team)}}"] } }),
    NOTHING,
    rejectedUser,
  ],
  [
    "has a role and an empty list of networks",
    { ...role({}), user: { nats: { src: [] }, by: "importer role" } },
    NOTHING,
    rejectedUser,
  ],
  [
    "has a role and an unknown claim",
    { ...role({}), user: { nats: { later: 1 }, by: "importer role" } },
    ALL,
    ["NA3020 accounts.importer.users.user.nats.later"],
  ],
  [
    "has a role whose key the account lists again without a role",
    {
      importer: { nats: { signing_keys: [scope("importer role", {}), keyOf("account", "importer role")] } },
      user: { by: "importer role" },
    },
    ALL,
    ["NA3022 accounts.importer.nats.signing_keys[0]"],
  ],
];

/** Claims for which the server rejects the whole account, and the path of each. Adoption asks for a correction. */
export const INVALID: readonly (readonly [claims: object, path: string])[] = [
  [{ cluster_traffic: "other" }, "nats.cluster_traffic"],
  [{ authorization: { allowed_accounts: [EXPORTER] } }, "nats.authorization.allowed_accounts"],
  [{ authorization: { xkey: "X" } }, "nats.authorization.xkey"],
  [{ limits: { ...UNLIMITED, tiered_limits: { "": { disk_storage: 1 } } } }, 'nats.limits.tiered_limits[""]'],
  [{ exports: [{ subject: "a", type: "service", response_type: "stream" }] }, "nats.exports[0].response_type"],
  [
    { imports: [{ subject: "a", to: "a", local_subject: "a", type: "service", account: EXPORTER }] },
    "nats.imports[0].to",
  ],
  [{ imports: [null] }, "nats.imports[0]"],
  [{ limits: { ...UNLIMITED, conn: -2 } }, "nats.limits.conn"],
  [{ limits: { ...UNLIMITED, subs: -2 } }, "nats.limits.subs"],
  [{ limits: { ...UNLIMITED, imports: -2 } }, "nats.limits.imports"],
  [{ limits: { ...UNLIMITED, exports: -2 } }, "nats.limits.exports"],
];

/** The JWT of the operator. */
export const OPERATORS: readonly Case[] = [
  [
    "is signed by its own signing key",
    { operator: { nats: { signing_keys: [keyOf("operator", "KO signing")] }, by: "KO signing" } },
    ALL,
    [],
  ],
  [
    "is signed by its own signing key, and requires signing keys",
    { operator: { nats: STRICT, by: "KO signing" }, importer: SIGNING, user: { by: "importer signing" } },
    ALL,
    [],
  ],
];
