import assert from "node:assert/strict";
import { createUser } from "nkeys.js";
import { fileInPod } from "../../provider/servers/kubernetes/layout";
import { waitFor } from "../../provider/servers/log";
import type { Declaration } from "../stack/programs/declared/declaration";
import { findServerOf } from "../support/freeze";
import { isPrivateCluster } from "../support/kubernetes";
import { MovingClient } from "../support/moving-client";
import { podStack } from "../support/pod-stack";
import { activeIn, failed, STEP_TIMEOUT, succeeded } from "../support/stack";
import { answer, byCreds, bySeed, Clients, crosses, refuses } from "../support/stack-clients";

/** Milliseconds in which Kubernetes notices that a server does not respond, and ends it, on a slow machine. */
const RESTARTED = 240_000;
const OPERATORS = ["operator-0", "operator-1"];

/** The time that Kubernetes gives a pod to end. */
interface EndingPod {
  readonly spec: { readonly terminationGracePeriodSeconds: number };
}

describe("servers that end in their pods", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { namespace, pods } = stack;
  const clients = new Clients();
  /** The seed of a user that an update adds. */
  const seed = new TextDecoder().decode(createUser().getSeed());
  let stopped: number | undefined;

  /** The shortest time that nats-server accepts: Kubernetes waits as long before it kills a server that does not respond. */
  const SHORT = { lameDuckDuration: "30s" };
  const declare = (settings: Declaration["settings"], users: object = {}) =>
    stack.declare({
      accounts: { A: { users: { test: {}, ...users } } },
      servers: {
        static: { mode: "static" },
        operator: { mode: "operator", replicas: 2, ...(settings === undefined ? {} : { settings }) },
      },
    });

  /** A client of the pods in operator mode, with an answering one on the static server. */
  async function movingClient(): Promise<MovingClient> {
    const { seeds, creds } = await stack.outputs();
    await answer(await clients.connect(await stack.urlOf("static-0"), bySeed(seeds["A/test"])), "ask", "here");
    const servers = await Promise.all(OPERATORS.map((server) => stack.urlOf(server)));
    const options = { reconnect: true, reconnectTimeWait: 50, maxReconnectAttempts: -1, noRandomize: true, servers };
    const client = await clients.connect(servers[0] ?? "", byCreds(creds["A/test"]), options);
    await crosses(client, await clients.connect(await stack.urlOf("static-0"), bySeed(seeds["A/test"])), "known");
    return new MovingClient(client, "ask");
  }

  /** The addresses of tunnels as clients name them. */
  const addressOf = async (server: string) => new URL(await stack.urlOf(server)).host;

  const graceOf = async (pod: string) =>
    ((await namespace.get("pod", pod)) as unknown as EndingPod).spec.terminationGracePeriodSeconds;

  before("a cluster", async () => {
    await declare(undefined);
    succeeded(await stack.up());
  });

  after("no server is suspended", () => {
    try {
      if (stopped !== undefined) process.kill(stopped, "SIGCONT");
    } catch {
      // Kubernetes has killed it.
    }
  });

  it("should announce its end to the clients of an evicted pod, in time to connect elsewhere without losing a request", async () => {
    const moving = await movingClient();
    const { "operator-0": life } = await pods.lives();
    await pods.awaitBudget();
    await pods.evict("operator-0");
    const isReplaced = async () => {
      const { "operator-0": present } = await pods.lives();
      return present !== undefined && present !== life && (await pods.countReady("operator")) === 2 ? true : undefined;
    };
    assert.equal(await waitFor(isReplaced, RESTARTED), true);
    const { left, answered, failures } = await moving.stop();
    assert.deepEqual([left, failures], [[await addressOf("operator-0")], []]);
    assert.ok(answered > 0);
  });

  it("should announce that also when an update restarts one pod after the other", async () => {
    await clients.close();
    const moving = await movingClient();
    const { "static-0": life } = await pods.lives();
    await declare(SHORT);
    succeeded(await stack.up());
    const { left, failures } = await moving.stop();
    assert.deepEqual(failures, []);
    assert.ok(left.length > 0 && new Set(left).size === left.length, left.join());
    assert.equal((await pods.lives())["static-0"], life);
    await clients.close();
  });

  it("should give servers longer to end than they take in lame duck mode", async () => {
    const { [fileInPod("nats-operator-1", "nats.conf")]: text = "" } = await pods.files("operator");
    const [, seconds = assert.fail(text)] = /^lame_duck_duration: "?(\d+)s/m.exec(text) ?? [];
    assert.ok((await graceOf("nats-operator-1")) > Number(seconds));
    // The default of nats-server.
    assert.ok((await graceOf("nats-static-0")) > 120);
  });

  it("should return to the former configurations when the server of the last one no longer responds", async function () {
    if (!isPrivateCluster()) {
      this.skip();
    }
    const files = async () => [await pods.files("static"), await pods.files("operator")];
    const before = { lives: await pods.lives(), files: await files() };
    stopped = findServerOf(namespace.name, "nats-operator-1") ?? assert.fail("the server does not run");
    process.kill(stopped, "SIGSTOP");
    await declare(SHORT, { late: { seed } });
    const start = Date.now();
    const { output } = failed(await stack.up());
    assert.match(output, /the operator-1 server did not confirm a reload within \d+ seconds \[NA5004\]/);
    const active = activeIn(output);
    assert.match(active, /- the operator-1 server could not be restored: .*\[NA5004\]/);
    const restored = ["static-0", "operator-0"];
    for (const server of restored) {
      assert.match(active, new RegExp(`- the ${server} server has its previous configuration$`, "m"));
    }
    assert.equal((await pods.reloads(start, restored)).length, 2);
    assert.deepEqual(await files(), before.files);
    const { "operator-1": _last, ...lives } = await pods.lives();
    const { "operator-1": _before, ...former } = before.lives;
    assert.deepEqual(lives, former);
    await refuses(clients, await stack.urlOf("static-0"), bySeed(seed));
  });

  it("should be restarted by Kubernetes in that case, and be finished by the next update", async function () {
    if (stopped === undefined) {
      this.skip();
    }
    const isRestarted = async () => {
      const pid = findServerOf(namespace.name, "nats-operator-1");
      const isRunning = pid !== undefined && pid !== stopped;
      return isRunning && (await pods.countReady("operator")) === 2 ? true : undefined;
    };
    assert.equal(await waitFor(isRestarted, RESTARTED), true);
    const lives = await pods.lives();
    succeeded(await stack.up());
    assert.deepEqual(await pods.lives(), lives);
    const { creds } = await stack.outputs();
    const onStatic = await clients.connect(await stack.urlOf("static-0"), bySeed(seed));
    for (const server of OPERATORS) {
      await crosses(onStatic, await clients.connect(await stack.urlOf(server), byCreds(creds["A/late"])), server);
    }
    assert.deepEqual(await stack.leftOvers(), []);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });
});
