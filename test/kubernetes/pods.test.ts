import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { wsconnect } from "@nats-io/nats-core";
import WebSocket from "ws";
import type { Declaration } from "../stack/programs/declared/declaration";
import { documentedRoles, requirePrivateCluster, testNamespace } from "../support/kubernetes";
import { runInPod, secretFolder } from "../support/machine-pod";
import { permissionsOf, usedByProvider } from "../support/permissions";
import { podStack } from "../support/pod-stack";
import { awaitPort } from "../support/sockets";
import { failed, STEP_TIMEOUT, succeeded } from "../support/stack";
import { answer, ask, byCreds, bySeed, Clients, publishRefusal, refuses } from "../support/stack-clients";
import { tokensOf } from "../support/stack-tokens";

// Node.js 20 has none of its own.
(globalThis as { WebSocket?: unknown }).WebSocket ??= WebSocket;

const SERVERS = {
  static: { mode: "static" },
  operator: { mode: "operator", replicas: 2, leafNodePort: 7422, websocketPort: 8080 },
} as const;
/** The network of pods is that of a test. */
const ACCEPTED = Object.fromEntries(
  ["clients", "routes", "monitoring", "leafNodes", "websocket"].map((name) => [`(servers).*.${name}`, "A test."]),
);
/** Milliseconds between two looks at a Service. */
const POLL = 100;
const ACCOUNTS: NonNullable<Declaration["accounts"]> = {
  A: { exports: [{ subject: "test", type: "service" }], users: { test: {}, other: {} } },
  B: { imports: [{ account: "A", subject: "test", type: "service" }], users: { test: {} } },
};

