import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { UserInputs } from "../../provider/dynamic/checks/user";
import { STATE_VERSION } from "../../provider/dynamic/life-cycle/state-version";
import type { UserState } from "../../provider/dynamic/state/user";
import { provider, userProvider } from "../../provider/dynamic/user";
import { readTokenContent, readTokenSigner, unpackToken } from "../../provider/jwt/packed-token";
import { readToken } from "../../provider/jwt/sign";
import { keyOf, seedOf } from "../support/keys";
import { Deployed, Engine, failureCodes } from "../support/life-cycle";

/** A user in a state that an earlier version of this package wrote. */
interface StoredUser {
  readonly type: string;
  readonly id: string;
  /** With the seed of the role, which the inputs of these versions had. */
  readonly inputs: UserInputs & { readonly signer?: string };
  readonly outputs: UserState;
}

/** The users of the stored states, each with a seed in place of the encrypted one, and with the inputs that a program gives now. */
function storedUsers(version: number): StoredUser[] {
  const text = readFileSync(join(__dirname, `../stack/states/${version}/state.json`), "utf8");
  const { deployment } = JSON.parse(text) as { deployment: { resources: StoredUser[] } };
  return deployment.resources
    .filter(({ type }) => type.endsWith(":User"))
    .map((user) => {
      const { signer, ...inputs } = user.inputs;
      const given = signer === undefined ? {} : { signingKey: readTokenSigner(user.outputs.jwt) };
      const outputs = "seed" in user.outputs ? { ...user.outputs, seed: seedOf("user", "stored") } : user.outputs;
      return { ...user, inputs: { ...inputs, ...given }, outputs };
    });
}

describe("the state of a user", () => {
  const USER = { name: "u", account: keyOf("account", "A") };

  it("should not be created without its account, whose key an update with targets may leave out", async () => {
    const { failures } = await new Engine(provider).check({ name: "u" });
    assert.deepEqual(failureCodes(failures), ["NA1002 account"]);
  });

  it("should be small", async () => {
    const { outs } = await provider.create({ ...USER, name: "device-0123456789" });
    const { seed, ...rest } = outs ?? assert.fail();
    assert.equal(seed?.length, 58);
    assert.ok(JSON.stringify(rest).length < 250, JSON.stringify(rest));
  });

  for (const version of [1, 2, 3, 4, 5]) {
    it(`should stay as version ${version} wrote it without a change, also at a refresh`, async () => {
      const users = storedUsers(version);
      assert.ok(users.some(({ outputs }) => outputs.scope === undefined));
      for (const { id, inputs, outputs } of users) {
        const user = Deployed.from(provider, { id, inputs, outs: outputs });
        assert.equal((await user.preview(inputs)).changes, false);
        assert.equal(await user.up(inputs), false);
        assert.deepEqual(await user.refresh(), outputs);
      }
    });

    it(`should have the same JWT after an update as version ${version} signed`, async () => {
      for (const { id, inputs, outputs } of storedUsers(version)) {
        const { seed: _seed, ...without } = outputs;
        const user = Deployed.from(provider, { id, inputs, outs: without });
        const given = { ...inputs, seed: seedOf("user", "stored") };
        const updated = await provider.update?.(id, without, given);
        const { jwt = "", stateVersion } = (updated?.outs ?? {}) as { jwt?: string; stateVersion?: number };
        const signed = unpackToken(outputs.jwt, id);
        assert.equal(unpackToken(jwt, id), signed);
        assert.ok(jwt.length < signed.length / 2);
        assert.equal(stateVersion, STATE_VERSION);
        assert.ok(user.id === id && readToken(unpackToken(jwt, id)).sub === id);
      }
    });
  }

  it("should show a change of each part of the JWT as one, from a packed and from an earlier state", async () => {
    const inputs = { ...USER, tags: ["a:b"], expires: "2030-01-01", notBefore: "2027-01-01" };
    const now = Date.UTC(2027, 0, 1) / 1000;
    const handler = userProvider(() => now);
    const present = new Deployed(handler);
    await present.up(inputs);
    const { id, outs, inputs: checked } = present;
    const { name, account, tags, signingKey } = readTokenContent(outs.jwt);
    const parts = { name, account, tags, signingKey, publicKey: id, jwt: unpackToken(outs.jwt, id) };
    const earlier = { ...outs, ...parts, stateVersion: 4 };
    for (const state of [outs, earlier]) {
      const user = Deployed.from(handler, { id, inputs: checked, outs: state });
      assert.equal((await user.preview(inputs)).changes, false);
      for (const change of [
        { name: "v" },
        { account: keyOf("account", "B") },
        { tags: ["a:c"] },
        { tags: undefined },
        { expires: "2031-01-01" },
        { notBefore: "2027-01-02" },
        { signingKey: keyOf("account", "role") },
      ]) {
        assert.equal((await user.preview({ ...inputs, ...change })).changes, true, JSON.stringify(Object.keys(change)));
      }
    }
  });
});
