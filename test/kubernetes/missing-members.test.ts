import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Declaration } from "../stack/programs/declared/declaration";
import { podStack } from "../support/pod-stack";
import { Slots } from "../support/slots";
import { failed, STEP_TIMEOUT, succeeded } from "../support/stack";
import { byCreds, Clients, refuses } from "../support/stack-clients";
import { MESSAGES, messagesIn, store } from "../support/stack-shape";

/** Streams of which some certainly have a replica on each of four servers. */
const STREAMS = 4;

describe("an update of pods with streams, of which no node can run one", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { pods, namespace } = stack;
  const slots = new Slots(namespace, "member");
  const clients = new Clients();
  /** The streams that have a replica on the pod, by their names. */
  const streams: string[] = [];
  const declare = (users: Readonly<Record<string, object>>, more: Declaration = {}) =>
    stack.declare({
      accounts: { A: { jetstream: {}, users } },
      servers: { static: { mode: "static" }, operator: { mode: "operator", replicas: 3 } },
      jetstream: { fileStorage: "64MiB", memoryStorage: "64MiB" },
      kubernetes: { resources: slots.resources },
      ...more,
    });

  const connect = async (server: string): Promise<NatsConnection> =>
    clients.connect(await stack.urlOf(server), byCreds((await stack.outputs()).creds["A/test"]));

  async function assertKept(): Promise<void> {
    const client = await connect("operator-0");
    for (const name of streams) {
      assert.equal(await messagesIn(client, name), MESSAGES, name);
    }
    await client.close();
  }

  before("a cluster with streams in files and in memory, of which a pod cannot run again", async () => {
    await slots.set(4);
    await declare({ test: {}, leaked: {} });
    succeeded(await stack.up());
    const client = await connect("operator-0");
    for (let number = 0; number < STREAMS; number += 1) {
      for (const storage of ["file", "memory"] as const) {
        const servers = await store(client, `${storage}${number}`, 3, storage);
        streams.push(...(servers.includes("nats-operator-2") ? [`${storage}${number}`] : []));
      }
    }
    assert.notDeepEqual(streams, []);
    await client.close();
    await slots.take("nats-operator-2", 3);
  });

  it("should revoke a user on all others, name the pod in a warning, and keep the streams", async () => {
    const { creds } = await stack.outputs();
    await declare({ test: {} });
    const { output } = succeeded(await stack.up());
    assert.match(output, slots.isLacking);
    await refuses(clients, await stack.urlOf("operator-0"), byCreds(creds["A/leaked"]));
    await assertKept();
  });

  it("should restart no other one meanwhile", async () => {
    const { "operator-2": _missing, ...lives } = await pods.lives();
    await declare({ test: {} }, { settings: { maxSubscriptions: 10_000 } });
    assert.match(failed(await stack.up()).output, /operator-2 server does not run[^]*NA5163[^]*No server was changed/);
    const { "operator-2": _again, ...present } = await pods.lives();
    assert.deepEqual(present, lives);
  });

  it("should keep every message when the pod runs again and all others restart in the same update", async () => {
    const lives = await pods.lives();
    await slots.set(4);
    assert.doesNotMatch(succeeded(await stack.up()).output, /NA5163/);
    const present = await pods.lives();
    for (const name of ["static-0", "operator-0", "operator-1"]) {
      assert.notEqual(present[name], lives[name], name);
    }
    await assertKept();
    assert.deepEqual(await stack.leftOvers(), []);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });
});
