import assert from "node:assert/strict";
import type { Load } from "../support/load";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { MESSAGES, messagesIn, Shape, store, withPorts, type Servers } from "../support/stack-shape";

describe("a cluster of three servers of each mode", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const SIX = ["s1", "s2", "s3", "o1", "o2", "o3"];
  let servers: Servers;
  const shape = new Shape(stack, () => servers);
  let load: Load;
  /** The server that stores a stream with one replica: not one that the load uses. */
  let holder = "";
  const streams = new Map<string, number>();

  before("six servers with streams, under load", async () => {
    servers = await withPorts(...SIX, "o4");
    await shape.deploy(...SIX);
    load = await shape.load("s1", "o1");
    const client = await shape.connect("o1");
    await store(client, "R3", 3);
    streams.set("R3", 3);
    for (let number = 0; number < 20 && holder === ""; number += 1) {
      const name = `R1-${number}`;
      const [server = ""] = await store(client, name, 1);
      streams.set(name, 1);
      if (/-[so][23]$/.test(server)) {
        holder = server.replace("nats-", "");
      }
    }
    assert.ok(holder !== "");
  });

  async function assertNothingLost(): Promise<void> {
    assert.deepEqual(load.result.failures, []);
    const client = await shape.connect("o1");
    for (const name of streams.keys()) {
      assert.equal(await messagesIn(client, name), MESSAGES, name);
    }
    await client.close();
  }

  it("should be one cluster, with outputs by the names of the servers", async () => {
    const { checked } = await stack.outputs();
    assert.match(checked, /^nats-s1, nats-s2, nats-s3, nats-o1, nats-o2 and nats-o3 are one cluster, nats, and have/);
    assert.match(checked, /JetStream has a leader, and every stream is healthy$/);
    assert.deepEqual(Object.keys(await shape.urls()).sort(), [...SIX].sort());
    assert.deepEqual(Object.keys(shape.lives()).sort(), [...SIX].sort());
  });

  it("should change nothing at a second update", async () => {
    succeeded(await stack.up("--expect-no-changes"));
  });

  it("should get another server without restarting or disconnecting anything", async () => {
    const lives = shape.lives();
    const before = load.result;
    await shape.deploy(...SIX, "o4");
    const { o4, ...others } = shape.lives();
    assert.ok(o4 !== undefined);
    assert.deepEqual(others, lives);
    await assertNothingLost();
    assert.ok(load.result.answered > before.answered);
    const added = await shape.connect("o4");
    assert.equal(await messagesIn(added, "R3"), MESSAGES);
  });

  it("should show in a preview that the streams of a removed server move", async () => {
    await shape.declare(...SIX.filter((name) => name !== holder), "o4");
    const { output } = succeeded(await stack.preview("--diff"));
    assert.match(output, new RegExp(`leaving *: "${holder}: its streams move to the other servers, then it stops"`));
  });

  it("should refuse at the preview to rename a server that keeps its ports", async () => {
    const { s3, ...others } = servers;
    servers = { ...others, s4: s3 ?? assert.fail() };
    await shape.declare(...Object.keys(servers));
    const { output } = failed(await stack.preview());
    servers = { ...others, s3: s3 ?? assert.fail() };
    assert.match(output, /servers\.s4: .* ports of server s3 \(clientPort \d+, clusterPort \d+\).*\[NA1743\]/);
  });

  it("should lose a server without losing a message, a request or a key", async () => {
    const keys = await shape.keys();
    const { [holder]: leaving, ...lives } = shape.lives();
    const sibling =
      [...SIX].find((name) => name.startsWith(holder.slice(0, 1)) && name !== holder && !name.endsWith("1")) ?? "";
    const moving = await shape.connect(holder, sibling);
    const staying = await shape.connect(sibling);
    const before = load.result;
    await shape.deploy(...SIX.filter((name) => name !== holder), "o4");
    assert.ok(leaving !== undefined);
    assert.deepEqual(shape.lives(), lives);
    assert.deepEqual(await shape.keys(), keys);
    await assertNothingLost();
    assert.ok(load.result.answered > before.answered);
    assert.equal(shape.hasLost(staying), false);
    await moving.flush();
    const { checked } = await stack.outputs();
    assert.equal(checked.includes(`nats-${holder}`), false);
    assert.match(checked, /every stream is healthy$/);
  });

  it("should have lost no request and no message at the end", async () => {
    assert.deepEqual((await load.stop()).failures, []);
  });
});

