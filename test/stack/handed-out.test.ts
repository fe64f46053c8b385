import assert from "node:assert/strict";
import { createUser } from "nkeys.js";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients } from "../support/stack-clients";
import type { DeclaredSet } from "./programs/declared/declaration";

const NAMES = ["d-1", "d-2", "given"];

describe("a set whose seeds were handed out", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  const given = new TextDecoder().decode(createUser().getSeed());
  let before: StackOutputs;

  const declare = (set: Partial<DeclaredSet>) => {
    const devices = { role: "device", ...set };
    return stack.declare({ accounts: { A: { roles: { device: {} }, sets: { devices } } } });
  };
  async function up(): Promise<StackOutputs> {
    succeeded(await stack.up());
    return stack.outputs();
  }
  const both = ({ seeds, creds, clientUrls }: StackOutputs, name: string) =>
    Promise.all([
      clients.connect(clientUrls.static, bySeed(seeds[`A/${name}`])),
      clients.connect(clientUrls.operator, byCreds(creds[`A/${name}`])),
    ]);
  const sources = async () =>
    (await stack.resources())
      .filter(({ urn }) => urn.endsWith("::devices/source"))
      .map(({ outputs }) => String(outputs?.seed));

  it("should have no seed in the state after the update, also after one that was killed, and log in with their creds", async () => {
    await declare({ users: { "d-1": {}, "d-2": {}, given: { seed: given } } });
    before = await up();
    const seeds = NAMES.map((name) => before.seeds[`A/${name}`] ?? assert.fail(name));
    assert.equal(seeds[2], given);
    const [source = ""] = await sources();
    assert.match(source, /^SU/);
    const connections = (await Promise.all(NAMES.map((name) => both(before, name)))).flat();
    await declare({ users: { "d-1": {}, "d-2": {}, given: {} }, handedOut: 1 });
    await stack.killAfter("create nkey");
    succeeded(await stack.unlock());
    const after = await up();
    assert.deepEqual(after.publicKeys, before.publicKeys);
    const state = JSON.stringify(await stack.resources());
    for (const secret of [source, ...seeds]) {
      assert.ok(!state.includes(secret), "a seed stands in the state");
    }
    for (const name of NAMES) {
      assert.deepEqual([after.seeds[`A/${name}`], after.creds[`A/${name}`]], [undefined, undefined]);
      await both(before, name);
    }
    assert.ok(!connections.some((connection) => clients.hasLost(connection)));
    succeeded(await stack.up("--expect-no-changes"));
  });

  it("should have seeds of users that are added later, until they are handed out, too", async () => {
    const users = { "d-1": {}, "d-2": {}, given: {}, "d-4": {} };
    await declare({ users, handedOut: 1 });
    const added = await up();
    await both(added, "d-4");
    assert.equal(added.creds["A/d-1"], undefined);
    await declare({ users, handedOut: 2 });
    assert.equal((await up()).creds["A/d-4"], undefined);
    const state = JSON.stringify(await stack.resources());
    assert.ok(!state.includes(added.seeds["A/d-4"] ?? assert.fail("without a seed")));
    await both(added, "d-4");
    await both(before, "d-1");
  });
});
