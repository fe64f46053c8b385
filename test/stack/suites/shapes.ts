import assert from "node:assert/strict";
import type { Load } from "../../support/load";
import { stackOn, type PlaceName } from "../../support/pod-stack";
import { failed, STEP_TIMEOUT, succeeded } from "../../support/stack";
import { MESSAGES, messagesIn, serversOn, Shape, store, type Servers } from "../../support/stack-shape";

/** Creates the tests of three servers of each mode with streams, in some place. */
export function describeSixServers(place: PlaceName): void {
  describe(`a cluster of three servers of each mode (${place})`, function () {
    this.timeout(2 * STEP_TIMEOUT);
    const stack = stackOn(place);
    const SIX = ["s1", "s2", "s3", "o1", "o2", "o3"];
    let servers: Servers;
    const shape = new Shape(stack, () => servers);
    let load: Load;
    /** The server that stores a stream with one replica: not one that the load uses. */
    let holder = "";
    const streams = new Map<string, number>();
    /** The name of a server in the cluster. */
    const nameOf = (server: string) => `nats-${stack.serverOf(server)}`;

    before("six servers with streams, under load", async () => {
      servers = await serversOn(place, ...SIX, "o4");
      await shape.deploy(...SIX);
      load = await shape.load("s1", "o1");
      const client = await shape.connect("o1");
      await store(client, "R3", 3);
      streams.set("R3", 3);
      for (let number = 0; number < 20 && holder === ""; number += 1) {
        const name = `R1-${number}`;
        const [server = ""] = await store(client, name, 1);
        streams.set(name, 1);
        holder = SIX.find((name) => /[23]$/.test(name) && nameOf(name) === server) ?? "";
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
      const [last = "", ...others] = SIX.map(nameOf).reverse();
      assert.ok(
        checked.startsWith(`${others.reverse().join(", ")} and ${last} are one cluster, nats, and have`),
        checked,
      );
      assert.match(checked, /JetStream has a leader, and every stream is healthy$/);
      assert.deepEqual(Object.keys(await shape.urls()).sort(), SIX.map((name) => stack.serverOf(name)).sort());
      assert.deepEqual(Object.keys(await shape.lives()).sort(), [...SIX].sort());
    });

    it("should change nothing at a second update", async () => {
      succeeded(await stack.up("--expect-no-changes"));
    });

    it("should get another server without restarting or disconnecting anything", async () => {
      const lives = await shape.lives();
      const before = load.result;
      await shape.deploy(...SIX, "o4");
      const { o4, ...others } = await shape.lives();
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
      assert.match(
        output,
        new RegExp(`leaving *: "${stack.serverOf(holder)}: its streams move to the other servers, then it stops"`),
      );
    });

    // A pod has an address of its own.
    if (place !== "kubernetes") {
      it("should refuse at the preview to rename a server that keeps its ports", async () => {
        const { s3, ...others } = servers;
        servers = { ...others, s4: s3 ?? assert.fail() };
        await shape.declare(...Object.keys(servers));
        const { output } = failed(await stack.preview());
        servers = { ...others, s3: s3 ?? assert.fail() };
        assert.match(output, /servers\.s4: .* ports of server s3 \(clientPort \d+, clusterPort \d+\).*\[NA1743\]/);
      });
    }

    it("should lose a server without losing a message, a request or a key", async () => {
      const keys = await shape.keys();
      const { [holder]: leaving, ...lives } = await shape.lives();
      const sibling =
        [...SIX].find((name) => name.startsWith(holder.slice(0, 1)) && name !== holder && !name.endsWith("1")) ?? "";
      const moving = await shape.connect(holder, sibling);
      const staying = await shape.connect(sibling);
      const before = load.result;
      await shape.deploy(...SIX.filter((name) => name !== holder), "o4");
      assert.ok(leaving !== undefined);
      assert.deepEqual(await shape.lives(), lives);
      assert.deepEqual(await shape.keys(), keys);
      await assertNothingLost();
      assert.ok(load.result.answered > before.answered);
      assert.equal(shape.hasLost(staying), false);
      await moving.flush();
      const { checked } = await stack.outputs();
      assert.equal(checked.includes(nameOf(holder)), false);
      assert.match(checked, /every stream is healthy$/);
    });

    it("should have lost no request and no message at the end", async () => {
      assert.deepEqual((await load.stop()).failures, []);
    });
  });
}

/** Creates the tests of a cluster that replaces its servers by those of the other mode, in some place. */
export function describeModeChange(place: PlaceName): void {
  describe(`a cluster that goes from static to operator mode by way of both (${place})`, function () {
    this.timeout(2 * STEP_TIMEOUT);
    const stack = stackOn(place);
    let servers: Servers;
    const shape = new Shape(stack, () => servers);
    let keys: Awaited<ReturnType<typeof shape.keys>>;
    let load: Load;

    before("two static servers", async () => {
      servers = await serversOn(place, "s1", "s2", "o1", "o2");
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
      assert.match(
        (await stack.outputs()).checked,
        /^nats-s1(-0)? and nats-s2(-0)? are one cluster, nats, .* is healthy$/,
      );
      load = await shape.load("s1", "s2");
      const client = await shape.connect("s1");
      await store(client, "R2", 2);
      succeeded(await stack.up("--expect-no-changes"));
    });

    it("should get servers in operator mode, with the same keys, and lose no request", async () => {
      const lives = await shape.lives();
      await shape.deploy("s1", "s2", "o1", "o2");
      const { o1, o2, ...others } = await shape.lives();
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
      const { s1, s2, ...lives } = await shape.lives();
      await shape.deploy("o1", "o2");
      assert.ok(s1 !== undefined && s2 !== undefined);
      assert.deepEqual(await shape.lives(), lives);
      assert.deepEqual(await shape.keys(), keys);
      assert.deepEqual((await load.stop()).failures, []);
      assert.equal(await messagesIn(await shape.connect("o1"), "R2"), MESSAGES);
      assert.match(
        (await stack.outputs()).checked,
        /^nats-o1(-0)? and nats-o2(-0)? are one cluster, nats, .* is healthy$/,
      );
      succeeded(await stack.up("--expect-no-changes"));
    });
  });
}
