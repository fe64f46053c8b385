import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import { Unreadable } from "../../../provider/diagnostics/unreadable";
import type { Adopted } from "../../../provider/adopt/adopted";
import { mergeAdopted } from "../../../provider/adopt/merge";
import type { AccountSettings } from "../../../provider/components/account/account-args";
import { leftOutStreams } from "../../../provider/adopt/stored-streams";
import type { Acceptances } from "../../../provider/parity/acceptance";
import { readText } from "../../read/static-texts";
import { keyOf } from "../../support/keys";
import { temporaryFolder } from "../../support/local-server";
import type { DiagnosticCase } from "./case";

const [U, V] = [keyOf("user", "u"), keyOf("user", "v")];
const [A, B] = [keyOf("account", "A"), keyOf("account", "B")];

/** Returns the problems of a configuration that cannot be read. */
function problemsOf(text: string, accept?: Acceptances): readonly Diagnostic[] {
  try {
    readText(text, accept);
  } catch (error) {
    if (error instanceof Unreadable) {
      return error.diagnostics;
    }
    throw error;
  }
  return [];
}

const notesOf = (text: string, accept?: Acceptances) => readText(text, accept).leftOut;

const CALLOUT = `accounts { APP { users: [ { nkey: ${U} } ] } }
  authorization { users: [ { user: auth, password: x } ], auth_callout { issuer: ${A}, auth_users: [ auth ] } }`;

/** Returns one account as a store or a configuration is read. */
function adoptedAs(settings: AccountSettings, account: string, users: Readonly<Record<string, string>> = {}): Adopted {
  return { operator: {}, accounts: { A: settings }, keys: { A: { account, users } }, leftOut: [] };
}

/** Merges an account of a store and of a configuration, by default with the same key. */
function mergedWith(store: AccountSettings, file: AccountSettings, key = A): readonly Diagnostic[] {
  try {
    return mergeAdopted(adoptedAs(store, A), adoptedAs(file, key)).leftOut;
  } catch (error) {
    if (error instanceof Unreadable) {
      return error.diagnostics;
    }
    throw error;
  }
}

