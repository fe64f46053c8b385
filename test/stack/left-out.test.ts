import assert from "node:assert/strict";
import { decodeToken } from "../../provider/jwt/sign";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, Clients } from "../support/stack-clients";
import type { DeclaredAccount } from "./programs/declared/declaration";

describe("an update with targets that leaves a user of a role out", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  const roles = { reader: {}, writer: {}, device: { bearer: true } };
  let deployed: StackOutputs;

  const declare = (more: DeclaredAccount) =>
    stack.declare({
      accounts: { A: { roles, ...more, users: { own: {}, u: { role: "reader" }, ...more.users } } },
      parity: { mode: "lenient" },
    });

  /** What programs export of the user with a role. */
  const credentialsOf = ({ jwts = {}, creds }: StackOutputs) => ({ jwt: jwts["A/u"], creds: creds["A/u"] });

  before("a deployed cluster", async () => {
    await declare({});
    succeeded(await stack.up());
    deployed = await stack.outputs();
  });

  for (const [change, user] of [
    ["another role", { role: "writer" }],
    ["a role of bearers", { role: "device" }],
    ["no role", {}],
  ] as const) {
    it(`should keep the JWT of the role that it has until it gets ${change}`, async () => {
      await declare({ users: { u: user } });
      succeeded(await stack.preview("--exclude", "**::A/u"));
      succeeded(await stack.up("--target", "**::A/own"));
      const now = await stack.outputs();
      assert.deepEqual(credentialsOf(now), credentialsOf(deployed));
      await clients.connect(now.clientUrls.operator, byCreds(credentialsOf(now).creds));
    });
  }

  it("should have no creds while the key of the role is another one, and new ones after the next update", async () => {
    await declare({ roles: { ...roles, reader: { rotation: { version: 2 } } } });
    succeeded(await stack.up("--target", "**::A/roles/reader"));
    assert.deepEqual(credentialsOf(await stack.outputs()), { jwt: undefined, creds: undefined });
    succeeded(await stack.up());
    const now = await stack.outputs();
    const [before, after] = [deployed, now].map((outputs) => decodeToken(credentialsOf(outputs).jwt ?? "").iss);
    assert.notEqual(after, before);
    await clients.connect(now.clientUrls.operator, byCreds(credentialsOf(now).creds));
  });
});
