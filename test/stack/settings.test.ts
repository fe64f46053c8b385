import assert from "node:assert/strict";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import { SIDES } from "../support/sides";
import type { Declaration } from "./programs/declared/declaration";

const ACCOUNTS: Declaration = { accounts: { A: { users: { test: {} } } } };
const RECONNECTING = { reconnect: true, reconnectTimeWait: 50, maxReconnectAttempts: -1 };
const PAUSE = 5;

describe("a change of the settings of servers", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  let outputs: StackOutputs;
  let plain: unknown;
  let connected: readonly [NatsConnection, NatsConnection];

  const large = { maxPayload: "2MiB", serverTags: ["region:eu"], debug: true };
  const replaced = ["ServerProcess nats-operator", "ServerProcess nats-static"];

  before("a deployed cluster with a client on each server", async () => {
    await stack.declare(ACCOUNTS);
    succeeded(await stack.up());
    outputs = await stack.outputs();
    plain = await stack.servers.configurations();
    connected = [
      await clients.connect(outputs.clientUrls.static, bySeed(outputs.seeds["A/test"]), RECONNECTING),
      await clients.connect(outputs.clientUrls.operator, byCreds(outputs.creds["A/test"]), RECONNECTING),
    ];
  });

  async function previewedPlaces(): Promise<string[]> {
    const { output } = succeeded(await stack.preview("--diff"));
    return changedResources(output).filter((resource) => resource.startsWith("ServerProcess"));
  }

  it("should reload the maximum payload without disconnecting a client", async () => {
    const before = await stack.servers.lives();
    await stack.declare({ ...ACCOUNTS, settings: large });
    assert.deepEqual(await previewedPlaces(), []);
    succeeded(await stack.up());
    assert.deepEqual(await stack.servers.lives(), before);
    const [, onOperator] = connected;
    const heard = onOperator.subscribe("large", { max: 1 });
    await onOperator.flush();
    // Clients that are connected keep to the maximum that the server sent them when they connected.
    const later = await clients.connect(outputs.clientUrls.static, bySeed(outputs.seeds["A/test"]));
    later.publish("large", new Uint8Array(2 ** 20 + 1));
    for await (const { data } of heard) {
      assert.equal(data.length, 2 ** 20 + 1);
    }
    assert.ok(!connected.some((client) => clients.hasLost(client)));
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  it("should replace one server after the other for a setting that needs a restart, also in `extra`", async () => {
    for (const more of [{ maxPending: "80MiB" }, { maxPending: "80MiB", extra: "max_closed_clients: 100" }]) {
      const before = await stack.servers.lives();
      await stack.declare({ ...ACCOUNTS, settings: { ...large, ...more } });
      assert.deepEqual(await previewedPlaces(), replaced);
      const updating = stack.up();
      const never = await bothStopped(updating);
      succeeded(await updating);
      assert.equal(never, false);
      const after = await stack.servers.lives();
      assert.ok(SIDES.every((side) => after[side].id !== before[side].id));
      await Promise.all(connected.map((client) => client.rtt()));
      await crosses(connected[0], connected[1], "one");
      await crosses(connected[1], connected[0], "two");
    }
  });

  it("should reload other options in `extra`, and refuse those that something else determines", async () => {
    const settings = { ...large, maxPending: "80MiB", extra: "max_closed_clients: 100\nno_fast_producer_stall: yes" };
    await stack.declare({ ...ACCOUNTS, settings });
    assert.deepEqual(await previewedPlaces(), []);
    const before = await stack.servers.lives();
    succeeded(await stack.up());
    assert.deepEqual(await stack.servers.lives(), before);
    await stack.declare({ ...ACCOUNTS, settings: { ...settings, extra: "a { password: hidden }, port: 1" } });
    const { output } = failed(await stack.up());
    assert.match(output, /settings\.extra\.port: .*\[NA1791\]/);
    assert.match(output, /settings\.extra\.a\.password: .*\[NA1793\]/);
    assert.ok(!output.includes("hidden"));
    assert.ok(!(await stack.rawState()).includes("hidden"));
    assert.deepEqual(await stack.servers.lives(), before);
  });

  it("should restore the configurations when the settings are removed", async () => {
    await stack.declare(ACCOUNTS);
    succeeded(await stack.up());
    assert.deepEqual(await stack.servers.configurations(), plain);
  });

  /** Watches an update, and returns whether no server accepted connections at any time. */
  async function bothStopped(updating: Promise<unknown>): Promise<boolean> {
    const ports = [stack.ports.staticPort, stack.ports.operatorPort];
    const ended = updating.then(() => true);
    while (!(await Promise.race([ended, sleep(PAUSE, false)]))) {
      if (!(await Promise.all(ports.map(accepts))).includes(true)) {
        await ended;
        return true;
      }
    }
    return false;
  }
});

describe("lame duck mode of containers", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: ["docker"] });
  const clients = new Clients();
  const settings = { lameDuckDuration: "30s", lameDuckGracePeriod: "6s" };

  it("should last as long as the settings of the stopped servers state", async () => {
    await stack.declare({ ...ACCOUNTS, settings });
    succeeded(await stack.up());
    const { clientUrls, seeds } = await stack.outputs();
    const client = await clients.connect(clientUrls.static, bySeed(seeds["A/test"]));
    const time = timeInLameDuckMode(client);
    await stack.declare(ACCOUNTS);
    succeeded(await stack.up());
    const milliseconds = await time;
    assert.ok(milliseconds > 5_000 && milliseconds < 20_000, String(milliseconds));
  });
});

/** Returns the milliseconds between the announcement of lame duck mode to a client and the end of its connection. */
async function timeInLameDuckMode(client: NatsConnection): Promise<number> {
  for await (const { type } of client.status()) {
    if (type === "ldm") {
      const begun = performance.now();
      await client.closed();
      return performance.now() - begun;
    }
  }
  return 0;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (isAccepted: boolean) => {
      socket.destroy();
      resolve(isAccepted);
    };
    socket.once("connect", () => {
      end(true);
    });
    socket.once("error", () => {
      end(false);
    });
  });
}
