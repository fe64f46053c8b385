import assert from "node:assert/strict";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import type { Declaration } from "./programs/declared/declaration";

const DECLARATION: Declaration = { accounts: { A: { users: { test: {} } } } };

describe("a server that ends before the verification", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);

  before("a cluster that is not verified yet, of which a server has ended", async () => {
    await stack.declare({ ...DECLARATION, verification: "disabled" });
    succeeded(await stack.up());
    await stack.servers.crash("static");
    await stack.declare(DECLARATION);
  });

  it("should be named by the error, with what starts it again", async () => {
    const { output } = failed(await stack.up());
    assert.match(output, /the static server has ended \[NA5050\]:\n\s*Last output of the static server:\n/);
    assert.match(output, /Run `pulumi up --refresh`/);
    assert.doesNotMatch(output, /keep their/);
  });

  it("should run again after the update that the error names", async () => {
    succeeded(await stack.up("--refresh"));
    await stack.servers.lives();
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });
});
