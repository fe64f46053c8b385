import assert from "node:assert/strict";
import { readToken } from "../../provider/jwt/sign";
import { formatTime } from "../../provider/model/keys/lifetime";
import { userProvider } from "../../provider/dynamic/user";
import { keyOf } from "../support/keys";
import { Deployed, Engine, UNKNOWN, failureCodes } from "../support/life-cycle";
import { readableUsers } from "../support/user-state";

const DAY = 86_400;
const START = Date.UTC(2027, 0, 1) / 1000;

describe("the lifetime of a user's credentials", () => {
  let now = START;
  const provider = readableUsers(userProvider(() => now));
  const USER = { name: "u", account: keyOf("account", "A") };
  const BRIEF = { ...USER, lifetime: "90d" };

  beforeEach(() => {
    now = START;
  });

  async function deployed(inputs: object) {
    const user = new Deployed(provider);
    await user.up(inputs);
    return user;
  }

  it("should be in the JWT and in the state only of a user that has one", async () => {
    const user = await deployed({ ...BRIEF, notBefore: "2027-01-02" });
    const { exp, nbf } = readToken(user.outs.jwt);
    assert.deepEqual([exp, nbf], [START + 90 * DAY, START + DAY]);
    assert.deepEqual([user.outs.expires, user.outs.notBefore], ["2027-04-01T00:00:00Z", "2027-01-02T00:00:00Z"]);
    const other = await deployed(USER);
    assert.deepEqual(
      Object.keys(readToken(other.outs.jwt)).filter((key) => ["exp", "nbf"].includes(key)),
      [],
    );
    assert.equal("condition" in (await other.refresh()), false);
  });

  it("should change nothing before its last third", async () => {
    const user = await deployed(BRIEF);
    for (const days of [0, 1, 59]) {
      now = START + days * DAY;
      assert.equal((await user.preview(BRIEF)).changes, false);
      assert.equal(await user.up(BRIEF), false);
    }
  });

  it("should be renewed in its last third with the same key, as the preview shows", async () => {
    const user = await deployed(BRIEF);
    const { id, outs } = user;
    now = START + 60 * DAY;
    const { changes, replaces, inputs } = await user.preview(BRIEF);
    assert.deepEqual([changes, replaces, inputs.expires], [true, [], formatTime(now + 90 * DAY)]);
    await user.up(BRIEF);
    assert.equal(user.id, id);
    assert.deepEqual([user.outs.publicKey, user.outs.seed], [outs.publicKey, outs.seed]);
    assert.notEqual(user.outs.signingKey, outs.signingKey);
    assert.equal(readToken(user.outs.jwt).exp, now + 90 * DAY);
    assert.equal(await user.up(BRIEF), false);
  });

  it("should be renewed at the configured time, also by the key of a role or without a stored seed", async () => {
    for (const more of [{ signingKey: keyOf("account", "role") }, { publicKey: keyOf("user", "own") }]) {
      const inputs = { ...BRIEF, renewBefore: "7d", ...more };
      now = START;
      const user = await deployed(inputs);
      const first = user.outs.signingKey;
      now = START + 83 * DAY - 1;
      assert.equal(await user.up(inputs), false);
      now += 1;
      assert.equal(await user.up(inputs), true);
      assert.equal(user.outs.signingKey === first, "signingKey" in more);
    }
  });

  it("should be reported by a refresh when it has ended, and renewed by the next update", async () => {
    const user = await deployed(BRIEF);
    assert.equal((await user.refresh()).condition, "valid");
    now = START + 90 * DAY;
    assert.equal((await user.refresh()).condition, "expired");
    assert.equal(await user.up(BRIEF), true);
    assert.equal(user.outs.condition, "valid");
  });

  it("should not be renewed when it is a fixed expiry, but follow a change of it", async () => {
    const fixed = { ...USER, expires: "2027-01-31", notBefore: "2027-01-02" };
    const user = await deployed(fixed);
    assert.equal(user.outs.condition, "not valid yet");
    now = START + 2 * DAY;
    assert.equal((await user.refresh()).condition, "valid");
    now = START + 60 * DAY;
    assert.equal((await user.refresh()).condition, "expired");
    const { jwt } = user.outs;
    assert.equal(await user.up({ ...fixed, expires: "2027-01-31T00:00:00Z" }), true, "it is told once");
    assert.equal(await user.up(fixed), false);
    assert.equal((await user.refresh()).condition, "expired");
    assert.deepEqual([await user.up(fixed), user.outs.jwt], [false, jwt]);
    assert.equal(await user.up({ ...fixed, expires: "2028-01-31" }), true);
    assert.equal(user.outs.condition, "valid");
  });

  it("should start again with a new key, and when it is added or removed", async () => {
    const user = await deployed(USER);
    await user.up(BRIEF);
    now = START + DAY;
    await user.up({ ...BRIEF, version: 2 });
    assert.equal(user.outs.expires, formatTime(now + 90 * DAY));
    await user.up({ ...USER, version: 2 });
    assert.equal(user.outs.expires, undefined);
    assert.equal(readToken(user.outs.jwt).exp, undefined);
  });

  it("should be unknown while an input is unknown", async () => {
    const engine = new Engine(provider);
    for (const unknown of [{ lifetime: UNKNOWN }, { lifetime: "90d", renewBefore: UNKNOWN }, { expires: UNKNOWN }]) {
      const { inputs, failures } = await engine.check({ ...USER, ...unknown });
      assert.deepEqual([inputs.expires, failures], [UNKNOWN, []]);
    }
  });

  it("should be rejected with all problems when it is invalid", async () => {
    const { failures } = await new Engine(provider).check({ ...USER, lifetime: "soon", expires: "never" });
    assert.deepEqual(failureCodes(failures), ["NA1311 lifetime", "NA1312 expires", "NA1313 expires"]);
  });
});
