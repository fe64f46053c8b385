import assert from "node:assert/strict";
import { SIDES } from "../support/sides";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";

/**
 * The engine restarts every container that was not stopped on purpose, after a crash or its own restart. A reload signal
 * must not count as such a stop.
 */
describe("a server that the Docker Engine restarts", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: ["docker"] });
  const clients = new Clients();

  before("a deployed cluster that was changed by a reload", async () => {
    await stack.declare({ accounts: { A: { users: { first: {} } } } });
    succeeded(await stack.up());
    await stack.declare({ accounts: { A: { users: { first: {}, later: {} } } } });
    succeeded(await stack.up());
  });

  for (const side of SIDES) {
    it(`should run with the newest configuration, without drift, when it is the ${side} server`, async () => {
      const before = await stack.engine.lives();
      await stack.engine.end(side);
      const { clientUrls, seeds, creds } = await stack.outputs();
      const onStatic = await connected(() => clients.connect(clientUrls.static, bySeed(seeds["A/later"])));
      const onOperator = await connected(() => clients.connect(clientUrls.operator, byCreds(creds["A/later"])));
      await crosses(onStatic, onOperator, "one");
      await crosses(onOperator, onStatic, "two");
      assert.equal((await stack.engine.lives())[side].id, before[side].id);
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  }
});

/** A connection to a server that is just starting. */
async function connected<T>(connect: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connect();
    } catch (error) {
      if (attempt === 20) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
