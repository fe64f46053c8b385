import assert from "node:assert/strict";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { Kills, killsToMake } from "../support/stack-kills";
import { describeOn, TARGETS } from "../support/stack-servers";
import type { Declaration, DeclaredAccount } from "./programs/declared/declaration";

const stays: DeclaredAccount = { users: { test: {} } };
const comes: DeclaredAccount = { roles: { reader: {} }, users: { test: {}, reads: { role: "reader" } } };

describeOn(TARGETS, "updates that are killed at random moments", function (target) {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: [target] });
  const clients = new Clients();
  const kills = new Kills(stack);
  let kept: Pick<StackOutputs, "seeds" | "creds"> | undefined;

  /** Programs, each a change of the one before: at first a new stack, then what is reloaded, and what makes new places. */
  const programs: readonly (() => Declaration)[] = [
    () => ({ accounts: { stays } }),
    () => ({ accounts: { stays, comes } }),
    () => ({ accounts: { stays, comes }, static: { clientPort: stack.sparePort } }),
    () => ({ accounts: { stays }, operator: { name: "renamed" } }),
  ];

  for (let round = 0; round < killsToMake(); round += 1) {
    it(`should be finished by the next update, with the same keys, and leave nothing over (kill ${round + 1})`, async function () {
      const program = programs[round % programs.length];
      assert.ok(program);
      await stack.declare(program());
      const { after, at, hit } = await kills.killAndGoOn();
      // The title of a test is all that a long run shows of it.
      const moment = hit ? `killed after ${Math.round(after)} ms, at: ${at}` : "was over before";
      assert.ok(this.test);
      this.test.title += `: ${moment}`;
      await assertConverged();
    });
  }

  it("should have been killed, and not have been over before", () => {
    assert.ok(kills.hits > 0);
  });

  async function assertConverged(): Promise<void> {
    const { clientUrls, seeds, creds, checked } = await stack.outputs();
    assert.match(checked, /are one cluster/);
    assert.ok(kept === undefined || kept.seeds["stays/test"] === seeds["stays/test"], "a client's seed is lost");
    assert.ok(kept === undefined || kept.creds["stays/test"] === creds["stays/test"], "a client's creds are lost");
    kept = { seeds, creds };
    const onStatic = await clients.connect(clientUrls.static, bySeed(seeds["stays/test"]));
    const onOperator = await clients.connect(clientUrls.operator, byCreds(creds["stays/test"]));
    await crosses(onStatic, onOperator, "one");
    await crosses(onOperator, onStatic, "two");
    await clients.close();
    assert.deepEqual(await stack.servers.leftOvers(), []);
    assert.deepEqual(await stack.processes(), []);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  }
});
