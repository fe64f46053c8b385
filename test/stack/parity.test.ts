import assert from "node:assert/strict";
import { keyOf } from "../support/keys";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import type { Declaration } from "./programs/declared/declaration";

const ACCOUNTS: Declaration["accounts"] = { A: { signingKeys: [keyOf("account", "elsewhere")], users: { u: {} } } };
const LOSS = /A\.signingKeys = \["A\w{55}"\]: whoever has the signing key of A can make users for the operator server/;

describe("a program that claims what only one server can check", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);

  it("should fail in the first preview when nothing is said of it", async () => {
    await stack.declare({ accounts: ACCOUNTS });
    const { output } = failed(await stack.preview());
    assert.match(output, LOSS);
    assert.match(output, /error: cluster "nats" has 1 problem:/);
  });

  it("should be warned once, and previewed as a whole, when it is lenient", async () => {
    await stack.declare({ accounts: ACCOUNTS, parity: { mode: "lenient" } });
    const { output } = succeeded(await stack.preview());
    assert.match(output, LOSS);
    const [, diagnostics = ""] = output.split("Diagnostics:");
    assert.equal(diagnostics.match(/warning: 1 claim/g)?.length, 1);
    assert.match(output, /docker:index:Container nats-static create/);
  });

  it("should be previewed without a word when the loss is accepted", async () => {
    await stack.declare({
      accounts: ACCOUNTS,
      parity: { accept: { "A.signingKeys": "It signs for the other site." } },
    });
    const { output } = succeeded(await stack.preview());
    assert.doesNotMatch(output, /signingKeys|warning: 1 claim/);
  });
});
