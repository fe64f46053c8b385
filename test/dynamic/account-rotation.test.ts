import assert from "node:assert/strict";
import { readToken } from "../../provider/jwt/sign";
import { formatTime } from "../../provider/model/keys/lifetime";
import { accountClaimsProvider } from "../../provider/dynamic/account-claims";
import { keyOf, seedOf } from "../support/keys";
import { Deployed, Engine, UNKNOWN, failureCodes } from "../support/life-cycle";

const HOUR = 3_600;
const START = 1_800_000_000;

describe("the claims of an account whose keys are rotated", () => {
  let now = START;
  const provider = accountClaimsProvider(() => now);
  const signingKey = (label: string) => keyOf("account", label);

  /** A user by the versions of its own key and of its JWT. */
  const user = (version: number, more: object = {}, token = version) => ({
    publicKey: keyOf("user", `u${version}`),
    signingKey: signingKey(`u${token}`),
    permissions: { publish: { allow: ["a"] } },
    ...more,
  });
  const account = (u: object, more: object = {}) => ({
    name: "A",
    publicKey: signingKey("A"),
    users: { u },
    signer: seedOf("operator", "signing"),
    ...more,
  });

  /** The scoped keys in a JWT, and what each allows to publish. */
  function scopes(jwt: string): Record<string, unknown> {
    const { signing_keys: keys } = readToken(jwt).nats as {
      signing_keys: { key: string; template: { pub: { allow?: string[] } } }[];
    };
    return Object.fromEntries(keys.map(({ key, template }) => [key, template.pub.allow]));
  }

  beforeEach(() => {
    now = START;
  });

  it("should list both keys of a user until the overlap ends, as the preview of a rotation shows", async () => {
    const claims = new Deployed(provider);
    await claims.up(account(user(1)));
    const rotation = { version: "2", overlap: "1h" };
    const { changes, inputs } = await claims.preview(
      account({ ...user(2, { rotation }), publicKey: UNKNOWN, signingKey: UNKNOWN }),
    );
    assert.equal(changes, true);
    const old = { publicKey: keyOf("user", "u1"), signingKey: signingKey("u1"), until: formatTime(START + HOUR) };
    assert.deepEqual(inputs.previous, { users: { u: [old] } });

    await claims.up(account(user(2, { rotation })));
    assert.deepEqual(scopes(claims.outs.jwt), { [signingKey("u1")]: ["a"], [signingKey("u2")]: ["a"] });
    assert.deepEqual(claims.outs.previous, { users: { u: [old] } });
    now += HOUR - 1;
    assert.equal(await claims.up(account(user(2, { rotation }))), false);
    now += 1;
    const after = await claims.preview(account(user(2, { rotation })));
    assert.deepEqual([after.changes, after.inputs.previous], [true, {}]);
    await claims.up(account(user(2, { rotation })));
    assert.deepEqual(Object.keys(scopes(claims.outs.jwt)), [signingKey("u2")]);
  });

  it("should apply the user's current permissions to both keys", async () => {
    const claims = new Deployed(provider);
    await claims.up(account(user(1)));
    const rotation = { version: 2 };
    await claims.up(account(user(2, { rotation, permissions: { publish: { allow: ["b"] } } })));
    assert.deepEqual(scopes(claims.outs.jwt), { [signingKey("u1")]: ["b"], [signingKey("u2")]: ["b"] });
  });

  it("should forget the keys of a user that was removed or received a role, and of a change that is not a rotation", async () => {
    const rotation = { version: 2 };
    const roles = { r: { signingKey: signingKey("r") } };
    const ofRole = { publicKey: keyOf("user", "u2"), signingKey: signingKey("r"), role: "r", issuedAt: START };
    for (const [next, listed] of [
      [account({}, { users: {} }), []],
      [account(user(2)), ["u2"]],
      [account({ ...ofRole, rotation }, { roles }), ["r"]],
    ] as const) {
      const claims = new Deployed(provider);
      await claims.up(account(user(1)));
      await claims.up(account(user(2, { rotation })));
      await claims.up(next);
      const keys = listed.length === 0 ? [] : Object.keys(scopes(claims.outs.jwt));
      assert.deepEqual(keys, listed.map(signingKey));
    }
  });

  it("should list the key that signed a renewed JWT until the JWT expires", async () => {
    const renewed = (token: number, end: number) => account(user(1, { expires: formatTime(end) }, token));
    const claims = new Deployed(provider);
    await claims.up(renewed(1, START + 3 * HOUR));
    now += 2 * HOUR;
    await claims.up(renewed(2, now + 3 * HOUR));
    assert.deepEqual(Object.keys(scopes(claims.outs.jwt)).sort(), [signingKey("u1"), signingKey("u2")].sort());
    now = START + 3 * HOUR;
    await claims.up(renewed(2, START + 5 * HOUR));
    assert.deepEqual(Object.keys(scopes(claims.outs.jwt)), [signingKey("u2")]);
  });

  it("should list both keys of a role, and not be signed again when the JWT of one of its users is signed", async () => {
    const ofRole = (role: string, more: object) => ({
      publicKey: keyOf("user", "u"),
      signingKey: signingKey(role),
      role: "r",
      issuedAt: START,
      ...more,
    });
    const roles = (key: string, rotation?: object) => ({ roles: { r: { signingKey: signingKey(key), rotation } } });
    const claims = new Deployed(provider);
    await claims.up(account(ofRole("r1", { issuedAt: 1, expires: formatTime(START + HOUR) }), roles("r1")));
    const renewed = ofRole("r1", { issuedAt: 2, expires: formatTime(START + 2 * HOUR) });
    assert.equal(await claims.up(account(renewed, roles("r1"))), false);
    await claims.up(account(ofRole("r2", {}), roles("r2", { version: 2, overlap: "1h" })));
    assert.deepEqual(Object.keys(scopes(claims.outs.jwt)).sort(), [signingKey("r1"), signingKey("r2")].sort());
    assert.deepEqual(claims.outs.previous, {
      roles: { r: [{ signingKey: signingKey("r1"), until: formatTime(START + HOUR) }] },
    });
    now += HOUR;
    await claims.up(account(ofRole("r2", {}), roles("r2", { version: "2", overlap: "1h" })));
    assert.deepEqual(Object.keys(scopes(claims.outs.jwt)), [signingKey("r2")]);
  });

  it("should keep what it remembers while the users are unknown", async () => {
    const claims = new Deployed(provider);
    await claims.up(account(user(1)));
    await claims.up(account(user(2, { rotation: { version: 2 } })));
    const { inputs } = await claims.preview(account({}, { users: UNKNOWN }));
    assert.deepEqual(inputs.previous, claims.inputs.previous);
  });

  it("should reject invalid rotations", async () => {
    const wrong = { rotation: { version: {} } };
    const roles = { r: { signingKey: signingKey("r"), ...wrong } };
    const { failures } = await new Engine(provider).check(account(user(1, wrong), { roles }));
    assert.deepEqual(failureCodes(failures), ["NA1321 users.u.rotation.version", "NA1321 roles.r.rotation.version"]);
  });
});
