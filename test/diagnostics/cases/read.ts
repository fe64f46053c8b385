import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readNscStore, readStaticConfig, Unreadable } from "../../../provider/adopt";
import { missingSeeds } from "../../../provider/adopt/nsc-store";
import { createSeedLookup } from "../../../provider/adopt/nsc-keystore";
import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import { readAccount } from "../../../provider/read/claims/account";
import { readCreds, readSeed } from "../../../provider/read/creds";
import { parseConfig } from "../../../provider/language/parse";
import { Notes } from "../../../provider/read/notes";
import { readOperator } from "../../../provider/read/operator";
import { readConfiguration } from "../../../provider/read/static/configuration";
import { verifyToken } from "../../../provider/read/token";
import { encode, HEADER, OPERATOR, sign, signAccount, signOperator } from "../../read/sign";
import { keyOf, seedOf } from "../../support/keys";
import { temporaryFolder } from "../../support/local-server";
import type { DiagnosticCase } from "./case";
import { STORE_CASES } from "./read-store";

/** Returns the problems of an `Unreadable` error; a problem of the whole source has its origin as the path. */
async function errorOf(read: () => unknown): Promise<Diagnostic[]> {
  try {
    await read();
  } catch (error) {
    if (error instanceof Unreadable) {
      const { origin, diagnostics } = error;
      return diagnostics.map((found) => ({ ...found, path: found.path === "" ? origin : found.path }));
    }
    throw error;
  }
  return [];
}

/** Returns one problem of each of several readings. */
async function errorsOf(...readings: readonly (() => unknown)[]): Promise<Diagnostic[]> {
  return (await Promise.all(readings.map(errorOf))).flat();
}

const verify = (jwt: string) => () => verifyToken(jwt, "KO.jwt", new Notes());

const FILES = { include: (file: string) => ({ file, text: "" }), environment: () => undefined };

const parse = (text: string) => () => parseConfig({ file: "nats.conf", text }, FILES);

const readText = (text: string) => readConfiguration({ file: "nats.conf", text }, FILES);

