import type { Validity } from "../../../provider/jwt/sign";
import { readStore } from "../../../provider/read/store";
import {
  FREE,
  sign,
  signAccount,
  signActivation,
  signOldActivation,
  signOperator,
  signUser,
  UNLIMITED,
  type Permitted,
} from "../../read/sign";
import { keyOf } from "../../support/keys";
import { ISSUED_AT } from "../../support/world";
import type { DiagnosticCase } from "./case";

const USER_KEY = keyOf("user", "u");
/** The time at which stores are read. */
const NOW = ISSUED_AT + 1;

/** Returns the diagnostics for a store with accounts A and B, and users of A. */
async function storeOf(
  a: Promise<string>,
  users: readonly (Promise<string> | string)[] = [],
  b = signAccount("B"),
  operator = signOperator(),
) {
  const token = (jwt: string) => ({ origin: "the JWT", jwt });
  const [ofOperator, ofA, ofB, ...ofUsers] = await Promise.all([operator, a, b, ...users]);
  const accounts = [
    { token: token(ofA), users: ofUsers.map(token) },
    { token: token(ofB), users: [] },
  ];
  return readStore({ operator: token(ofOperator), accounts, seedOf: () => undefined }, NOW).leftOut;
}

const PRIVATE = { exporter: "B", importer: "A", subject: "private", type: "stream" } as const;

/** Returns account B with a private stream. */
const exporter = (more: object = {}) =>
  signAccount("B", { limits: UNLIMITED, exports: [{ subject: "private", type: "stream", token_req: true, ...more }] });

/** Returns account A, which imports the stream with an activation. */
async function importer(token: Promise<string> | undefined, nats: object = {}): Promise<string> {
  const entry = { subject: "private", type: "stream", account: keyOf("account", "B"), token: await token };
  return signAccount("A", { limits: UNLIMITED, imports: [{ ...entry, ...nats }] });
}

const activation = (by?: string, validity?: Partial<Validity>, permitted: Partial<Permitted> = {}) =>
  signActivation({ ...PRIVATE, ...permitted }, by, validity);

/** The scope of a signing key. */
function scope(template: object, role = "reader") {
  return { kind: "user_scope", key: keyOf("account", "role"), role, template };
}

/** The claims of account A. */
const ACCOUNT_A = { name: "A", sub: keyOf("account", "A"), nats: { type: "account", version: 2 } };
const ISSUER = { issuer_account: keyOf("account", "A") };
const STRICT = { signing_keys: [keyOf("operator", "signing")], strict_signing_key_usage: true };

