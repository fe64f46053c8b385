import assert from "node:assert/strict";
import { Account, AuthConfiguration, Operator } from "../../provider";
import { ROUTES_FILE } from "../../provider/config/listener";
import { renderRoutesConfig } from "../../provider/config/routes";
import { MAIN_FILE, type ConfigFiles, type Server } from "../../provider/servers/server";
import { answer, ask, by, Clients } from "../support/clients";
import { newCluster, newServer, removeCluster, tryConfig } from "../support/local-server";
import { mockEngine, valueOf } from "../support/mocks";
import { ROUTE_PASSWORD } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { freePorts } from "../support/stack-ports";

const HOST = "127.0.0.1";
const INCLUDED = "authorization.conf";

/** A configuration of a server that somebody else wrote, with the place where it needs the accounts. */
function writtenByHand(side: Side, [clientPort, clusterPort, peerPort]: readonly number[]): string {
  return `
# Written by somebody else.
server_name: their-${side}
listen: "${HOST}:${clientPort}"
max_payload: 64KB
include "./${INCLUDED}"
cluster {
  name: theirs
  listen: "${HOST}:${clusterPort}"
  ${renderRoutesConfig([{ host: HOST, clusterPort: peerPort ?? 0 }], ROUTE_PASSWORD)}
}
max_connections: 100
`;
}

describe("an AuthConfiguration on servers that something else deploys", function () {
  this.timeout(60_000);
  const cluster = newCluster();
  const clients = new Clients();
  let a: Account<{ test: object; other: object }>;
  let b: Account<{ asks: object }>;
  let texts: Readonly<Record<Side, string>>;
  let auth: AuthConfiguration;

  before("a program", async () => {
    await mockEngine();
    const operator = new Operator("KO");
    a = new Account("A", {
      operator,
      exports: [{ subject: "test", type: "service" }],
      users: { test: {}, other: { permissions: { publish: { allow: ["free"] } } } },
    });
    b = new Account("B", {
      operator,
      imports: [{ account: a, subject: "test", type: "service" }],
      users: { asks: {} },
    });
    auth = new AuthConfiguration("nats", { operator, accounts: [a, b] });
    texts = {
      static: await valueOf(auth.static.authorization),
      operator: await valueOf(auth.operator.authorization),
    };
  });

  after(async () => {
    await clients.close();
    removeCluster(cluster);
  });

  async function start(side: Side, files: ConfigFiles): Promise<Server> {
    const { server } = await newServer(cluster, side);
    await server.put(files);
    await server.start();
    return server;
  }

  async function logIn(side: Side, port: number, user: "test" | "other" | "asks") {
    const { seed, creds } = user === "asks" ? b.users.asks : a.users[user];
    const text = (await valueOf(side === "static" ? seed : creds)) ?? "";
    const proof = side === "static" ? by.seed(text) : by.creds(text);
    return clients.connect(`nats://${HOST}:${port}`, proof);
  }

  it("should join them as one cluster when their own files include the texts", async () => {
    const [own = 0, ownCluster = 0, other = 0, otherCluster = 0] = await freePorts(4);
    await start("static", {
      [MAIN_FILE]: writtenByHand("static", [own, ownCluster, otherCluster]),
      [INCLUDED]: texts.static,
    });
    await start("operator", {
      [MAIN_FILE]: writtenByHand("operator", [other, otherCluster, ownCluster]),
      [INCLUDED]: texts.operator,
    });
    const service = await logIn("static", own, "test");
    await answer(service, "test", "answered");
    assert.equal(await ask(await logIn("operator", other, "asks"), "test"), "answered");
    assert.equal(service.info?.max_payload, 64 * 1024);
  });

  for (const side of SIDES) {
    it(`should decide alike when the ${side} text is the whole configuration`, async () => {
      const [port = 0] = await freePorts(1);
      await start(side, { [MAIN_FILE]: `port: ${port}\n${texts[side]}` });
      const refused = await logIn(side, port, "other");
      const failure = (async () => {
        for await (const status of refused.status()) {
          if (status.type === "error") return status.error.message;
        }
        return undefined;
      })();
      refused.publish("free");
      refused.publish("forbidden");
      assert.match((await failure) ?? "", /Permissions Violation for Publish to "forbidden"/);
      await assert.rejects(clients.connect(`nats://${HOST}:${port}`));
    });
  }

  it("should have the parts of the operator's configuration as values", async () => {
    const { operatorJwt, systemAccount, resolverPreload } = auth.operator;
    const [jwt, system, preload] = await Promise.all([
      valueOf(operatorJwt),
      valueOf(systemAccount),
      valueOf(resolverPreload),
    ]);
    for (const part of [jwt, system, ...Object.entries(preload).flat()]) assert.ok(texts.operator.includes(part));
    assert.deepEqual(
      Object.keys(preload).sort(),
      [system, await valueOf(a.publicKey), await valueOf(b.publicKey)].sort(),
    );
  });

  it("should contain no secret", async () => {
    const values = [a.users.test, a.users.other, b.users.asks];
    for (const { seed } of values) {
      const text = await valueOf(seed);
      assert.ok(text !== undefined);
      for (const side of SIDES) assert.ok(!texts[side].includes(text));
    }
  });

  it("should have the logins of remotes in files beside whole configurations", async () => {
    const operator = new Operator("HO");
    const account = new Account("hubs", { operator, users: { test: {} } });
    const [one = 0, two = 0, three = 0, four = 0] = await freePorts(4);
    const at = { host: HOST, bindAddress: HOST } as const;
    const urls = ["nats-leaf://127.0.0.1:1"];
    const { creds, seed } = account.users.test;
    const whole = new AuthConfiguration("hubs", {
      operator,
      accounts: [account],
      tlsFolder: "/unused",
      remotes: {
        one: { urls, account, creds },
        two: { urls: ["nats-leaf://127.0.0.1:2"], account, seed },
        three: { urls: ["nats-leaf://127.0.0.1:3"], account: "hubs", user: 'e/v"e', password: "p@ss $x" },
      },
      servers: {
        s: { ...at, mode: "static", clientPort: one, clusterPort: two },
        o: { ...at, mode: "operator", clientPort: three, clusterPort: four },
      },
    });
    for (const name of ["s", "o"] as const) {
      const files = {
        [MAIN_FILE]: await valueOf(whole.configs[name]),
        [ROUTES_FILE]: await valueOf(whole.routes[name]),
        ...(await valueOf(whole.remoteFiles[name])),
      };
      assert.deepEqual(
        Object.keys(files).filter((file) => file.startsWith("remote-")),
        ["remote-one.creds", "remote-three.conf", "remote-two.conf"],
      );
      const { digest } = whole.parts?.files[name] ?? assert.fail();
      assert.equal((await tryConfig(files)).digest, await valueOf(digest));
      const server = await start(name === "s" ? "static" : "operator", files);
      await server.stop();
    }
  });
});
