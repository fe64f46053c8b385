import assert from "node:assert/strict";
import type { Declaration } from "../stack/programs/declared/declaration";
import { serverImage, testNamespace } from "../support/kubernetes";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { StackPods } from "../support/stack-pods";
import { tokensOf } from "../support/stack-tokens";

const ACCEPTED = {
  "(servers).*.clients": "A test.",
  "(servers).*.routes": "A test.",
  "(servers).*.monitoring": "A test.",
};

describe("a cluster of processes that moves to pods", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const namespace = testNamespace();
  const stack = testStack(DECLARED);
  const pods = new StackPods(namespace);
  const clients = new Clients();
  const accounts: Declaration["accounts"] = { A: { users: { test: {} } } };

  before("the image of the servers", () => {
    stack.config.image = serverImage();
  });

  it("should keep every key and token, and leave no process", async () => {
    await stack.declare({ accounts });
    succeeded(await stack.up());
    const { seeds, creds, publicKeys } = await stack.outputs();
    const tokens = tokensOf(await stack.resources());
    const kubernetes = { context: process.env.KUBERNETES_CONTEXT ?? "", namespace: namespace.name };
    await stack.declare({ accounts, kubernetes, parity: { accept: ACCEPTED } });
    succeeded(await stack.up());
    const after = await stack.outputs();
    assert.deepEqual([after.seeds, after.publicKeys, tokensOf(await stack.resources())], [seeds, publicKeys, tokens]);
    assert.deepEqual(await stack.local.listening(), []);
    const onStatic = await clients.connect(await pods.url("static-0"), bySeed(seeds["A/test"]));
    await crosses(onStatic, await clients.connect(await pods.url("operator-0"), byCreds(creds["A/test"])), "test");
  });

  it("should move back, and leave nothing in Kubernetes", async () => {
    await clients.close();
    await stack.declare({ accounts });
    succeeded(await stack.up());
    assert.deepEqual(await pods.belongings(), []);
    assert.equal((await stack.local.listening()).length, 4);
  });
});
