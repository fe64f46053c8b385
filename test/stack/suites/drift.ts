import assert from "node:assert/strict";
import { stackOn, urlAt, type PlaceName } from "../../support/pod-stack";
import { EXAMPLE, STEP_TIMEOUT, succeeded, type StackOutputs } from "../../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../../support/stack-clients";
import { changedResources } from "../../support/stack-diff";
import { tokensOf } from "../../support/stack-tokens";

/** Creates the tests of servers that were changed by hand, in some place. */
export function describeDrift(place: PlaceName): void {
  describe(`a deployed cluster that was changed by hand (${place})`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = stackOn(place, EXAMPLE);
    const clients = new Clients();
    let outputs: StackOutputs;
    let tokens: Record<string, string>;
    let configurations: Awaited<ReturnType<typeof stack.servers.configurations>>;
    let lives: Awaited<ReturnType<typeof stack.servers.lives>>;

    before("a deployed cluster", async () => {
      succeeded(await stack.up());
      outputs = await stack.outputs();
      tokens = tokensOf(await stack.resources());
      configurations = await stack.servers.configurations();
      lives = await stack.servers.lives();
    });

    /** Everything is as it was: the same keys and tokens, the same configurations, and the users log in as before. */
    async function assertRestored(): Promise<void> {
      assert.deepEqual(await stack.outputs(), outputs);
      assert.deepEqual(tokensOf(await stack.resources()), tokens);
      assert.deepEqual(await stack.servers.configurations(), configurations);
      const onStatic = await clients.connect(await urlAt(stack, "static"), bySeed(outputs.seeds["A/test"]));
      const onOperator = await clients.connect(await urlAt(stack, "operator"), byCreds(outputs.creds["A/test"]));
      await crosses(onStatic, onOperator, "test.one");
      await crosses(onOperator, onStatic, "test.two");
    }

    describe("when a server was removed with its files", () => {
      before(() => stack.servers.remove("operator"));

      it("should be found by a refresh", async () => {
        const { output } = succeeded(await stack.refresh("--diff"));
        assert.deepEqual(changedResources(output), [
          "ClusterConfiguration nats",
          `${stack.servers.placeType} nats-operator`,
        ]);
        assert.match(output, /~ operator(-0)?: "in force" => "absent"/);
      });

      it("should be restored by the next update, with the same keys, and without touching the other one", async () => {
        const { output } = succeeded(await stack.up());
        assert.match(output, /\+ 1 created/);
        await assertRestored();
      });
    });

    describe("when a server has ended", () => {
      before(() => stack.servers.crash("static"));

      it("should be found by a refresh", async () => {
        const { output } = succeeded(await stack.refresh("--diff"));
        assert.deepEqual(changedResources(output), ["ClusterConfiguration nats"]);
        assert.match(output, /~ static(-0)? *: "in force" => "stopped"/);
      });

      it("should run again after the next update, in the same place", async () => {
        succeeded(await stack.up());
        // Kubernetes starts a pod with the same name.
        assert.equal((await stack.servers.lives()).static.id === lives.static.id, place !== "kubernetes");
        await assertRestored();
      });
    });

    describe("when a server was paused", () => {
      before(async function () {
        if (place === "kubernetes") {
          this.skip();
        }
        await stack.servers.pause("operator");
      });

      it("should be found by a refresh", async () => {
        const { output } = succeeded(await stack.refresh("--diff"));
        assert.deepEqual(changedResources(output), ["ClusterConfiguration nats"]);
        assert.match(output, /~ operator: "in force" => "paused"/);
      });

      it("should run after the next update, which checks it", async () => {
        const { output } = succeeded(await stack.up());
        assert.match(output, /ClusterCheck nats updated/);
        await assertRestored();
      });
    });

    if (place === "docker") {
      describe("when a container was taken out of the network", () => {
        before(() => stack.engine.disconnect("operator"));

        it("should be found by a refresh", async () => {
          const { output } = succeeded(await stack.refresh("--diff"));
          assert.deepEqual(changedResources(output), ["Container nats-operator"]);
          assert.match(output.replace(/^ *(parity|creds|checked).*$/gm, ""), /^ *[-~] (ports|networkDatas)/m);
        });

        it("should be replaced by the next update, with the same keys, and without touching the other one", async () => {
          const before = await stack.servers.lives();
          succeeded(await stack.up());
          const now = await stack.servers.lives();
          assert.deepEqual(now.static, before.static);
          assert.notEqual(now.operator.id, before.operator.id);
          await assertRestored();
        });
      });

      describe("when an update was killed after it created a network that the state does not know", () => {
        before(async () => {
          await stack.engine.makeNetworkAgain();
          await stack.servers.crash("static");
        });

        it("should be removed by the next update that changes something", async () => {
          assert.equal((await stack.engine.networks()).length, 2);
          succeeded(await stack.up("--refresh"));
          assert.deepEqual(await stack.servers.leftOvers(), []);
          await assertRestored();
        });
      });

      describe("when a container was recreated by hand with its files", () => {
        before(() => stack.engine.recreate("static"));

        it("should be found by a refresh", async () => {
          const { output } = succeeded(await stack.refresh("--diff"));
          assert.deepEqual(changedResources(output), ["ClusterConfiguration nats", "Container nats-static"]);
          assert.match(output, /~ static *: "in force" => "absent"/);
        });

        it("should be replaced by the next update, with the same keys, and leave nothing of the recreated one", async () => {
          succeeded(await stack.up());
          assert.deepEqual(await stack.servers.leftOvers(), []);
          await assertRestored();
        });
      });
    }

    describe("when a configuration was edited", () => {
      before(() => stack.servers.edit("static", `${configurations.static["nats.conf"] ?? ""}\nmax_payload: 1\n`));

      it("should be found by a refresh", async () => {
        const { output } = succeeded(await stack.refresh("--diff"));
        assert.match(output, /configuration edited/);
      });

      it("should be repaired by the next update, by reload", async () => {
        lives = await stack.servers.lives();
        const { output } = succeeded(await stack.up());
        assert.match(output, /~ 2 updated/);
        assert.deepEqual(await stack.servers.lives(), lives);
        await assertRestored();
        succeeded(await stack.preview("--refresh", "--expect-no-changes"));
      });
    });
  });
}