describe("a cluster that goes from static to operator mode by way of both", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  let servers: Servers;
  const shape = new Shape(stack, () => servers);
  let keys: Awaited<ReturnType<typeof shape.keys>>;
  let load: Load;

  before("two static servers", async () => {
    servers = await withPorts("s1", "s2", "o1", "o2");
    await shape.deploy("s1", "s2");
    keys = await shape.keys();
  });

  it("should not get another name, but need no backup for it while there are no streams", async () => {
    await shape.declareWith({ clusterName: "other" }, "s1", "s2");
    const { output } = failed(await stack.preview());
    assert.match(output, /clusterName = "other": .*for one update\. No streams are stored at present\. \[NA1720\]/);
    await shape.declare("s1", "s2");
  });

  it("should work with static servers alone", async () => {
    assert.match((await stack.outputs()).checked, /^nats-s1 and nats-s2 are one cluster, nats, .* is healthy$/);
    load = await shape.load("s1", "s2");
    const client = await shape.connect("s1");
    await store(client, "R2", 2);
    succeeded(await stack.up("--expect-no-changes"));
  });

  it("should get servers in operator mode, with the same keys, and lose no request", async () => {
    const lives = shape.lives();
    await shape.deploy("s1", "s2", "o1", "o2");
    const { o1, o2, ...others } = shape.lives();
    assert.ok(o1 !== undefined && o2 !== undefined);
    assert.deepEqual(others, lives);
    assert.deepEqual(await shape.keys(), keys);
    assert.deepEqual((await load.stop()).failures, []);
    load = await shape.load("o1", "o2");
    assert.equal(await messagesIn(await shape.connect("o2"), "R2"), MESSAGES);
  });

  it("should refuse at the preview to remain one server with JetStream", async () => {
    await shape.declare("o1");
    const { output } = failed(await stack.preview());
    assert.match(output, /servers: would change the number of servers from 4 to 1: .*\[NA1724\]/);
  });

  it("should lose the static servers, with the same keys and messages, and no request", async () => {
    const { s1, s2, ...lives } = shape.lives();
    await shape.deploy("o1", "o2");
    assert.ok(s1 !== undefined && s2 !== undefined);
    assert.deepEqual(shape.lives(), lives);
    assert.deepEqual(await shape.keys(), keys);
    assert.deepEqual((await load.stop()).failures, []);
    assert.equal(await messagesIn(await shape.connect("o1"), "R2"), MESSAGES);
    assert.match((await stack.outputs()).checked, /^nats-o1 and nats-o2 are one cluster, nats, .* is healthy$/);
    succeeded(await stack.up("--expect-no-changes"));
  });
});

describe("a cluster of two servers of each mode in containers", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: ["docker"] });
  let servers: Servers;
  const shape = new Shape(stack, () => servers);

  before("four servers with a stream", async () => {
    servers = await withPorts("s1", "s2", "o1", "o2");
    await shape.deploy("s1", "s2", "o1", "o2");
    await store(await shape.connect("o1"), "R3", 3);
  });

  it("should refuse at the preview to rename a server that keeps its published port", async () => {
    const { s2, ...others } = servers;
    servers = { ...others, s3: s2 ?? assert.fail() };
    await shape.declare(...Object.keys(servers));
    const { output } = failed(await stack.preview());
    servers = { ...others, s2: s2 ?? assert.fail() };
    assert.match(output, /servers\.s3: .* port of server s2 \(clientPort \d+\).*\[NA1743\]/);
  });

  it("should be one cluster, and lose a server without losing a message, a request or a key", async () => {
    const keys = await shape.keys();
    const load = await shape.load("s1", "o1");
    await shape.deploy("s1", "s2", "o1");
    assert.deepEqual((await load.stop()).failures, []);
    assert.deepEqual(await shape.keys(), keys);
    assert.equal(await messagesIn(await shape.connect("s2"), "R3"), MESSAGES);
    assert.match(
      (await stack.outputs()).checked,
      /^nats-s1, nats-s2 and nats-o1 are one cluster, nats, .* is healthy$/,
    );
    assert.equal((await stack.engine.containers()).length, 3);
    succeeded(await stack.up("--expect-no-changes"));
  });
});
