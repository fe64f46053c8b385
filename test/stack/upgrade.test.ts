import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { STATE_VERSION } from "../../provider/resources/state-version";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { answer, ask, byCreds, bySeed, Clients } from "../support/stack-clients";
import { tokensOf } from "../support/stack-tokens";
import { STORED_PASSPHRASE, StoredState } from "../support/stored-state";

const SIDES = ["static", "operator"] as const;

/** A loopback address that hardly anybody else uses, so that the ports of a stored state are free on it. */
function anyLoopback(): string {
  return `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
}

for (const version of [1]) {
  describe(`a stack that was deployed with version ${version} of the state`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = testStack(DECLARED, { passphrase: STORED_PASSPHRASE });
    const stored = new StoredState(version);
    const clients = new Clients();
    let left: Awaited<ReturnType<typeof everything>>;
    let outputs: StackOutputs;

    before("the stack as it was left, with a client by each credential", async () => {
      const bindAddress = anyLoopback();
      await stack.declare({ ...stored.declaration, bindAddress });
      Object.assign(stack.config, stored.ports);
      await stored.deploy(stack, bindAddress);
      left = await everything();
      ({ outputs } = left);
      for (const user of ["A/test", "A/unrestricted", "B/test", "SYS/sys"]) {
        await clients.connect(outputs.clientUrls.static, bySeed(outputs.seeds[user]));
        await clients.connect(outputs.clientUrls.operator, byCreds(outputs.creds[user]));
      }
    });

    /** All that must stay to the byte, and when the servers were started. */
    async function everything() {
      const resources = await stack.resources();
      return {
        lives: await stack.engine.lives(),
        configurations: await stack.engine.configurations(),
        tokens: tokensOf(resources),
        keys: Object.fromEntries(
          resources.map(({ urn, outputs: { publicKey, seed } = {} }) => [urn, [publicKey, seed]]),
        ),
        outputs: await stack.outputs(),
      };
    }

    /** Nothing is another than it was. The program may tell more than it did then. */
    async function assertAsLeft(): Promise<void> {
      const now = await everything();
      const told = Object.entries(now.outputs).filter(([name]) => name in left.outputs);
      assert.deepEqual({ ...now, outputs: Object.fromEntries(told) }, left);
    }

    it("should keep every key, token and configuration to the byte, and every server, at an update", async () => {
      succeeded(await stack.up());
      await assertAsLeft();
    });

    it("should have brought what it touched to the present shape", async () => {
      const found = (await stack.resources()).find(({ type }) => type.endsWith(":ClusterConfiguration"));
      assert.equal(found?.outputs?.stateVersion, STATE_VERSION);
      assert.equal(found.outputs.digests, undefined);
    });

    it("should have left every client connected", () => {
      assert.equal(clients.count, 8);
      assert.equal(clients.lost, 0);
    });

    it("should change nothing at a second update, nor show a change in a preview", async () => {
      succeeded(await stack.preview("--expect-no-changes"));
      const { output } = succeeded(await stack.up("--expect-no-changes"));
      assert.match(output, /^ +\d+ unchanged$/m);
      await assertAsLeft();
    });

    it("should work as before: a request crosses in both directions, with the old credentials", async () => {
      for (const [here, there] of [SIDES, [...SIDES].reverse()] as const) {
        const login = (user: string, side?: string) =>
          side === "static" ? bySeed(outputs.seeds[user]) : byCreds(outputs.creds[user]);
        const url = (side?: string) => outputs.clientUrls[side === "static" ? "static" : "operator"];
        const answering = await answer(await clients.connect(url(here), login("A/test", here)), "test", "yes");
        const reply = await ask(await clients.connect(url(there), login("B/test", there)), "test", "well?");
        assert.equal(reply.string(), "yes");
        answering.unsubscribe();
      }
    });
  });
}