/** Runs a reading with the store of a server, and removes its folder from the problems. */
function withStore(streams: readonly string[], read: (folder: string) => readonly Diagnostic[]): readonly Diagnostic[] {
  const folder = temporaryFolder("store");
  try {
    streams.forEach((stream) => mkdirSync(join(folder, "jetstream", stream), { recursive: true }));
    writeFileSync(join(folder, "jetstream", "note"), "");
    return read(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Inputs that produce each code of the area. */
export const STATIC_CASES: readonly DiagnosticCase[] = [
  {
    name: "a configuration in operator mode",
    codes: ["NA3060"],
    find: () => problemsOf("operator: KO.jwt, resolver: MEMORY, port: 4222"),
  },
  {
    name: "an nkey of two users, and one that is not an nkey",
    codes: ["NA3061", "NA3014", "NA1302"],
    find: () => problemsOf(`accounts { A { users: [ { nkey: ${U} }, { nkey: ${U}, user: u }, { nkey: x } ] } }`),
  },
  {
    name: "accounts that a configuration does not define",
    codes: ["NA3062", "NA3062", "NA3062"],
    find: () =>
      problemsOf(`system_account: S, accounts { A {
        exports: [ { stream: x, accounts: [ B ] } ], imports: [ { stream: { account: C, subject: y } } ]
      } }`),
  },
  {
    name: "users that the server's auth callout service decides about",
    codes: ["NA3063", "NA3034", "NA3035", "NA3063"],
    find: () => [
      ...problemsOf(CALLOUT),
      ...problemsOf(`authorization { auth_callout { issuer: ${A}, account: B, auth_users: [ ${U} ] } }`),
      ...problemsOf(`accounts { ${A} { users: [ { nkey: ${U} } ] }, ${B} { users: [ { nkey: ${V} } ] } }
        authorization { proxy_required: true, auth_callout { issuer: ${A}, account: ${A}, auth_users: [ ${U} ] } }`),
    ],
  },
  {
    name: "security gaps of a configuration that are accepted",
    codes: ["NA3024", "NA3024", "NA3063"],
    find: () => notesOf(CALLOUT, { "authorization.auth_callout": "The service only counts logins." }),
  },
  {
    name: "acceptances without a gap or a reason",
    codes: ["NA3064", "NA3065"],
    find: () => problemsOf(CALLOUT, { "authorization.token": "x", "authorization.auth_callout": "" }),
  },
  {
    name: "names of accounts in subjects, and in the responses of a service",
    codes: ["NA3066", "NA3066", "NA3066"],
    find: () =>
      notesOf(`
        accounts {
          $SYS { users: [ { nkey: ${U}, permissions: { subscribe: "$SYS.ACCOUNT.APP.>" } } ] }
          APP { users: [ { nkey: ${V} } ] }
        }
        authorization { auth_callout { issuer: ${A}, account: APP, auth_users: [ ${U}, ${V} ] } }`),
  },
  {
    name: "a user whose connections need a listener that the new servers do not have",
    codes: ["NA3049"],
    find: () =>
      notesOf(`accounts { A { users: [ { nkey: ${U}, allowed_connection_types: [ WEBSOCKET ] }, { nkey: ${V} } ] } }`),
  },
  {
    name: "TLS of a server",
    codes: ["NA3067", "NA3067", "NA3023"],
    find: () => notesOf(`tls { verify: true }, cluster { tls {} }, authorization { users: [ { nkey: ${U} } ] }`),
  },
  {
    name: "streams of a server",
    codes: ["NA3068", "NA3068", "NA3068"],
    find: () => {
      const jetstream = { users: [], jetstream: {} };
      return [
        ...withStore(["A/streams/ORDERS", "A/streams/KV_users"], (store) => leftOutStreams({ A: jetstream }, store)),
        ...leftOutStreams({ A: jetstream, $G: jetstream }, undefined),
      ];
    },
  },
  {
    name: "logins without nkeys",
    codes: ["NA3024", "NA3024", "NA3024", "NA3024", "NA3024", "NA3024", "NA3024"],
    find: () => [
      ...notesOf(
        `no_auth_user: eve, accounts { A { users: [ { user: eve, password: x }, { user: CN=z } ] } }, tls { verify_and_map: true }`,
      ).filter(({ code }) => code === "NA3024"),
      ...notesOf("authorization { user: derek, password: x }"),
      ...notesOf("authorization { token: x }"),
      ...notesOf("accounts {}"),
    ],
  },
  {
    name: "settings and connections of a server",
    codes: ["NA3023", "NA3023", "NA3023"],
    find: () => notesOf(`port: 4222, debug: true, websocket { port: 80 }, authorization { users: [ { nkey: ${U} } ] }`),
  },
  {
    name: "JetStream of the system account",
    codes: ["NA3022"],
    find: () => notesOf(`accounts { $SYS { jetstream: true }, ${A} { users: [ { nkey: ${U} } ] } }`),
  },
  {
    name: "JetStream of an account whose server has none",
    codes: ["NA3022"],
    find: () => notesOf(`accounts { ${A} { jetstream: true, users: [ { nkey: ${U} } ] } }`),
  },
  {
    name: "a prefix of a service import",
    codes: ["NA3022"],
    find: () =>
      notesOf(`accounts {
        ${A} { exports: [ { service: s } ] }
        ${B} { imports: [ { service: { account: ${A}, subject: s }, prefix: p } ], users: [ { nkey: ${U} } ] }
      }`),
  },
  {
    name: "differences between a store and a configuration",
    codes: ["NA3073"],
    find: () => mergedWith({ limits: { payload: 1 } }, {}),
  },
  {
    name: "a restriction that a store does not have",
    codes: ["NA3074"],
    find: () => mergedWith({}, { limits: { payload: 1 } }),
  },
  {
    name: "an account of a configuration with the name of a different one of a store",
    codes: ["NA3075"],
    find: () => mergedWith({}, {}, B),
  },
  {
    name: "a user that the store of the same account does not admit",
    codes: ["NA3076"],
    find: () => {
      const omitted = { accounts: [], users: { [A]: [U] } };
      return mergeAdopted({ ...adoptedAs({}, A), omitted }, adoptedAs({ users: { u: { publicKey: U } } }, A, { u: U }))
        .leftOut;
    },
  },
  {
    name: "a user of the configuration alone",
    codes: ["NA3077"],
    find: () => mergeAdopted(adoptedAs({}, A), adoptedAs({ users: { u: { publicKey: U } } }, A, { u: U })).leftOut,
  },
  {
    name: "an import that the exports of the store do not permit",
    codes: ["NA3078"],
    find: () => {
      const account = { accountName: "A", publicKey: A };
      const importer = { imports: [{ account, subject: "a", type: "service" }] } as const;
      const file: Adopted = {
        ...adoptedAs({}, A),
        accounts: { A: {}, B: importer },
        keys: { A: { account: A, users: {} }, B: { account: B, users: {} } },
      };
      return mergeAdopted(adoptedAs({}, A), file).leftOut.filter(({ code }) => code === "NA3078");
    },
  },
  {
    name: "a destination with a weight of 0",
    codes: ["NA3072"],
    find: () =>
      notesOf(
        `accounts { A { users: [ { nkey: ${U} } ], mappings { a: [{ dest: b, weight: 100 }, { dest: c, weight: 0 }] } } }`,
      ),
  },
];
