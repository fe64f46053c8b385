import assert from "node:assert/strict";
import { setImmediate as pause } from "node:timers/promises";
import { Account, MixedAuthCluster, Operator } from "../../../provider";
import { JETSTREAM_CHECK_SUBJECTS } from "../../../provider/servers/system-subjects";
import { closingGates } from "../../support/gates";
import { ofType, valueOf } from "../../support/mocks";

const systemAccount = { users: { sys: {} } };

/** The subjects that the verification may publish to, as the system account's JWT states them. */
function permitted(): string {
  return JSON.stringify(ofType("AccountClaims").find(({ name }) => name === "KO/SYS")?.inputs.roles);
}

describe("the verification of a cluster with JetStream", () => {
  closingGates();

  it("should be permitted to ask for the health of streams", async () => {
    const operator = new Operator("KO", { systemAccount });
    const accounts = [new Account("A", { operator, jetstream: {} })];
    const cluster = new MixedAuthCluster("nats", { operator, accounts, jetstream: {} });
    await valueOf(cluster.checked);
    for (const subject of JETSTREAM_CHECK_SUBJECTS) {
      assert.ok(permitted().includes(subject));
    }
    assert.equal(ofType("ClusterCheck")[0]?.inputs.jetstream, "all");
  });

  it("should not be permitted to where no cluster runs JetStream, so that no JWT changes", async () => {
    const operator = new Operator("KO", { systemAccount });
    const cluster = new MixedAuthCluster("nats", { operator, accounts: [] });
    await valueOf(cluster.checked);
    for (const subject of JETSTREAM_CHECK_SUBJECTS) {
      assert.ok(!permitted().includes(subject));
    }
    assert.equal(ofType("ClusterCheck")[0]?.inputs.jetstream, undefined);
  });

  it("should ask for the leader and the members alone when the program waited before it created the cluster", async () => {
    const operator = new Operator("KO", { systemAccount });
    await pause();
    await pause();
    const cluster = new MixedAuthCluster("nats", { operator, accounts: [], jetstream: {} });
    await valueOf(cluster.checked);
    assert.equal(ofType("ClusterCheck")[0]?.inputs.jetstream, "members");
    assert.ok(JETSTREAM_CHECK_SUBJECTS.every((subject) => !permitted().includes(subject)));
  });
});
