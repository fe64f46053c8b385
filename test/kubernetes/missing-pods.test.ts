import assert from "node:assert/strict";
import { waitFor } from "../../provider/servers/log";
import type { Declaration } from "../stack/programs/declared/declaration";
import { podStack } from "../support/pod-stack";
import { Slots } from "../support/slots";
import { failed, STEP_TIMEOUT, succeeded } from "../support/stack";
import { byCreds, bySeed, Clients, crosses, refuses } from "../support/stack-clients";

/** Milliseconds in which Kubernetes notices a change, on a slow machine. */
const TIMEOUT = 120_000;

describe("an update of pods of which no node can run one", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { pods, namespace } = stack;
  const clients = new Clients();
  const slots = new Slots(namespace, "pod");
  const declare = (more: Declaration = {}) =>
    stack.declare({
      accounts: { A: { users: { test: {}, leaked: {} } } },
      servers: { static: { mode: "static" }, operator: { mode: "operator", replicas: 2 } },
      kubernetes: { resources: slots.resources },
      ...more,
    });
  /** The creds of the user that is removed. */
  let leaked: string | undefined;
  const REVOKED: Declaration = { accounts: { A: { users: { test: {} } } } };

  async function replicas(): Promise<string> {
    return namespace.kubectl(["get", "statefulset", "nats-operator", "--output=jsonpath={.spec.replicas}"]);
  }

  before("a cluster, of which a pod cannot run again", async () => {
    await slots.set(3);
    await declare();
    succeeded(await stack.up());
    await slots.take("nats-operator-1", 2);
  });

  it("should change all others, also revoke users, and name the pod in a warning", async () => {
    const { seeds, creds } = await stack.outputs();
    leaked = creds["A/leaked"];
    const lives = await pods.lives();
    await declare(REVOKED);
    const { output } = succeeded(await stack.up());
    assert.match(output, /the operator-1 server does not run/);
    assert.match(output, slots.isLacking);
    assert.deepEqual(await pods.lives(), lives);
    assert.equal(await replicas(), "2");
    await refuses(clients, await stack.urlOf("static-0"), bySeed(seeds["A/leaked"]));
    await refuses(clients, await stack.urlOf("operator-0"), byCreds(leaked));
  });

  it("should warn again while the pod does not run, and change nothing else", async () => {
    const lives = await pods.lives();
    assert.match(succeeded(await stack.up()).output, /the operator-1 server does not run[^]*NA5163/);
    assert.deepEqual(await pods.lives(), lives);
  });

  it("should not restart the others meanwhile, and leave the pod to Kubernetes when it fails", async () => {
    const { "operator-1": _awaited, ...lives } = await pods.lives();
    await declare({ ...REVOKED, settings: { maxSubscriptions: 10_000 } });
    const { output } = failed(await stack.up());
    assert.match(
      output,
      /the operator-1 server does not run, so that no other one can restart[^]*NA5163[^]*No server was changed/,
    );
    const { "operator-1": _again, ...present } = await pods.lives();
    assert.deepEqual(present, lives);
    assert.equal(await replicas(), "2");
    await declare(REVOKED);
    succeeded(await stack.up());
  });

  it("should be finished by the next one when the pod runs again, with its new configuration", async () => {
    await slots.set(3);
    const isReady = async () => ((await pods.countReady("operator")) === 2 ? true : undefined);
    assert.equal(await waitFor(isReady, TIMEOUT), true);
    const { seeds, creds } = await stack.outputs();
    await refuses(clients, await stack.urlOf("operator-1"), byCreds(leaked));
    assert.doesNotMatch(succeeded(await stack.up()).output, /NA5163/);
    const onStatic = await clients.connect(await stack.urlOf("static-0"), bySeed(seeds["A/test"]));
    await crosses(onStatic, await clients.connect(await stack.urlOf("operator-1"), byCreds(creds["A/test"])), "one");
    await clients.close();
    assert.deepEqual(await stack.leftOvers(), []);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });
});
