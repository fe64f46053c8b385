import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Account, Operator } from "../../provider";
import { readNscStore } from "../../provider/adopt";
import { adoptedWorld } from "../support/adopted-world";
import { withOperatorServer } from "../adopt/operator-server";
import { writeKeys, writeStore, type WrittenStore } from "../adopt/nsc-writer";
import { FREE, signAccount, signActivation, signOperator, signUser, UNLIMITED } from "../read/sign";
import { keyOf, seedOf } from "../support/keys";
import { temporaryFolder } from "../support/local-server";
import { mockEngine, valueOf } from "../support/mocks";
import { withPair, type Pair } from "../support/pair";
import type { Side } from "../support/sides";
import { publish, subscribe, Wire } from "../support/wire";
import { ISSUED_AT } from "../support/world";

const PAST = { expires: ISSUED_AT + 60 };
const FUTURE = { notBefore: 4_000_000_000 };

const EXPORTER = keyOf("account", "exporter");

/** Activations for the importing account, by the last token of the subject that they permit. */
const ACTIVATIONS: Readonly<Record<string, Promise<string | undefined>>> = Object.fromEntries(
  Object.entries({
    valid: () => activation("valid"),
    missing: () => Promise.resolve(undefined),
    expired: () => activation("expired", "exporter", PAST),
    early: () => activation("early", "exporter", FUTURE),
    unlisted: () => activation("unlisted", "exporter lost"),
  }).map(([name, sign]) => [name, sign()]),
);

function activation(name: string, by?: string, validity?: object): Promise<string> {
  return signActivation(
    { exporter: "exporter", importer: "importer", subject: `ask.${name}`, type: "service" },
    by,
    validity,
  );
}

/** Roles of an account, by name. None of them contains all limits. */
const ROLES: Readonly<Record<string, object>> = {
  plain: {},
  listed: { pub: { allow: ["a.{{name()}}", "any.>"] }, sub: { deny: ["secret"] } },
  narrow: { subs: 1, payload: 3 },
  silent: { payload: 0 },
  tagged: { pub: { allow: ["x.{{tag(tenant)}}.>", "y.{{tag(Team)}}"] } },
};

/** Users of an account: the key that signs, claims and times. The key of a role has the role's name. */
const USERS: Readonly<Record<string, readonly [by: string, nats?: object, validity?: object]>> = {
  free: ["account"],
  "no subscriptions": ["account", { payload: -1, data: -1 }],
  "no payload": ["account", { subs: -1, data: -1 }],
  "no data": ["account", { subs: -1, payload: -1 }],
  literal: ["account", { ...FREE, pub: { allow: ["a.{{name()}}", "any.>"] } }],
  ...Object.fromEntries(Object.keys(ROLES).map((role) => [role, [role, {}] as const])),
  tagged: ["tagged", { tags: ["tenant:Blue", "tenant:green", "Team:red", " odd", ""] }],
  expired: ["account", FREE, PAST],
  early: ["account", FREE, FUTURE],
  unlisted: ["lost"],
  revoked: ["account"],
};

/** Users by the accounts that the operator server rejects. */
const REJECTED = ["old", "foreign"];

async function storeOf(): Promise<WrittenStore> {
  const signing = keyOf("operator", "KO signing");
  const imports = Object.entries(ACTIVATIONS).map(async ([name, token]) => ({
    ...{ subject: `ask.${name}`, type: "service", account: EXPORTER, token: await token },
  }));
  const scopes = Object.entries(ROLES).map(([role, template]) => {
    return { kind: "user_scope", key: keyOf("account", role), role, template };
  });
  const exports = [{ subject: "ask.*", type: "service", token_req: true }];
  const account = (name: string, nats: object, validity?: object, by?: string) =>
    signAccount(name, { limits: UNLIMITED, ...nats }, validity, by);
  const user = (of: string, name: string) => signUser(name, name, of, FREE);
  const users = Object.entries(USERS).map(async ([name, [by, nats = FREE, validity]]) => {
    const claims = { issuer_account: keyOf("account", "account"), ...nats };
    return [name, await signUser(name, name, by, claims, validity)] as const;
  });
  return {
    operator: await signOperator({ signing_keys: [signing] }, "KO signing"),
    accounts: {
      SYS: { jwt: await account("SYS", {}) },
      exporter: { jwt: await account("exporter", { exports }), users: { answers: await user("exporter", "answers") } },
      importer: {
        jwt: await account("importer", { imports: await Promise.all(imports) }),
        users: { asks: await user("importer", "asks") },
      },
      account: {
        jwt: await account("account", {
          signing_keys: scopes,
          revocations: { [keyOf("user", "revoked")]: ISSUED_AT },
        }),
        users: Object.fromEntries(await Promise.all(users)),
      },
      old: { jwt: await account("old", {}, PAST), users: { old: await user("old", "old") } },
      foreign: {
        jwt: await account("foreign", {}, {}, "KO lost"),
        users: { foreign: await user("foreign", "foreign") },
      },
    },
  };
}

/** Logs in as a user of the store, or not. */
type LogIn = (user: string) => Promise<Wire | undefined>;

/** Milliseconds within which a server closes a connection that exceeds a limit from the start. */
const CLOSING = 60;

async function open(port: number, seed: string, jwt?: string): Promise<Wire | undefined> {
  try {
    const client = await Wire.open(port, jwt === undefined ? { seed } : { seed, jwt, nkey: false });
    await setTimeout(CLOSING);
    return (await client.send("")) === "closed" ? undefined : client;
  } catch {
    return undefined;
  }
}

