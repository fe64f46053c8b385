import assert from "node:assert/strict";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { goOn, kills, killUpdate } from "../support/stack-kills";
import type { Declaration, DeclaredAccount } from "./programs/declared/declaration";

const stays: DeclaredAccount = { users: { test: {} } };
const comes: DeclaredAccount = { users: { test: {} } };

describe("updates that are killed at random moments (process)", function () {
  this.timeout(STEP_TIMEOUT * kills());
  const stack = testStack(DECLARED, { targets: ["process"] });
  const clients = new Clients();
  let kept: Pick<StackOutputs, "seeds" | "creds"> | undefined;

  /** Programs, each a change of the one before: at first a new stack, then what is reloaded, and what makes new places. */
  const programs: readonly (() => Declaration)[] = [
    () => ({ accounts: { stays } }),
    () => ({ accounts: { stays, comes } }),
    () => ({ accounts: { stays, comes }, static: { clientPort: stack.sparePort } }),
    () => ({ accounts: { stays }, operator: { name: "renamed" } }),
  ];

  for (let round = 0; round < kills(); round += 1) {
    it(`should be finished by the next update, with the same keys, and leave nothing over (kill ${round + 1})`, async () => {
      const program = programs[round % programs.length];
      assert.ok(program);
      await stack.declare(program());
      const begin = performance.now();
      const { after, hit } = await killUpdate(stack, longest);
      await goOn(stack);
      longest = Math.max(MINIMUM, performance.now() - begin - after);
      hits += hit ? 1 : 0;
      await assertConverged();
    });
  }

  /** Milliseconds that an update takes, as far as is known. */
  const MINIMUM = 2_000;
  let longest = 4_000;
  let hits = 0;

  it("should have been killed, and not have been over before", () => {
    assert.ok(hits > 0);
  });

  async function assertConverged(): Promise<void> {
    const { clientUrls, seeds, creds, checked } = await stack.outputs();
    assert.match(checked, /are one cluster/);
    for (const user of ["stays/test"]) {
      assert.equal(seeds[user], kept?.seeds[user] ?? seeds[user]);
      assert.equal(creds[user], kept?.creds[user] ?? creds[user]);
    }
    kept = { seeds, creds };
    const onStatic = await clients.connect(clientUrls.static, bySeed(seeds["stays/test"]));
    const onOperator = await clients.connect(clientUrls.operator, byCreds(creds["stays/test"]));
    await crosses(onStatic, onOperator, "one");
    await crosses(onOperator, onStatic, "two");
    await clients.close();
    const belongings = await stack.servers.belongings();
    assert.equal(belongings.filter((what) => what.startsWith("process ")).length, 2);
    // One cluster's folder, one place for each server, and in it what a server has and nothing else.
    assert.equal(belongings.filter((what) => /\/[0-9a-f]{16}$/.test(what) && what.startsWith("file ")).length, 2);
    assert.deepEqual(
      belongings.filter((what) => /trial|draft/.test(what)),
      [],
    );
    assert.deepEqual(await stack.processes(), []);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  }
});