/** Inputs that produce the codes of nsc stores. */
export const STORE_CASES: readonly DiagnosticCase[] = [
  {
    name: "two users with the same name",
    codes: ["NA3025"],
    find: () => storeOf(signAccount("A"), [signUser("u", "u", "A", FREE), signUser("u", "v", "A", FREE)]),
  },
  {
    name: "users that the operator server rejects",
    codes: Array.from({ length: 9 }, () => "NA3026" as const),
    find: async () => {
      const signing_keys = [scope({ pub: { deny: ["{{tag(team)}}"] } })];
      const limits = { ...UNLIMITED, disallow_bearer: true };
      const revocations = { [keyOf("user", "revoked")]: ISSUED_AT };
      const strict = signAccount("A", {}, {}, "signing");
      return [
        ...(await storeOf(signAccount("A", { limits, signing_keys, revocations }), [
          signUser("strange", "strange", "strange", { ...ISSUER, ...FREE }),
          signUser("scoped", "scoped", "role", { ...ISSUER, ...FREE }),
          signUser("tagless", "tagless", "role", ISSUER),
          signUser("bare", "bare", "A", {}),
          signUser("bearer", "bearer", "A", { ...FREE, bearer_token: true }),
          signUser("pigeon", "pigeon", "A", { ...FREE, allowed_connection_types: ["PIGEON"] }),
          signUser("expired", "expired", "A", FREE, { expires: NOW }),
          signUser("revoked", "revoked", "A", FREE),
        ])),
        ...(await storeOf(
          strict,
          [signUser("strict", "strict", "A", FREE)],
          signAccount("B", {}, {}, "signing"),
          signOperator(STRICT),
        )),
      ];
    },
  },
  {
    name: "references to accounts that are not adopted",
    codes: ["NA3027", "NA3027", "NA3040", "NA3027"],
    find: async () => {
      const account = keyOf("account", "C");
      const authorization = { auth_users: [USER_KEY], allowed_accounts: [account] };
      const nats = { limits: UNLIMITED, imports: [{ subject: "a", type: "stream", account }], authorization };
      return [
        ...(await storeOf(signAccount("A", { ...nats, signing_keys: [keyOf("account", "service")] }))),
        ...(await storeOf(importer(activation()), [], signAccount("B", {}, {}, "lost"))),
      ];
    },
  },
  {
    name: "imports of a private export without a usable activation",
    codes: ["NA3028", "NA3028", "NA3028", "NA3028", "NA3028", "NA3028", "NA3028"],
    find: async () => [
      ...(await storeOf(importer(undefined), [], exporter())),
      ...(await storeOf(importer(activation("other")), [], exporter())),
      ...(await storeOf(importer(activation("B", { expires: NOW })), [], exporter())),
      ...(await storeOf(importer(activation("B", { notBefore: NOW + 1 })), [], exporter())),
      ...(await storeOf(importer(activation()), [], exporter({ revocations: { "*": ISSUED_AT } }))),
      ...(await storeOf(importer(signOldActivation(PRIVATE)), [], exporter())),
      ...(await storeOf(importer(signOldActivation(PRIVATE, NOW + 1)), [], exporter())),
    ],
  },
  {
    name: "an account that expires",
    codes: ["NA3029"],
    find: () => storeOf(signAccount("A", {}, { notBefore: ISSUED_AT, expires: ISSUED_AT + 60 })),
  },
  {
    name: "an activation that expires",
    codes: ["NA3030"],
    find: () => storeOf(importer(activation("B", { expires: ISSUED_AT + 60 })), [], exporter()),
  },
  {
    name: "a user whose time a program cannot express",
    codes: ["NA3031"],
    find: () => storeOf(signAccount("A"), [signUser("u", "u", "A", FREE, { expires: Number.MAX_SAFE_INTEGER })]),
  },
  {
    name: "an auth callout with two signing keys",
    codes: ["NA3032"],
    find: () => {
      const keys = ["1", "2"].map((label) => keyOf("account", label));
      return storeOf(signAccount("A", { authorization: { auth_users: [USER_KEY] }, signing_keys: keys }));
    },
  },
  {
    name: "accounts that the operator server rejects",
    codes: Array.from({ length: 12 }, () => "NA3040" as const),
    find: async () => {
      const wrong = importer(activation("B", {}, { importer: "C" }));
      const several = [1, 2].map((index) => ({ subject: `s${index}`, type: "stream", account: keyOf("account", "B") }));
      const overlapping = several.map((entry) => ({ ...entry, to: "service", type: "service" }));
      return [
        ...(await storeOf(signAccount("A", {}, {}, "lost"))),
        ...(await storeOf(signAccount("A", {}, { expires: NOW }))),
        ...(await storeOf(signAccount("A", {}, { notBefore: NOW + 1 }))),
        ...(await storeOf(sign("account", "A", ACCOUNT_A))),
        ...(await storeOf(signAccount("A"), [], signAccount("B", {}, {}, "signing"), signOperator(STRICT))),
        ...(await storeOf(importer(Promise.resolve("x.y.z")))),
        ...(await storeOf(importer(activation("C", {}, { exporter: "C" })))),
        ...(await storeOf(wrong)),
        ...(await storeOf(importer(activation("B", {}, { subject: "other" })))),
        ...(await storeOf(importer(undefined, { share: true }))),
        ...(await storeOf(signAccount("A", { limits: { ...UNLIMITED, imports: 1 }, imports: several }))),
        ...(await storeOf(signAccount("A", { limits: UNLIMITED, imports: overlapping }))),
      ];
    },
  },
  {
    name: "imports that the operator server ignores",
    codes: ["NA3041", "NA3041", "NA3041"],
    find: async () => [
      ...(await storeOf(importer(undefined))),
      ...(await storeOf(
        importer(undefined, { type: "service", subject: "asked", to: "private.*" }),
        [],
        exporter({ type: "service", subject: "private.*" }),
      )),
      ...(await storeOf(
        importer(undefined, { subject: "private.a" }),
        [],
        exporter({ subject: "private.*", account_token_position: 2 }),
      )),
    ],
  },
  {
    name: "a file that is not the JWT of a user",
    codes: ["NA3042", "NA3042"],
    find: () => storeOf(signAccount("A"), ["notes", signAccount("C")]),
  },
  {
    name: "copies of an account and of a user",
    codes: ["NA3043", "NA3043"],
    find: () =>
      storeOf(
        signAccount("A", {}, { issuedAt: ISSUED_AT + 1 }),
        [signUser("u", "u", "A", FREE), signUser("u", "u", "A", FREE, { issuedAt: ISSUED_AT - 1 })],
        sign("operator", "KO", { ...ACCOUNT_A, name: "copy" }),
      ),
  },
  {
    name: "one key of two users",
    codes: ["NA3043"],
    find: () =>
      storeOf(signAccount("A"), [
        signUser("u", "u", "A", FREE),
        signUser("u-old", "u", "A", { ...FREE, pub: { deny: [">"] } }),
      ]),
  },
  {
    name: "roles whose users the operator server rejects",
    codes: ["NA3044", "NA3044"],
    find: async () => {
      const limits = { ...UNLIMITED, disallow_bearer: true };
      return [
        ...(await storeOf(signAccount("A", { limits, signing_keys: [scope({ bearer_token: true })] }))),
        ...(await storeOf(signAccount("A", { signing_keys: [scope({ allowed_connection_types: ["PIGEON"] })] }))),
      ];
    },
  },
  {
    name: "permissions that depend on a missing name",
    codes: ["NA3045", "NA3025", "NA3045"],
    find: async () => {
      const roleOf = (subject: string) => ({ signing_keys: [scope({ pub: { allow: [subject] } })] });
      const users = ["u", "v"].map((key) => signUser("u", key, "role", ISSUER));
      const named = { name: "A", sub: keyOf("account", "B") };
      const nats = { ...roleOf("a.{{account-name()}}"), type: "account", version: 2 };
      return [
        ...(await storeOf(signAccount("A", roleOf("a.{{name()}}")), users)),
        ...(await storeOf(signAccount("A"), [], sign("operator", "KO", { ...named, nats }))),
      ];
    },
  },
  {
    name: "tags that templates do not find",
    codes: ["NA3048", "NA3048"],
    find: () =>
      storeOf(signAccount("A", { tags: ["Tenant:a"] }), [signUser("u", "u", "A", { ...FREE, tags: ["a:b "] })]),
  },
  {
    name: "templates of users without a role",
    codes: ["NA3046", "NA3046"],
    find: () =>
      storeOf(signAccount("A"), [
        signUser("u", "u", "A", { ...FREE, pub: { allow: ["a.{{name()}}"] } }),
        signUser("v", "v", "A", { ...FREE, pub: { deny: ["a.{{name()}}"] } }),
      ]),
  },
];
