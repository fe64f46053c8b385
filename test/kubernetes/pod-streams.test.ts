import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Declaration } from "../stack/programs/declared/declaration";
import { waitFor } from "../../provider/servers/log";
import { freeze, findServerOf } from "../support/freeze";
import { requirePrivateCluster } from "../support/kubernetes";
import { podStack } from "../support/pod-stack";
import { Publishers } from "../support/publishers";
import { failed, STEP_TIMEOUT, succeeded } from "../support/stack";
import { byCreds, Clients } from "../support/stack-clients";
import { MESSAGES, messagesIn, store } from "../support/stack-shape";

/** Milliseconds for which a pod that has restarted does not catch up: shorter than an update waits for it. */
const FROZEN = 10_000;
/** Milliseconds in which Kubernetes deletes volumes. */
const TIMEOUT = 60_000;
/** The client port of a pod. */
const PORT = 4222;
const SERVERS = { static: { mode: "static" }, operator: { mode: "operator", replicas: 2 } } as const;

describe("streams of a cluster in pods", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { pods } = stack;
  const clients = new Clients();
  const declare = (more: Declaration = {}, volume?: object) =>
    stack.declare({
      accounts: { A: { jetstream: {}, users: { test: {} } } },
      servers: SERVERS,
      jetstream: { fileStorage: "64MiB", memoryStorage: "64MiB" },
      ...(volume === undefined ? {} : { kubernetes: { volume } }),
      ...more,
    });

  const connect = async (server: string): Promise<NatsConnection> =>
    clients.connect(await stack.urlOf(server), byCreds((await stack.outputs()).creds["A/test"]));

  /** Connects to the pods in operator mode, first to one of them. */
  async function connectToAll(...servers: string[]): Promise<NatsConnection> {
    const login = byCreds((await stack.outputs()).creds["A/test"]);
    const urls = await Promise.all(servers.map((server) => stack.urlOf(server)));
    const options = { reconnect: true, reconnectTimeWait: 50, maxReconnectAttempts: -1, noRandomize: true };
    return clients.connect(urls[0] ?? "", login, { ...options, servers: urls });
  }

  it("should be stored by three pods, which take over from others without JetStream", async () => {
    const servers = { plain: { mode: "operator" } } as const;
    await stack.declare({ accounts: { A: { users: { test: {} } } }, servers });
    succeeded(await stack.up());
    await declare();
    succeeded(await stack.up());
    assert.deepEqual(Object.keys(await pods.lives()), ["operator-0", "operator-1", "static-0"]);
    assert.equal((await store(await connect("operator-0"), "S", 3)).length, 3);
  });

  it("should be kept while every pod restarts, one after the other, also in memory and under load", async () => {
    await store(await connect("operator-0"), "M", 3, "memory");
    const before = await pods.lives();
    const names = ["operator-0", "operator-1"];
    const connected = names.map(async (name) => [name, await connectToAll(name, ...names)] as const);
    const publishers = new Publishers(Object.fromEntries(await Promise.all(connected)), "M.x");
    await declare({ settings: { maxSubscriptions: 10_000 } });
    succeeded(await stack.up());
    const { acknowledged, failures } = await publishers.stop();
    for (const [server, life] of Object.entries(await pods.lives())) {
      assert.notEqual(life, before[server], server);
    }
    assert.deepEqual(failures, []);
    const client = await connect("operator-1");
    assert.deepEqual(
      [await messagesIn(client, "S"), await messagesIn(client, "M")],
      [MESSAGES, MESSAGES + acknowledged],
    );
  });

  it("should keep the other pods running until the first one has caught up, also after an update that was refused", async function () {
    requirePrivateCluster(this);
    const stored = await messagesIn(await connect("operator-1"), "M");
    const before = await pods.lives();
    const pid = findServerOf(stack.namespace.name, "nats-operator-0");
    await declare({ settings: { maxSubscriptions: 11_000, extra: "not_an_option: 1" } });
    assert.match(failed(await stack.up()).output, /NA5001/);
    await declare({ settings: { maxSubscriptions: 10_500 } });
    const updating = stack.up();
    const find = () => {
      const present = findServerOf(stack.namespace.name, "nats-operator-0");
      return Promise.resolve(present === pid ? undefined : present);
    };
    const thaw = await freeze(find, PORT);
    await sleep(FROZEN);
    const { "operator-0": restarted, ...others } = await pods.lives();
    thaw();
    const { "operator-0": former, ...present } = before;
    assert.notEqual(restarted, former);
    assert.deepEqual(others, present);
    succeeded(await updating);
    assert.equal(await messagesIn(await connect("operator-1"), "M"), stored);
    await declare({ settings: { maxSubscriptions: 10_000 } });
    succeeded(await stack.up());
  });

  it("should move away from a pod that leaves, whose volume is deleted", async () => {
    const settings = { maxSubscriptions: 10_000 };
    await declare({ settings, servers: { ...SERVERS, operator: { mode: "operator", replicas: 3 } } });
    succeeded(await stack.up());
    assert.ok((await store(await connect("operator-2"), "T", 3)).length === 3);
    await declare({ settings });
    succeeded(await stack.up());
    const client = await connect("operator-0");
    assert.deepEqual([await messagesIn(client, "S"), await messagesIn(client, "T")], [MESSAGES, MESSAGES]);
    const claims = (await pods.belongings()).filter((name) => name.startsWith("persistentvolumeclaim/"));
    assert.deepEqual(claims, [
      "persistentvolumeclaim/store-nats-operator-0",
      "persistentvolumeclaim/store-nats-operator-1",
      "persistentvolumeclaim/store-nats-static-0",
    ]);
  });

  it("should make a preview refuse volumes of another size, but not more storage in volumes that may have been resized", async () => {
    const settings = { maxSubscriptions: 10_000 };
    await declare({ settings }, { size: "200MiB" });
    assert.match(failed(await stack.preview()).output, /NA2208/);
    const present = { size: "80MiB" };
    await declare({ settings, jetstream: { fileStorage: "100MiB", memoryStorage: "64MiB" } }, present);
    assert.match(succeeded(await stack.preview()).output, /NA2206/);
  });

  for (const [onDestroy, kept, what] of [
    ["delete", 0, "deleted"],
    ["retain", 3, "kept"],
  ] as const) {
    it(`should be ${what} when the cluster is destroyed with onDestroy: "${onDestroy}", as a preview shows by name`, async () => {
      await clients.close();
      await declare({ settings: { maxSubscriptions: 10_000 } }, { onDestroy });
      succeeded(await stack.up());
      const names = ["operator-0", "operator-1", "static-0"].map(
        (name) => `${stack.namespace.name}/store-nats-${name}`,
      );
      const { output } = succeeded(await stack.destroy("--preview-only", "--diff"));
      for (const name of names) {
        assert.match(output, new RegExp(`${name} *: "${what} when the cluster is destroyed"`));
      }
      succeeded(await stack.destroy());
      const isVolume = (name: string) => name.startsWith("persistentvolumeclaim/");
      const look = async () => (await pods.belongings()).filter(isVolume).length === kept || undefined;
      assert.equal(await waitFor(look, TIMEOUT), true);
      assert.deepEqual(
        (await pods.belongings()).filter((name) => !isVolume(name)),
        [],
      );
    });
  }
});
