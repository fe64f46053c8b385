import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Declaration } from "../stack/programs/declared/declaration";
import { podStack } from "../support/pod-stack";
import { failed, STEP_TIMEOUT, succeeded } from "../support/stack";
import { byCreds, Clients } from "../support/stack-clients";
import { MESSAGES, messagesIn, store } from "../support/stack-shape";

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

  it("should be stored by three pods, which take over from others without JetStream", async () => {
    const servers = { plain: { mode: "operator" } } as const;
    await stack.declare({ accounts: { A: { users: { test: {} } } }, servers });
    succeeded(await stack.up());
    await declare();
    succeeded(await stack.up());
    assert.deepEqual(Object.keys(await pods.lives()), ["operator-0", "operator-1", "static-0"]);
    assert.equal((await store(await connect("operator-0"), "S", 3)).length, 3);
  });

  it("should be kept while every pod restarts, one after the other", async () => {
    const before = await pods.lives();
    await declare({ settings: { maxSubscriptions: 10_000 } });
    succeeded(await stack.up());
    for (const [server, life] of Object.entries(await pods.lives())) {
      assert.notEqual(life, before[server], server);
    }
    assert.equal(await messagesIn(await connect("operator-1"), "S"), MESSAGES);
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

  it("should make a preview refuse volumes of another size", async () => {
    await declare({ settings: { maxSubscriptions: 10_000 } }, { size: "200MiB" });
    assert.match(failed(await stack.preview()).output, /NA2208/);
  });

  it("should leave nothing but volumes when it is destroyed", async () => {
    await clients.close();
    succeeded(await stack.destroy());
    assert.deepEqual(
      (await pods.belongings()).filter((name) => !name.startsWith("persistentvolumeclaim/")),
      [],
    );
    assert.equal((await pods.belongings()).length, 3);
  });
});
