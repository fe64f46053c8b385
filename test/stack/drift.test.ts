import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { EXAMPLE, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import { tokensOf } from "../support/stack-tokens";

describe("a deployed cluster that somebody else has changed", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(EXAMPLE);
  const clients = new Clients();
  let outputs: StackOutputs;
  let tokens: Record<string, string>;
  let configurations: Awaited<ReturnType<typeof stack.engine.configurations>>;

  before("a deployed cluster", async () => {
    succeeded(await stack.up());
    outputs = await stack.outputs();
    tokens = tokensOf(await stack.resources());
    configurations = await stack.engine.configurations();
  });

  /** Everything is as it was: the same keys and tokens, the same configurations, and the users log in as before. */
  async function assertRestored(): Promise<void> {
    assert.deepEqual(await stack.outputs(), outputs);
    assert.deepEqual(tokensOf(await stack.resources()), tokens);
    assert.deepEqual(await stack.engine.configurations(), configurations);
    const onStatic = await clients.connect(outputs.clientUrls.static, bySeed(outputs.seeds["A/test"]));
    const onOperator = await clients.connect(outputs.clientUrls.operator, byCreds(outputs.creds["A/test"]));
    await crosses(onStatic, onOperator, "test.one");
    await crosses(onOperator, onStatic, "test.two");
  }

  describe("when a server's container was removed", () => {
    before(async () => {
      await (await stack.engine.server("operator")).remove({ force: true });
    });

    it("should be found by a refresh", async () => {
      const { output } = succeeded(await stack.refresh("--diff"));
      assert.deepEqual(changedResources(output), ["ClusterConfiguration nats", "Container nats-operator"]);
      assert.match(output, /~ operator: "in force" => "absent"/);
    });

    it("should be restored by the next update, with the same keys, and without touching the other one", async () => {
      const { output } = succeeded(await stack.up());
      assert.match(output, /\+ 1 created/);
      await assertRestored();
    });
  });

  describe("when a server was stopped", () => {
    before(async () => {
      await (await stack.engine.server("static")).stop();
    });

    it("should be found by a refresh", async () => {
      const { output } = succeeded(await stack.refresh("--diff"));
      assert.deepEqual(changedResources(output), ["ClusterConfiguration nats"]);
      assert.match(output, /~ static *: "in force" => "stopped"/);
    });

    it("should run again after the next update, in the same container", async () => {
      const { id } = (await stack.engine.lives()).static;
      succeeded(await stack.up());
      assert.equal((await stack.engine.lives()).static.id, id);
      await assertRestored();
    });
  });

  describe("when a server was paused", () => {
    before(async () => {
      await (await stack.engine.server("operator")).pause();
    });

    it("should be found by a refresh", async () => {
      const { output } = succeeded(await stack.refresh("--diff"));
      assert.deepEqual(changedResources(output), ["ClusterConfiguration nats"]);
      assert.match(output, /~ operator: "in force" => "paused"/);
    });

    it("should go on after the next update, and be asked how it is", async () => {
      const { output } = succeeded(await stack.up());
      assert.match(output, /ClusterCheck nats updated/);
      await assertRestored();
    });
  });

  describe("when a configuration was edited", () => {
    before(async () => {
      const container = await stack.engine.server("static");
      const tar = pack();
      tar.entry(
        { name: "nats-auth/nats.conf", mode: 0o444 },
        `${configurations.static["nats.conf"] ?? ""}\nmax_payload: 1\n`,
      );
      tar.finalize();
      await container.putArchive(await buffer(tar), { path: "/" });
    });

    it("should be found by a refresh", async () => {
      const { output } = succeeded(await stack.refresh("--diff"));
      assert.match(output, /configuration edited/);
    });

    it("should be repaired by the next update, by reload", async () => {
      const lives = await stack.engine.lives();
      const { output } = succeeded(await stack.up());
      assert.match(output, /~ 2 updated/);
      assert.deepEqual(await stack.engine.lives(), lives);
      await assertRestored();
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  });
});
