import assert from "node:assert/strict";
import { provider } from "../../provider/resources/cluster-check";
import { keyOf, seedOf } from "../support/keys";

describe("the check of a cluster, as a resource", () => {
  it("should say that the servers keep running, what to do, and no secret, when it fails", async () => {
    const signer = seedOf("account", "signer");
    const inputs = {
      url: "nats://127.0.0.1:1",
      systemAccount: keyOf("account", "SYS"),
      signer,
      applied: "1",
      clusterName: "nats",
      serverNames: ["nats-static", "nats-operator"],
      accounts: {},
    };
    await assert.rejects(provider.create(inputs), (error: Error) => {
      assert.match(
        error.message,
        /^the check of the cluster could not log in to .*\. See whether this machine reaches that address\.\nThe servers keep running with the configuration that they have\. Read their logs, then run the update again\.$/,
      );
      assert.ok(!error.message.includes(signer));
      return true;
    });
  });
});
