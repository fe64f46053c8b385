import assert from "node:assert/strict";
import { provider } from "../../provider/dynamic/cluster-check";
import { keyOf, seedOf } from "../support/keys";

describe("the ClusterCheck resource", () => {
  it("should show that the servers keep their configurations, what to do, and no secret, when it fails", async () => {
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
      assert.match(error.message, /\[NA5020\]:\n.*\nThe servers keep their configurations/);
      assert.ok(!error.message.includes(signer));
      return true;
    });
  });
});
