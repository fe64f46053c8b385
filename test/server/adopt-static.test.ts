import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NatsConnection } from "@nats-io/transport-node";
import { Account, Nkey, Operator } from "../../provider";
import { readStaticConfig } from "../../provider/adopt";
import { formatCreds } from "../../provider/jwt/sign";
import { waitFor } from "../../provider/servers/log";
import { MAIN_FILE } from "../../provider/servers/server";
import { adoptedWorld } from "../support/adopted-world";
import { answer, ask, by, Clients, nextMessage } from "../support/clients";
import { keyOf, seedOf } from "../support/keys";
import { newCluster, newServer, removeCluster } from "../support/local-server";
import { mockEngine, valueOf } from "../support/mocks";
import { startPair, urlOf } from "../support/pair";
import { freePorts } from "../support/stack-ports";
import { answerTo } from "../support/streams";

/** The error code of JetStream for an account without it. */
const NOT_ENABLED = 10_039;
/** The error code of JetStream without a leader. */
const NO_LEADER = 10_008;
/** Milliseconds until two servers agree on who decides for JetStream. */
const AGREED = 20_000;

/** Connects a user, by the label of its key, to the existing server or to one of the new servers. */
type LogIn = (label: string) => Promise<NatsConnection>;

/** The `users` of an account, by the labels of their keys. */
const users = (...labels: readonly string[]) =>
  `users: [ ${labels.map((label) => `{ nkey: ${keyOf("user", label)} }`).join()} ]`;

