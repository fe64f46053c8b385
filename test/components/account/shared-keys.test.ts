import assert from "node:assert/strict";
import { Account, Operator, UserSet } from "../../../provider";
import { modelDiagnostics } from "../../../provider/components/cluster/model-checks";
import { validate } from "../../../provider/components/validation";
import { reasonOf } from "../../support/gates";
import { keyOf, seedOf } from "../../support/keys";
import { mockEngine, valueOf } from "../../support/mocks";
import { codesAndPathsIn } from "../reports";

describe("the keys of a cluster", () => {
  beforeEach(mockEngine);

  it("should report a generated key that the program sets for another user, and none that a user has itself", async () => {
    const operator = new Operator("KO");
    const a = new Account("A", {
      operator,
      roles: { device: {} },
      users: { one: {}, own: { seed: seedOf("user", "own") } },
    });
    const own = new UserSet("own", {
      account: a,
      role: "device",
      users: { "d-1": { publicKey: keyOf("user", "d-1") } },
    });
    const set = new UserSet("set", { account: a, role: "device", users: { "d-2": {} } });
    const [one, second] = [await valueOf(a.users.one.publicKey), await valueOf(set.publicKeys)];
    const users = { two: { publicKey: one }, three: { publicKey: second["d-2"] ?? "" }, four: {} };
    const b = new Account("B", { operator, users });
    await valueOf(own.publicKeys);
    const gate = validate("cluster", operator, modelDiagnostics("nats", { operator, accounts: [a, b] }));
    const reason = (await reasonOf(gate)) ?? "";
    assert.deepEqual(codesAndPathsIn(reason), [
      'NA1710 accounts[1]("B").users.two',
      'NA1710 accounts[1]("B").users.three',
    ]);
    assert.ok(reason.includes('accounts[0]("A").users.one') && reason.includes('accounts[0]("A").sets.set.users.d-2'));
  });
});