describe("a cluster in pods", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { namespace, pods } = stack;
  const apps = testNamespace();
  const clients = new Clients();

  const declare = (more: Declaration = {}) =>
    stack.declare({ accounts: ACCOUNTS, servers: SERVERS, parity: { accept: ACCEPTED }, ...more });

  const bySeedOf = async (user: string) => bySeed((await stack.outputs()).seeds[user]);
  const byCredsOf = async (user: string) => byCreds((await stack.outputs()).creds[user]);

  /** A request of a user on one server to one on another. */
  async function exchange(): Promise<void> {
    const onStatic = await clients.connect(await stack.urlOf("static-0"), await bySeedOf("A/test"));
    const answering = await answer(onStatic, "test", "from static");
    const onOperator = await clients.connect(await stack.urlOf("operator-1"), await byCredsOf("B/test"));
    assert.equal((await ask(onOperator, "test", "hello?")).string(), "from static");
    answering.unsubscribe();
    await onStatic.flush();
  }

  it("should create nothing at a preview, and list what it would create", async () => {
    await declare();
    const { output } = succeeded(await stack.preview());
    assert.match(output, /StatefulSet nats-operator create/);
    assert.deepEqual(await pods.belongings(), []);
  });

  it("should exchange requests between servers of both modes", async () => {
    succeeded(await stack.up());
    const { checked } = await stack.outputs();
    assert.match(checked, /nats-static-0, nats-operator-0 and nats-operator-1|nats-operator-0/);
    await exchange();
  });

  it("should change nothing at a second update, nor at a refresh", async () => {
    const before = { lives: await pods.lives(), files: await pods.files("operator"), outputs: await stack.outputs() };
    assert.doesNotMatch(succeeded(await stack.up()).output, /created|updated|replaced/);
    succeeded(await stack.refresh("--expect-no-changes"));
    succeeded(await stack.preview("--expect-no-changes"));
    const after = { lives: await pods.lives(), files: await pods.files("operator"), outputs: await stack.outputs() };
    assert.deepEqual(after, before);
  });

  it("should have the password of the routes in no plain text of the state, also after a refresh", async () => {
    const { "nats-operator-0_routes.conf": routes = "" } = await pods.files("operator");
    const [, password = assert.fail(routes)] = /password: "?([0-9a-f]{48})"?/.exec(routes) ?? [];
    assert.ok(!(await stack.rawState()).includes(password));
    assert.ok(!(await stack.rawState()).includes(Buffer.from(routes).toString("base64")));
  });

  it("should take a changed permission by reload, without a new pod", async () => {
    const lives = await pods.lives();
    const accounts = {
      ...ACCOUNTS,
      A: { ...ACCOUNTS.A, users: { test: { permissions: { publish: { deny: ["forbidden"] } } }, other: {} } },
    };
    await declare({ accounts });
    succeeded(await stack.up());
    assert.deepEqual(await pods.lives(), lives);
    for (const [server, login] of [
      ["static-0", await bySeedOf("A/test")],
      ["operator-0", await byCredsOf("A/test")],
    ] as const) {
      const client = await clients.connect(await stack.urlOf(server), login);
      assert.match(await publishRefusal(client, "forbidden"), /Permissions Violation for Publish/i);
    }
  });

  it("should lock out a removed user on all servers", async () => {
    const [seed, creds] = [await bySeedOf("A/other"), await byCredsOf("A/other")];
    await declare({ accounts: { ...ACCOUNTS, A: { ...ACCOUNTS.A, users: { test: {} } } } });
    succeeded(await stack.up());
    await refuses(clients, await stack.urlOf("static-0"), seed);
    for (const server of ["operator-0", "operator-1"]) {
      await refuses(clients, await stack.urlOf(server), creds);
    }
    await declare();
    succeeded(await stack.up());
  });

  it("should change no server when the one that would restart for it rejects its configuration", async () => {
    const present = async () => [await pods.lives(), await pods.files("static"), await pods.files("operator")];
    const before = await present();
    const settings = { extra: "not_an_option: 1" };
    const servers = { static: { ...SERVERS.static, settings }, operator: { ...SERVERS.operator, replicas: 3 } };
    await declare({ servers });
    const { output } = failed(await stack.up());
    assert.match(output, /the static-0 server rejected .*NA5001[^]*No server was changed/);
    assert.deepEqual(await present(), before);
    // Nodes can still be drained.
    await pods.awaitBudget();
    await declare();
    succeeded(await stack.up());
  });

  it("should restart every pod for a setting that is read at the start, one after the other", async () => {
    const before = await pods.lives();
    await declare({ settings: { maxSubscriptions: 10_000 } });
    const { output } = succeeded(await stack.preview());
    assert.match(output, /StatefulSet nats-operator update/);
    succeeded(await stack.up());
    const after = await pods.lives();
    assert.deepEqual(Object.keys(after), Object.keys(before));
    for (const [server, life] of Object.entries(after)) {
      assert.notEqual(life, before[server], server);
    }
    const starts = await pods.starts();
    starts.slice(1).forEach(({ created }, index) => {
      assert.ok(created >= (starts[index]?.started ?? ""), JSON.stringify(starts));
    });
    await exchange();
  });

  it("should have clients in the cluster reach a Service while its pods restart", async () => {
    await declare({ settings: { maxSubscriptions: 11_000 } });
    const counts: number[] = [];
    const updating = stack.up();
    while ((await Promise.race([updating, sleep(POLL)])) === undefined) {
      counts.push(await pods.countReady("operator"));
    }
    succeeded(await updating);
    assert.ok(counts.includes(1) && !counts.includes(0), counts.join());
    await declare({ settings: { maxSubscriptions: 10_000 } });
    succeeded(await stack.up());
  });

  it("should find a template that somebody has changed at a refresh, and restore it", async () => {
    await pods.annotateTemplate("static");
    assert.match(succeeded(await stack.refresh("--diff")).output, /"in force" => "outdated"/);
    succeeded(await stack.up());
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  for (const [what, change] of [
    ["a StatefulSet that was scaled to nothing", () => pods.scale("operator", 0)],
    ["an edited Secret", () => pods.edit("static", "nats-static-0_nats.conf", "port: 4222\n")],
    ["a StatefulSet that was scaled up", () => pods.scale("operator", 3)],
    ["a deleted Secret", () => namespace.kubectl(["delete", "secret/nats-static"])],
    ["a deleted StatefulSet", () => pods.remove("operator")],
  ] as const) {
    it(`should find ${what} at a refresh, and restore it with the same keys`, async () => {
      const before = { files: await pods.files("operator"), tokens: tokensOf(await stack.resources()) };
      await change();
      const refreshed = succeeded(await stack.refresh("--diff"));
      assert.match(refreshed.output, /"in force" => "(stopped|absent|configuration edited|followed by extra pods)"/);
      succeeded(await stack.up());
      assert.deepEqual({ files: await pods.files("operator"), tokens: tokensOf(await stack.resources()) }, before);
      await exchange();
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  }

  it("should let a drain of nodes evict one pod at a time, whatever their entries", async () => {
    const isRefused = (server: string) => assert.rejects(pods.evict(server), /TooManyRequests.*disruption budget/);
    await pods.awaitBudget();
    await pods.evict("operator-0");
    await isRefused("static-0");
    await pods.awaitBudget();
    // The pod of an entry does not exist between its deletion and its next creation.
    await pods.scale("static", 0);
    await isRefused("operator-0");
    await pods.scale("static", 1);
    await pods.awaitBudget();
    await exchange();
  });

  it("should get ports of the nodes and load balancers without restarting a pod", async () => {
    const lives = await pods.lives();
    await stack.permitIn(apps);
    await declare({
      settings: { maxSubscriptions: 10_000 },
      kubernetes: { serviceType: "LoadBalancer" },
      secretsIn: apps.name,
    });
    const { output } = succeeded(await stack.preview("--diff"));
    // Kubernetes makes up ports at a preview, and assigns others.
    assert.match(output, /nodePorts[^]*\[unknown\]/);
    assert.doesNotMatch(output, /: 32\d{3}$/m);
    succeeded(await stack.up());
    assert.deepEqual(await pods.lives(), lives);
  });

  it("should be reached by ports of the nodes", async () => {
    const { node } = await stack.addresses();
    const { nodePorts = {}, listenerNodePorts = {} } = await stack.outputs();
    const [ofStatic, ofOperator] = [await pods.nodePorts("static"), await pods.nodePorts("operator")];
    const { nats, leafnodes, websocket } = ofOperator;
    assert.deepEqual(nodePorts, { static: ofStatic.nats, operator: nats });
    assert.deepEqual(listenerNodePorts, {
      static: { clients: ofStatic.nats },
      operator: { clients: nats, leafNodes: leafnodes, websocket },
    });
    const websocketPort = listenerNodePorts.operator.websocket ?? assert.fail();
    await awaitPort(node, nodePorts.static ?? assert.fail());
    await awaitPort(node, websocketPort);
    const onStatic = await clients.connect(`nats://${node}:${nodePorts.static}`, await bySeedOf("A/test"));
    await answer(onStatic, "test", "from static");
    const servers = `ws://${node}:${websocketPort}`;
    const browser = await wsconnect({ servers, authenticator: await byCredsOf("B/test"), reconnect: false });
    assert.equal((await ask(browser, "test", "hello?")).string(), "from static");
    await browser.close();
  });

  it("should be reached by the addresses of load balancers, once a refresh has found them", async function () {
    requirePrivateCluster(this);
    assert.deepEqual((await stack.outputs()).loadBalancers, {});
    const address = await pods.balanceLoad("operator");
    succeeded(await stack.up("--refresh"));
    assert.deepEqual((await stack.outputs()).loadBalancers, { operator: address });
    const client = await clients.connect(`nats://${address}:4222`, await byCredsOf("B/test"));
    assert.equal((await ask(client, "test", "hello?")).string(), "from static");
  });

  it("should be reached by the names of Services from pods that mount the Secrets of users", async function () {
    requirePrivateCluster(this);
    const { serviceUrls = {}, userSecrets = {} } = await stack.outputs();
    const secret = userSecrets["B/test"] ?? assert.fail();
    const folder = secretFolder(secret);
    const script = `
      const { readFileSync } = require("node:fs");
      const { connect, credsAuthenticator, nkeyAuthenticator } = require("@nats-io/transport-node");
      const logins = {
        static: nkeyAuthenticator(readFileSync("${folder}/seed")),
        operator: credsAuthenticator(readFileSync("${folder}/nats.creds")),
      };
      (async () => {
        for (const [entry, servers] of Object.entries(${JSON.stringify(serviceUrls)})) {
          const client = await connect({ servers, authenticator: logins[entry], reconnect: false });
          console.log(entry, (await client.request("test", "hello?", { timeout: 5_000 })).string());
          await client.close();
        }
      })();`;
    const printed = await runInPod(apps, script, [secret]);
    assert.deepEqual(printed.trim().split("\n").sort(), ["operator from static", "static from static"]);
  });

  it("should add a pod, and remove it again, without restarting the others", async () => {
    const before = await pods.lives();
    await declare({
      settings: { maxSubscriptions: 10_000 },
      servers: { ...SERVERS, operator: { ...SERVERS.operator, replicas: 3 } },
    });
    succeeded(await stack.up());
    assert.deepEqual((await stack.outputs()).nodePorts, {});
    const { "operator-2": added, ...others } = await pods.lives();
    assert.ok(added !== undefined);
    assert.deepEqual(others, before);
    await declare({ settings: { maxSubscriptions: 10_000 } });
    succeeded(await stack.up());
    assert.deepEqual(await pods.lives(), before);
    assert.ok(!Object.keys(await pods.files("operator")).some((name) => name.startsWith("nats-operator-2_")));
  });

  it("should leave nothing when it is destroyed", async () => {
    await clients.close();
    succeeded(await stack.destroy());
    assert.deepEqual(await pods.belongings(), []);
  });

  it("should have needed all permissions of the role for objects, and no others", async function () {
    requirePrivateCluster(this);
    const [, role = assert.fail("no role")] = documentedRoles();
    assert.deepEqual(await usedByProvider(namespace.name, stack.account), await permissionsOf(role));
  });
});
