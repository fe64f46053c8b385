import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Declaration } from "../stack/programs/declared/declaration";
import { podStack } from "../support/pod-stack";
import { failed, STEP_TIMEOUT, succeeded } from "../support/stack";
import { answer, ask, byCreds, bySeed, Clients, publishRefusal, refuses } from "../support/stack-clients";
import { tokensOf } from "../support/stack-tokens";

const SERVERS = { static: { mode: "static" }, operator: { mode: "operator", replicas: 2 } } as const;
/** Milliseconds between two looks at a Service. */
const POLL = 100;
const ACCOUNTS: NonNullable<Declaration["accounts"]> = {
  A: { exports: [{ subject: "test", type: "service" }], users: { test: {}, other: {} } },
  B: { imports: [{ account: "A", subject: "test", type: "service" }], users: { test: {} } },
};

describe("a cluster in pods", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { pods } = stack;
  const clients = new Clients();

  const declare = (more: Declaration = {}) => stack.declare({ accounts: ACCOUNTS, servers: SERVERS, ...more });

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

  it("should change no server when one of them rejects its configuration", async () => {
    const before = { lives: await pods.lives(), files: await pods.files("static") };
    await declare({ settings: { extra: "not_an_option: 1" } });
    const { output } = failed(await stack.up());
    assert.match(output, /NA5001[^]*No server was changed/);
    assert.deepEqual({ lives: await pods.lives(), files: await pods.files("static") }, before);
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
    ["a deleted StatefulSet", () => pods.remove("operator")],
  ] as const) {
    it(`should find ${what} at a refresh, and restore it with the same keys`, async () => {
      const before = { files: await pods.files("operator"), tokens: tokensOf(await stack.resources()) };
      await change();
      const refreshed = succeeded(await stack.refresh("--diff"));
      assert.match(refreshed.output, /"in force" => "(stopped|absent|configuration edited)"/);
      succeeded(await stack.up());
      assert.deepEqual({ files: await pods.files("operator"), tokens: tokensOf(await stack.resources()) }, before);
      await exchange();
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  }

  it("should add a pod, and remove it again, without restarting the others", async () => {
    const before = await pods.lives();
    await declare({
      settings: { maxSubscriptions: 10_000 },
      servers: { ...SERVERS, operator: { mode: "operator", replicas: 3 } },
    });
    succeeded(await stack.up());
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
});
