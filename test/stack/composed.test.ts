import assert from "node:assert/strict";
import { ACCOUNTS, CONSUMER, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { ask, byCreds, bySeed, Clients, crosses } from "../support/stack-clients";

/** What the accounts stack tells other stacks. */
interface AccountsOutputs {
  readonly hostUrl: string;
  readonly clerkSeed: string;
  readonly responderCreds: string;
}

const SEED = /S[OAUNCX][A-Z2-7]{56}/;

describe("the composed example, deployed as two stacks", function () {
  this.timeout(STEP_TIMEOUT);
  const accounts = testStack(ACCOUNTS, { targets: ["docker"], fromSource: true });

  describe("with the consumer beside the accounts", () => {
    const consumer = testStack(CONSUMER, { targets: ["docker"], beside: accounts, fromSource: true });
    const clients = new Clients();
    let outputs: AccountsOutputs;

    before("both stacks are up", async () => {
      succeeded(await accounts.up());
      outputs = (await accounts.outputs()) as unknown as AccountsOutputs;
      consumer.config.accountsStack = `organization/${ACCOUNTS.project}/${accounts.name}`;
      succeeded(await consumer.up());
    });

    it("should answer a user of another account on the other server from the consumer's container", async () => {
      const clerk = await clients.connect(outputs.hostUrl, bySeed(outputs.clerkSeed));
      const reply = await ask(clerk, "orders.status.7", "how is it?");
      assert.match(reply.string(), /how is it\?/);
    });

    it("should deliver the stream that the exporting account imports in turn", async () => {
      const clerk = await clients.connect(outputs.hostUrl, bySeed(outputs.clerkSeed));
      const operatorUrl = `nats://127.0.0.1:${accounts.ports.operatorPort}`;
      const responder = await clients.connect(operatorUrl, byCreds(outputs.responderCreds));
      await crosses(clerk, responder, "billing.paid.7");
    });

    it("should show no seed in the CLI's output or the state of either stack", async () => {
      const shown = [accounts.transcript, consumer.transcript, await accounts.rawState(), await consumer.rawState()];
      assert.deepEqual(
        shown.filter((text) => SEED.test(text)),
        [],
      );
    });

    it("should change nothing at a second update of either stack", async () => {
      succeeded(await accounts.up("--expect-no-changes"));
      succeeded(await consumer.up("--expect-no-changes"));
    });
  });
});