/** Commands to send as each user. */
const COMMANDS: Readonly<Record<string, string>> = {
  "publishes nothing": publish("any.thing"),
  "publishes a.free": publish("a.free"),
  "publishes a.listed": publish("a.listed"),
  "publishes a.literal": publish("a.literal"),
  "publishes x.Blue.a": publish("x.Blue.a"),
  "publishes x.blue.a": publish("x.blue.a"),
  "publishes x.green.a": publish("x.green.a"),
  "publishes y.red": publish("y.red"),
  "subscribes to a secret": subscribe("secret", 1),
  "subscribes to news": subscribe("news", 2),
  "subscribes to more": subscribe("more", 3),
  "publishes text": publish("any.thing", "hello"),
};

/** Returns every decision about users, and which requests arrive. */
async function decisionsOf(logIn: LogIn, users: readonly string[]): Promise<Record<string, string>> {
  const decisions: Record<string, string> = {};
  for (const user of users) {
    const client = await logIn(user);
    decisions[`${user} logs in`] = client === undefined ? "denied" : "allowed";
    for (const [what, command] of Object.entries(COMMANDS)) {
      decisions[`${user} ${what}`] = (await client?.send(command)) ?? "denied";
    }
    await client?.close();
  }
  const [asks, answers] = [await logIn("asks"), await logIn("answers")];
  await answers?.send(subscribe("ask.*", 1));
  for (const name of Object.keys(ACTIVATIONS)) {
    await asks?.send(publish(`ask.${name}`));
    await answers?.send("");
    const arrives = answers?.received.some(({ subject }) => subject === `ask.${name}`) === true;
    decisions[`asks asks ${name}`] = arrives ? "allowed" : "denied";
  }
  await Promise.all([asks?.close(), answers?.close()]);
  return decisions;
}

describe("the servers of an adopted nsc store", function () {
  this.timeout(60_000);
  const users = [...Object.keys(USERS), ...REJECTED];
  const all = [...users, "asks", "answers"];
  let folder: string;
  let original: Record<string, string>;
  let adopted: (use: (pair: Pair, jwtOf: (user: string) => string | undefined) => Promise<void>) => Promise<void>;
  let nscJwts: Readonly<Record<string, string>>;

  before("the decisions of the store's own server, and the adopted program", async () => {
    folder = temporaryFolder("nsc");
    const store = await storeOf();
    writeStore(join(folder, "KO"), store);
    const seeds = [
      ...["KO signing"].map((label) => ["operator", label] as const),
      ...["SYS", "exporter", "importer", "account", ...REJECTED, ...Object.keys(ROLES)].map(
        (label) => ["account", label] as const,
      ),
      ...all.map((label) => ["user", label] as const),
    ].map(([kind, label]) => [keyOf(kind, label), seedOf(kind, label)]);
    writeKeys(join(folder, "keystore"), Object.fromEntries(seeds) as Record<string, string>);
    nscJwts = Object.assign(
      {},
      ...Object.values(store.accounts).map((account) => account.users ?? {}),
    ) as typeof nscJwts;
    const tokens = Object.values(store.accounts).map(({ jwt }) => jwt);
    original = await withOperatorServer(store.operator, tokens, (port) =>
      decisionsOf((user) => open(port, seedOf("user", user), nscJwts[user]), users),
    );

    await mockEngine();
    const found = readNscStore({ store: join(folder, "KO"), keystore: join(folder, "keystore") });
    const operator = new Operator("KO", found.operator);
    const accounts = Object.entries(found.accounts).map(([own, args]) => new Account(own, { operator, ...args }));
    const credentials = accounts.flatMap((account) => Object.entries(account.users));
    const jwts = await Promise.all(credentials.map(async ([user, { jwt }]) => [user, await valueOf(jwt)] as const));
    const world = await adoptedWorld(operator, accounts);
    adopted = (use) => withPair(world, (pair) => use(pair, (user) => new Map(jwts).get(user)));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const portOf = ({ listeners }: Pair, side: Side) => listeners[side].clientPort;

  it("should be worth comparing: some of everything is denied, and some allowed", () => {
    for (const part of ["logs in", "asks asks", "publishes a.listed", "publishes x.Blue", "publishes text", "secret"]) {
      const found = Object.entries(original).filter(([what]) => what.includes(part));
      assert.deepEqual(new Set(found.map(([, decision]) => decision === "allowed")), new Set([true, false]), part);
    }
  });

  it("should decide as the store's own server when users have the JWTs of the program", () =>
    adopted(async (pair, jwtOf) => {
      const port = portOf(pair, "operator");
      const logIn: LogIn = (user) => open(port, seedOf("user", user), jwtOf(user) ?? nscJwts[user]);
      assert.deepEqual(await decisionsOf(logIn, users), original);
    }));

  it("should decide as the store's own server when users have the JWTs of nsc", () =>
    adopted(async (pair) => {
      const port = portOf(pair, "operator");
      assert.deepEqual(await decisionsOf((user) => open(port, seedOf("user", user), nscJwts[user]), users), original);
    }));

  it("should decide as the store's own server on the static server, which has no limits of users", () =>
    adopted(async (pair) => {
      const port = portOf(pair, "static");
      const limited = ["no subscriptions", "no payload", "narrow", "silent"];
      const unlimited = (decisions: Record<string, string>) =>
        Object.entries(decisions).filter(([what]) => !limited.some((user) => what.startsWith(`${user} `)));
      const decisions = await decisionsOf((user) => open(port, seedOf("user", user)), users);
      assert.deepEqual(Object.fromEntries(unlimited(decisions)), Object.fromEntries(unlimited(original)));
    }));
});
