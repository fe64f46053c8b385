import assert from "node:assert/strict";
import type { Declaration } from "../stack/programs/declared/declaration";
import { podStack } from "../support/pod-stack";
import { STEP_TIMEOUT, succeeded } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { tokensOf } from "../support/stack-tokens";

describe("a cluster of processes that moves to pods", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { pods } = stack;
  const clients = new Clients();
  const accounts: Declaration["accounts"] = { A: { users: { test: {} } } };

  it("should keep every key and token, and leave no process", async () => {
    stack.place = "process";
    await stack.declare({ accounts });
    succeeded(await stack.up());
    const { seeds, creds, publicKeys } = await stack.outputs();
    const tokens = tokensOf(await stack.resources());
    stack.place = "kubernetes";
    await stack.declare({ accounts });
    succeeded(await stack.up());
    const after = await stack.outputs();
    assert.deepEqual([after.seeds, after.publicKeys, tokensOf(await stack.resources())], [seeds, publicKeys, tokens]);
    assert.deepEqual(await stack.local.listening(), []);
    const onStatic = await clients.connect(await stack.urlOf("static-0"), bySeed(seeds["A/test"]));
    await crosses(onStatic, await clients.connect(await stack.urlOf("operator-0"), byCreds(creds["A/test"])), "test");
  });

  it("should move back, and leave nothing in Kubernetes", async () => {
    await clients.close();
    stack.place = "process";
    await stack.declare({ accounts });
    succeeded(await stack.up());
    assert.deepEqual(await pods.belongings(), []);
    assert.equal((await stack.local.listening()).length, 4);
  });
});
