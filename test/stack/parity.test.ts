import assert from "node:assert/strict";
import { keyOf } from "../support/keys";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import type { Declaration } from "./programs/declared/declaration";

const ACCOUNTS: Declaration["accounts"] = { A: { signingKeys: [keyOf("account", "elsewhere")], users: { u: {} } } };
const LOSS = /A\.signingKeys = \["A\w{55}"\]: .*operator server.*\[NA2001\]/;

describe("a program with a claim that only one server can check", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);

  it("should fail in the first preview when the loss is not accepted", async () => {
    await stack.declare({ accounts: ACCOUNTS });
    const { output } = failed(await stack.preview());
    assert.match(output, LOSS);
    assert.match(output, /error: cluster "nats" has 1 problem:/);
  });

  it("should show one warning and a complete preview in lenient mode", async () => {
    await stack.declare({ accounts: ACCOUNTS, parity: { mode: "lenient" } });
    const { output } = succeeded(await stack.preview());
    assert.match(output, LOSS);
    const [, diagnostics = ""] = output.split("Diagnostics:");
    assert.equal(diagnostics.match(/warning: 1 security gap/g)?.length, 1);
    assert.match(output, /ServerProcess nats-static create/);
  });

  it("should show no warning when the loss is accepted", async () => {
    await stack.declare({
      accounts: ACCOUNTS,
      parity: { accept: { "A.signingKeys": "It signs for the other site." } },
    });
    const { output } = succeeded(await stack.preview());
    assert.doesNotMatch(output, /signingKeys|warning: 1 security gap/);
  });
});
