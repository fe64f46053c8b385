import assert from "node:assert/strict";
import { EXAMPLE, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import type { TargetName } from "../support/stack-servers";
import { tokensOf } from "../support/stack-tokens";

describe("a stack that is moved from processes to containers and back", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(EXAMPLE, { targets: ["process", "docker"] });
  const clients = new Clients();
  let outputs: StackOutputs;
  let tokens: Record<string, string>;

  before("a cluster of processes", async () => {
    succeeded(await stack.up());
    outputs = await stack.outputs();
    tokens = tokensOf(await stack.resources());
  });

  /** The same keys and tokens, the same ports, users log in with what they have; and nothing is left where servers were. */
  async function assertMoved(left: TargetName): Promise<void> {
    assert.deepEqual(await stack.outputs(), outputs);
    assert.deepEqual(tokensOf(await stack.resources()), tokens);
    const before = left === "docker" ? stack.engine : stack.local;
    assert.deepEqual(await before.belongings(), []);
    const onStatic = await clients.connect(outputs.clientUrls.static, bySeed(outputs.seeds["A/test"]));
    const onOperator = await clients.connect(outputs.clientUrls.operator, byCreds(outputs.creds["A/test"]));
    await crosses(onStatic, onOperator, "test.one");
    await crosses(onOperator, onStatic, "test.two");
    await clients.close();
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  }

  it("should keep every key and JWT when its servers move into containers", async () => {
    stack.target = "docker";
    succeeded(await stack.up());
    await assertMoved("process");
  });

  it("should keep them when they become processes again", async () => {
    stack.target = "process";
    succeeded(await stack.up());
    await assertMoved("docker");
  });

  it("should stay on the old target when a move was killed and is reverted", async () => {
    stack.target = "docker";
    await stack.killAfter("start operator");
    stack.target = "process";
    succeeded(await stack.unlock());
    succeeded(await stack.up());
    await assertMoved("docker");
  });
});
