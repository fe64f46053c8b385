import assert from "node:assert/strict";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { freePorts } from "../support/stack-ports";
import type { Declaration } from "./programs/declared/declaration";

const ACCOUNTS: Declaration = { accounts: { A: { users: { test: {} } } } };

describe("a change that unlinks each server from the other's old configuration", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  let seed: string | undefined;

  before("a deployed cluster", async () => {
    await stack.declare(ACCOUNTS);
    succeeded(await stack.up());
    seed = (await stack.outputs()).seeds["A/test"];
  });

  const CHANGES: Readonly<Record<string, () => Promise<Declaration>>> = {
    "the cluster's name": () => Promise.resolve({ clusterName: "renamed" }),
    "the ports of both servers for each other": async () => {
      const [ofStatic = 0, ofOperator = 0] = await freePorts(2);
      return { staticServer: { clusterPort: ofStatic }, operatorServer: { clusterPort: ofOperator } };
    },
    "their address": () => Promise.resolve({ bindAddress: "127.0.0.2" }),
  };

  for (const [what, changed] of Object.entries(CHANGES)) {
    it(`should take one update and keep the keys when it concerns ${what}`, async () => {
      const before = await stack.servers.lives();
      await stack.declare({ ...ACCOUNTS, ...(await changed()) });
      succeeded(await stack.up());
      const now = await stack.servers.lives();
      assert.notEqual(now.static.id, before.static.id);
      assert.notEqual(now.operator.id, before.operator.id);
      assert.deepEqual(await stack.servers.leftOvers(), []);
      const { clientUrls, seeds, creds } = await stack.outputs();
      assert.equal(seeds["A/test"], seed);
      const onStatic = await clients.connect(clientUrls.static, bySeed(seeds["A/test"]));
      const onOperator = await clients.connect(clientUrls.operator, byCreds(creds["A/test"]));
      await crosses(onStatic, onOperator, "one");
      await crosses(onOperator, onStatic, "two");
      await clients.close();
    });
  }
});
