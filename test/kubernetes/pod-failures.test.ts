import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "../../provider/servers/log";
import type { Declaration } from "../stack/programs/declared/declaration";
import { stopApiServer } from "../support/api-server";
import { requirePrivateCluster } from "../support/kubernetes";
import { podStack } from "../support/pod-stack";
import { failed, STEP_TIMEOUT, succeeded } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";

/** Milliseconds for which the API server does not run. */
const OUTAGE = 10_000;
/** Milliseconds in which an update begins to change pods, on a slow machine. */
const BEGIN_TIMEOUT = 120_000;

describe("an update of pods during failures", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { pods, namespace } = stack;
  const clients = new Clients();
  const declare = (more: Declaration = {}) =>
    stack.declare({
      accounts: { A: { users: { test: {} } } },
      servers: { static: { mode: "static" }, operator: { mode: "operator", replicas: 2 } },
      ...more,
    });

  async function assertConverged(): Promise<void> {
    const { seeds, creds } = await stack.outputs();
    const onStatic = await clients.connect(await stack.urlOf("static-0"), bySeed(seeds["A/test"]));
    for (const server of ["operator-0", "operator-1"]) {
      await crosses(onStatic, await clients.connect(await stack.urlOf(server), byCreds(creds["A/test"])), server);
    }
    await clients.close();
    assert.deepEqual(await stack.leftOvers(), []);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  }

  /** Waits until what a function returns is another value than now. */
  async function changed(read: () => Promise<unknown>): Promise<void> {
    const before = JSON.stringify(await read());
    const look = async () => (JSON.stringify(await read()) === before ? undefined : true);
    assert.equal(await waitFor(look, BEGIN_TIMEOUT), true, "the update does not begin");
  }

  before("a cluster", async () => {
    await declare();
    succeeded(await stack.up());
  });

  it("should succeed when the API server does not run for ten seconds after the first Secret is written", async function () {
    requirePrivateCluster(this);
    const lives = await pods.lives();
    await declare({ accounts: { A: { users: { test: {}, more: {} } } } });
    const written = await namespace.watch("secret", "nats-operator");
    const updating = stack.up();
    await written();
    const restart = stopApiServer();
    await sleep(OUTAGE);
    const end = Date.now();
    restart();
    succeeded(await updating);
    assert.notEqual((await pods.reloads(end)).length, 0, "the update was finished before the API server stopped");
    assert.deepEqual(await pods.lives(), lives);
    await assertConverged();
  });

  it("should be finished, or by the next one, when a pod is deleted while the pods restart", async () => {
    await declare({ settings: { maxSubscriptions: 10_000 } });
    const restarting = changed(() => pods.lives());
    const updating = stack.up();
    await restarting;
    await namespace.kubectl(["delete", "pod", "nats-operator-1", "--grace-period=1", "--wait=false"]);
    if ((await updating).code !== 0) {
      succeeded(await stack.up());
    }
    await assertConverged();
  });

  it("should name the image that a pod cannot get, and leave all servers as they run", async () => {
    const lives = await pods.lives();
    const { image } = stack.config;
    stack.config.image = "nats-auth.invalid/missing:1";
    assert.match(failed(await stack.up()).output, /NA5002/);
    assert.deepEqual(await pods.lives(), lives);
    stack.config.image = image;
    succeeded(await stack.up());
    assert.deepEqual(await pods.lives(), lives);
    await assertConverged();
  });
});