/** Runs a reading on files in a temporary folder, and removes the folder from the paths. */
async function withFiles(files: Readonly<Record<string, string>>, read: (folder: string) => unknown) {
  const folder = temporaryFolder("cases");
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return (await errorOf(() => read(folder))).map((found) => ({
      ...found,
      path: found.path.replace(`${folder}/`, ""),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const USER_KEY = keyOf("user", "u");
const KEY_FILE = `keys/U/${USER_KEY.slice(1, 3)}/${USER_KEY}.nk`;

const JWT_CASES: readonly DiagnosticCase[] = [
  {
    name: "malformed JWTs",
    codes: ["NA3001", "NA3001", "NA3001", "NA3001", "NA3001", "NA3001"],
    find: () =>
      errorsOf(
        verify("e30.e30"),
        verify(encode({ typ: "JWT", alg: "HS256" }, OPERATOR)),
        verify("e$.e$.e$"),
        verify("wyj_.e30.e30"),
        verify("W10.e30.e30"),
        verify(encode(HEADER, { nats: { type: "operator", version: 3 } })),
      ),
  },
  {
    name: "the JWT of an account instead of an operator's",
    codes: ["NA3002"],
    find: async () => errorOf(async () => readOperator(await signAccount("A"), "A.jwt")),
  },
  {
    name: "a truncated JWT, and an operator that another one has signed",
    codes: ["NA3003", "NA3003"],
    find: async () =>
      errorsOf(verify((await signOperator()).slice(0, -9)), async () =>
        readOperator(await sign("operator", "other", OPERATOR), "KO.jwt"),
      ),
  },
  {
    name: "a JWT without the public key of a user",
    codes: ["NA3004"],
    find: async () => errorsOf(verify(await sign("account", "A", { nats: { type: "user", version: 2 } }))),
  },
  {
    name: "claims of the wrong type or with invalid values",
    codes: ["NA3013", "NA3013", "NA3013", "NA3014", "NA3014", "NA3014"],
    find: () =>
      errorOf(async () => {
        const exports = [{ subject: 5, type: "queue", response_type: "many", revocations: { "*": "x" } }];
        const latency = { subject: "a", type: "service", service_latency: { sampling: 0.5 } };
        readAccount(await signAccount("A", { signing_keys: "A", exports: [...exports, latency] }), "A.jwt");
      }),
  },
  {
    name: "claims without a place in the model",
    codes: ["NA3022", "NA3020"],
    find: async () => {
      const xkey = "XBDDX2XPWUWGRVHQRWGLHFXH23OTZTX4Q3PUT3SRRY6IJGEUB2UB5H6W";
      const nats = { later: 1, authorization: { xkey }, limits: { wildcards: true } };
      return readAccount(await signAccount("A", nats), "A.jwt").leftOut;
    },
  },
  {
    name: "a claim that servers ignore",
    codes: ["NA3022"],
    find: async () => {
      const notes = new Notes();
      const [iss, sub] = [keyOf("operator", "KO"), keyOf("operator", "KO")];
      await errorOf(() => verifyToken(encode(HEADER, { ...OPERATOR, iss, sub, aud: "x" }), "KO.jwt", notes));
      return notes.leftOut;
    },
  },
  {
    name: "an unknown claim of an operator",
    codes: ["NA3021"],
    find: async () => readOperator(await signOperator({ later: 1 }), "KO.jwt").leftOut,
  },
  {
    name: "roles without a name of their own",
    codes: ["NA3025", "NA3025"],
    find: async () => {
      const scope = (label: string, role?: string) => ({ kind: "user_scope", key: keyOf("account", label), role });
      const keys = [scope("1", "reader"), scope("2", "reader"), scope("3")];
      return readAccount(await signAccount("A", { signing_keys: keys }), "A.jwt").leftOut;
    },
  },
];

const FILE_CASES: readonly DiagnosticCase[] = [
  {
    name: "a configuration that does not exist, and one with NUL",
    codes: ["NA3005", "NA3005"],
    find: () =>
      errorsOf(() => readStaticConfig({ file: "missing.conf", accountKey: () => undefined as never }), parse("a: \0")),
  },
  {
    name: "an operator, an account and a role without a seed",
    codes: ["NA3050", "NA3050", "NA3050"],
    find: () => {
      const without = { publicKey: keyOf("account", "A") };
      const [withSeed, roles] = [{ seed: seedOf("account", "B"), users: {} }, { r: without }];
      const operator = { publicKey: keyOf("operator", "KO"), signingKeys: [keyOf("operator", "S")], strict: false };
      return missingSeeds({ operator, accounts: { A: { ...without, users: {} }, B: { ...withSeed, roles } } });
    },
  },
  {
    name: "a folder that is not an nsc store",
    codes: ["NA3006"],
    find: () => errorOf(() => readNscStore({ store: "missing/KO" })),
  },
  {
    name: "a keystore that does not exist, and a folder that is none",
    codes: ["NA3047", "NA3047"],
    find: async () => [
      ...(await errorOf(() => createSeedLookup("missing/keystore", "KO"))),
      ...(await withFiles({ "keystore/notes.txt": "x" }, (folder) => createSeedLookup(join(folder, "keystore"), "KO"))),
    ],
  },
  {
    name: "a credentials file without a seed",
    codes: ["NA3007"],
    find: () => errorOf(() => readCreds("nothing", "a.creds")),
  },
  { name: "a key file without a seed", codes: ["NA3008"], find: () => errorOf(() => readSeed("nothing", "a.nk")) },
  {
    name: "a key file with the seed of another key",
    codes: ["NA3009"],
    find: () =>
      withFiles({ [KEY_FILE]: seedOf("user", "other") }, (folder) => createSeedLookup(folder, "KO").seedOf(USER_KEY)),
  },
  {
    name: "creds with the seed of an account",
    codes: ["NA3009"],
    find: () => {
      const lines = (label: string, own: string) => `-----BEGIN ${label}-----\n${own}\n------END ${label}------\n`;
      const creds = lines("NATS USER JWT", "x.y.z") + lines("USER NKEY SEED", seedOf("account", "A"));
      return withFiles({ "creds/KO/A/a.creds": creds }, (folder) => {
        throw new Unreadable("", createSeedLookup(folder, "KO").ignored);
      });
    },
  },
];

/** Texts with one syntax error each. */
const SYNTAX_ERRORS = [
  "a: [1, 2",
  "a: [1]\nb: 2",
  "a {\nb: 1\n",
  "a {\n]\nb=1 }",
  "a: [,]",
  ": 5",
  "a: 'x",
  'a: "x',
  "a (x",
  "a: -x",
  "a: 1.",
  "a: 12-x",
  "a: 1kbb",
  "a: 9223372036854775807k",
  'a: "\\y"',
  'a: "\\xff"',
  "include 5",
];

const CONFIGURATION_CASES: readonly DiagnosticCase[] = [
  {
    name: "syntax errors of a configuration",
    codes: SYNTAX_ERRORS.map(() => "NA3010" as const),
    find: () => errorsOf(...SYNTAX_ERRORS.map(parse)),
  },
  { name: "deep nesting", codes: ["NA3011"], find: () => errorsOf(parse(`a: ${"[".repeat(500)}`)) },
  { name: "an undefined variable", codes: ["NA3012"], find: () => errorsOf(parse("a: $b")) },
  {
    name: "settings of the wrong type, with invalid values, or repeated",
    codes: [
      "NA3015",
      "NA3013",
      "NA3014",
      "NA3013",
      "NA3014",
      "NA3014",
      "NA3013",
      "NA3014",
      "NA3014",
      "NA1302",
      "NA3013",
    ],
    find: () =>
      errorOf(() =>
        readText(`accounts { A {
          default_permissions: { pub: a, Publish: b, sub: 5 }
          exports: [ {}, { service: a, account_token_position: x, response: many, threshold: long } ]
          limits: 5, jetstream: maybe, mappings { a: { dest: b, weight: some } }, users: [ { nkey: A, proxy_required: 5 } ]
        } }`),
      ),
  },
  {
    name: "accounts that are neither blocks nor names",
    codes: ["NA3013"],
    find: () => errorOf(() => readText("accounts: 5")),
  },
  {
    name: "a name for a user that does not exist",
    codes: ["NA3017"],
    find: () =>
      withFiles({ "nats.conf": `accounts { ${keyOf("account", "A")} {} }` }, (folder) =>
        readStaticConfig({
          file: join(folder, "nats.conf"),
          accountKey: () => undefined as never,
          names: { [USER_KEY]: "one" },
        }),
      ),
  },
  {
    name: "a name that is given to two users",
    codes: ["NA3016"],
    find: () =>
      withFiles(
        {
          "nats.conf": `accounts { ${keyOf("account", "A")} { users: [ { nkey: ${USER_KEY} }, { nkey: ${keyOf("user", "v")} } ] } }`,
        },
        (folder) =>
          readStaticConfig({
            file: join(folder, "nats.conf"),
            accountKey: () => undefined as never,
            names: { [USER_KEY]: "one", [keyOf("user", "v")]: "one" },
          }),
      ),
  },
  {
    name: "settings that are not adopted",
    codes: ["NA3024", "NA3020", "NA3024", "NA3023"],
    find: () =>
      readText(
        "port: 4222, authorization { token: x }, accounts { A { later: 1, users: [ { user: u, password: p } ] } }",
      ).leftOut,
  },
  {
    name: "an auth callout that operator mode does not support",
    codes: ["NA3033", "NA3024"],
    find: () => {
      const key = keyOf("account", "A");
      return readText(
        `accounts { ${key} { users: [ { nkey: ${USER_KEY} } ] } }
        authorization { auth_callout { issuer: ${key}, account: ${key}, auth_users: [ eve, ${USER_KEY} ] } }`,
      ).leftOut;
    },
  },
];

/** Inputs that produce each code of the area. */
export const READ_CASES: readonly DiagnosticCase[] = [
  ...JWT_CASES,
  ...FILE_CASES,
  ...CONFIGURATION_CASES,
  ...STORE_CASES,
];
