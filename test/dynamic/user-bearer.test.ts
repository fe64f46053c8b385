import assert from "node:assert/strict";
import { userProvider } from "../../provider/dynamic/user";
import { readToken } from "../../provider/jwt/sign";
import { keyOf } from "../support/keys";
import { Deployed, UNKNOWN } from "../support/life-cycle";
import { readableUsers } from "../support/user-state";

const START = Date.UTC(2027, 0, 1) / 1000;

describe("the JWT of a user that becomes a bearer", () => {
  let now = START;
  const provider = readableUsers(userProvider(() => now));
  const USER = { name: "u", account: keyOf("account", "A") };
  const PLAIN = { ...USER, bearer: false };
  const BEARER = { ...USER, bearer: true };

  beforeEach(() => {
    now = START;
  });

  async function deployed(inputs: object) {
    const user = new Deployed(provider);
    await user.up(inputs);
    return user;
  }

  for (const [whose, more] of [
    ["by a key of its own", {}],
    ["by the key of a role", { signingKey: keyOf("account", "role") }],
  ] as const) {
    it(`should be signed again ${whose}, because the present one is in plain text in states and outputs`, async () => {
      const user = await deployed({ ...PLAIN, ...more });
      const { jwt, seed } = user.outs;
      const { changes, replaces } = await user.preview({ ...BEARER, ...more });
      assert.deepEqual([changes, replaces], [true, []]);
      await user.up({ ...BEARER, ...more });
      assert.notEqual(user.outs.jwt, jwt);
      assert.equal(user.outs.seed, seed);
      assert.equal(readToken(user.outs.jwt).iat, START + 1, "a revocation of the former one must not apply to it");
      assert.equal(await user.up({ ...BEARER, ...more }), false);
    });
  }

  it("should stay when the user becomes an ordinary one, and be signed again when it becomes a bearer again", async () => {
    const user = await deployed(BEARER);
    const { jwt } = user.outs;
    assert.equal(await user.up(PLAIN), true, "the engine hides the JWT until the resource is updated");
    assert.equal(user.outs.jwt, jwt);
    assert.equal(await user.up(PLAIN), false);
    await user.up(BEARER);
    assert.notEqual(user.outs.jwt, jwt);
    await user.up(PLAIN);
    const second = user.outs.jwt;
    await user.up(BEARER);
    assert.notEqual(user.outs.jwt, second);
  });

  it("should stay when an earlier version of the package signed it for a bearer, and the user be updated once", async () => {
    const user = await deployed(USER);
    const { id, outs } = user;
    const inputs = { ...user.inputs };
    Reflect.deleteProperty(inputs, "bearer");
    const old = Deployed.from(provider, { inputs, id, outs });
    assert.equal(await old.up(BEARER), true);
    assert.equal(old.outs.jwt, outs.jwt);
    assert.equal(await old.up(BEARER), false);
  });

  it("should stay in a preview that does not know whether the user is a bearer", async () => {
    const user = await deployed(PLAIN);
    assert.equal((await user.preview({ ...USER, bearer: UNKNOWN })).changes, false);
    assert.equal(await user.up(USER), false);
  });
});