describe("adopting the configuration of a static server", function () {
  this.timeout(60_000);
  const clients = new Clients();
  const stops: (() => void)[] = [];

  beforeEach(mockEngine);

  afterEach(async () => {
    await clients.close();
    stops.splice(0).forEach((stop) => {
      stop();
    });
  });

  /** Starts a server with a configuration. */
  async function startExisting(text: (store: string) => string): Promise<{ file: string; logIn: LogIn }> {
    const [port = 0] = await freePorts(1);
    const cluster = newCluster();
    stops.push(() => {
      removeCluster(cluster);
    });
    const { server } = await newServer(cluster, "existing");
    const config = `listen: 127.0.0.1:${port}\n${text(join(cluster, "store"))}`;
    await server.put({ [MAIN_FILE]: config });
    await server.start();
    const file = join(cluster, "nats.conf");
    writeFileSync(file, config);
    return { file, logIn: (label) => clients.connect(`nats://127.0.0.1:${port}`, by.seed(seedOf("user", label))) };
  }

  /** Starts a server with a configuration, and both servers of a program that adopts it. Returns the logins to each. */
  async function startAll(text: (store: string) => string): Promise<Readonly<Record<string, LogIn>>> {
    const { file, logIn } = await startExisting(text);
    const found = readStaticConfig({ file, accountKey: (name) => new Nkey(name, { kind: "account" }) });
    const operator = new Operator("KO", found.operator);
    const accounts = Object.entries(found.accounts).map(
      ([name, settings]) => new Account(name, { operator, ...settings }),
    );
    const pair = await startPair(await adoptedWorld(operator, accounts), { jetstream: {} });
    stops.push(() => {
      pair.stop();
    });
    const all: Account["users"][] = [operator.systemAccount, ...accounts].map((account) => account.users);
    const jwts = Object.entries(Object.assign({}, ...all) as AccountUsers);
    const tokens = new Map(await Promise.all(jwts.map(async ([name, { jwt }]) => [name, await valueOf(jwt)] as const)));
    const creds = (label: string) => formatCreds(tokens.get(keyOf("user", label)) ?? "", seedOf("user", label));
    return {
      existing: logIn,
      static: (label) => clients.connect(urlOf(pair, "static"), by.seed(seedOf("user", label))),
      operator: (label) => clients.connect(urlOf(pair, "operator"), by.creds(creds(label))),
    };
  }

  it("should keep $SYS the system account", async () => {
    const logIns = await startAll(() => `accounts { $SYS { ${users("sys")} }, A { ${users("a")} } }`);
    for (const logIn of Object.values(logIns)) {
      const [sys, a] = [await logIn("sys"), await logIn("a")];
      assert.match(await ask(sys, "$SYS.REQ.SERVER.PING"), /"server"/);
      await assert.rejects(a.request("$SYS.REQ.SERVER.PING"), /no responders/);
    }
  });

  for (const [what, accounts, expected] of [
    ["when there are no accounts", "", true],
    ["beside a system account", `accounts { SYS { ${users("sys")} } }, system_account: SYS`, true],
    ["beside other accounts", `accounts { A { ${users("a")} } }`, false],
  ] as const) {
    it(`should keep ${expected ? "JetStream and " : ""}mappings of users outside of accounts ${what}`, async () => {
      const logIns = await startAll(
        (store) => `
          jetstream { store_dir: ${JSON.stringify(store)} }
          mappings { from: to }
          authorization { ${users("u")} }
          ${accounts}`,
      );
      for (const [server, logIn] of Object.entries(logIns)) {
        const u = await logIn("u");
        const { message } = await nextMessage(u, "to");
        u.publish("from", "mapped");
        assert.equal((await message).string(), "mapped");
        // The new servers answer as soon as they agree on a leader.
        const error = await waitFor(
          () =>
            answerTo(u, "INFO", {})
              .then((code) => (code === NO_LEADER ? undefined : (code ?? "none")))
              .catch(() => undefined),
          AGREED,
        );
        assert.equal(error, expected ? "none" : NOT_ENABLED, server);
      }
    });
  }

  it("should name the streams of the existing server", async () => {
    const { file, logIn } = await startExisting(
      (store) => `
        jetstream { store_dir: ${JSON.stringify(store)} }
        accounts { A { jetstream: enabled, ${users("a")} }, B { jetstream: enabled, ${users("b")} } }`,
    );
    assert.equal(
      await answerTo(await logIn("a"), "STREAM.CREATE.ORDERS", { name: "ORDERS", subjects: ["o"] }),
      undefined,
    );
    const { leftOut } = readStaticConfig({ file, accountKey: (name) => new Nkey(name, { kind: "account" }) });
    const found = leftOut.filter(({ code }) => code === "NA3068");
    assert.deepEqual(
      found.map(({ path }) => path),
      ["accounts.A.jetstream"],
    );
    assert.match(found[0]?.problem ?? "", /"ORDERS"/);
  });

  it("should keep what accounts see of themselves in the system account, under the same subjects", async () => {
    const logIns = await startAll(
      () => `
        system_account: SYS
        accounts {
          SYS {
            exports: [ { stream: "$SYS.ACCOUNT.PNM.>", accounts: [PNM] }, { service: "$SYS.REQ.ACCOUNT.PNM.CONNZ", accounts: [PNM] } ]
            users: [ { nkey: ${keyOf("user", "sys")}, permissions: { publish: { deny: "$SYS.REQ.ACCOUNT.PNM.>" } } } ]
          }
          PNM {
            imports: [ { stream: { account: SYS, subject: "$SYS.ACCOUNT.PNM.>" } }, { service: { account: SYS, subject: "$SYS.REQ.ACCOUNT.PNM.CONNZ" } } ]
            ${users("p")}
          }
        }`,
    );
    for (const [server, logIn] of Object.entries(logIns)) {
      const p = await logIn("p");
      const { message } = await nextMessage(p, "$SYS.ACCOUNT.PNM.CONNECT");
      await logIn("p");
      assert.match((await message).string(), /client_connect/, server);
      assert.match(await ask(p, "$SYS.REQ.ACCOUNT.PNM.CONNZ"), /"connections"/, server);
    }
  });

  it("should keep what an export offers to each account at the token with its name", async () => {
    const logIns = await startAll(
      () => `
        accounts {
          OWNER { exports: [ { service: "ask.*.now", account_token_position: 2 } ], ${users("o")} }
          A { imports: [ { service: { account: OWNER, subject: "ask.A.now" } } ], ${users("a")} }
        }`,
    );
    for (const logIn of Object.values(logIns)) {
      const [o, a] = [await logIn("o"), await logIn("a")];
      await answer(o, "ask.*.now", "answered");
      assert.equal(await ask(a, "ask.A.now"), "answered");
    }
  });

  it("should not admit users without the service that decides about them, unless that is accepted", async () => {
    const { file, logIn } = await startExisting(
      () => `
        accounts {
          AUTH { users: [ { user: service, password: s3cret } ] }
          APP { ${users("a")} }
        }
        authorization { auth_callout { issuer: ${keyOf("account", "I")}, account: AUTH, auth_users: [ service ] } }`,
    );
    await assert.rejects(logIn("a"), /authorization violation/i);
    const accountKey = (name: string) => new Nkey(name, { kind: "account" });
    assert.throws(() => readStaticConfig({ file, accountKey }), { code: "NA3063" });
    const accept = { "authorization.auth_callout": "The service only counts logins." };
    assert.deepEqual(Object.keys(readStaticConfig({ file, accountKey, accept }).accounts), ["AUTH", "APP"]);
  });

  it("should keep restricted exports of accounts that have a key", async () => {
    const logIns = await startAll(
      () => `
        accounts {
          A { nkey: ${keyOf("account", "A")}, exports: [ { service: ask, accounts: [B] } ], ${users("a")} }
          B { imports: [ { service: { account: A, subject: ask } } ], ${users("b")} }
        }`,
    );
    for (const logIn of Object.values(logIns)) {
      const [a, b] = [await logIn("a"), await logIn("b")];
      await answer(a, "ask", "answered");
      assert.equal(await ask(b, "ask"), "answered");
    }
  });
});

type AccountUsers = Readonly<Record<string, { readonly jwt: Account["jwt"] }>>;
