import assert from "node:assert/strict";
import { accountClaimsProvider } from "../../provider/dynamic/account-claims";
import { SETS } from "../../provider/dynamic/state/packed-sets";
import { readToken } from "../../provider/jwt/sign";
import { formatTime } from "../../provider/model/keys/lifetime";
import type { Rotation } from "../../provider/model/keys/rotation";
import type { SetKeys } from "../../provider/model/users/set-keys";
import { accountWith, DEVICE, START, type Member } from "../support/account-sets";
import { keyOf } from "../support/keys";
import { Deployed, UNKNOWN } from "../support/life-cycle";

describe("the claims of an account with sets", () => {
  let now = START;
  let claims: Deployed<never, { jwt: string }>;

  const revocations = () => (readToken(claims.outs.jwt).nats as { revocations?: object }).revocations;
  const previous = () => (claims.inputs as { previous: { users?: object } }).previous.users;

  beforeEach(() => {
    now = START;
    claims = new Deployed(accountClaimsProvider(() => now)) as unknown as typeof claims;
  });

  it("should stay the same when a user is added", async () => {
    await claims.up(accountWith({ devices: { a: {} } }));
    const { jwt } = claims.outs;
    await claims.up(accountWith({ devices: { a: {}, b: { at: START + 9 } } }));
    assert.equal(claims.outs.jwt, jwt);
    assert.ok(!JSON.stringify(claims.outs).includes(keyOf("user", "a")));
  });

  it("should revoke a removed user, and the JWT of one with other tags", async () => {
    await claims.up(accountWith({ devices: { a: {}, b: {}, c: {} } }));
    now += 60;
    await claims.up(accountWith({ devices: { b: { tags: ["x:y"], at: now }, c: {} } }));
    assert.deepEqual(revocations(), { [keyOf("user", "a")]: now, [keyOf("user", "b")]: now - 1 });
    now += 60;
    await claims.up(accountWith({ devices: { b: { tags: ["x:y"], at: now - 60 }, c: {}, d: {} } }));
    assert.equal(Object.keys(revocations() ?? {}).length, 2);
  });

  it("should revoke all users of a removed set, until the key of the role is no longer listed", async () => {
    await claims.up(accountWith({ devices: { a: {}, b: {} }, others: { c: {} } }));
    await claims.up(accountWith({ others: { c: {} } }));
    assert.deepEqual(Object.keys(revocations() ?? {}).sort(), [keyOf("user", "a"), keyOf("user", "b")].sort());
    await claims.up(accountWith({}, { roles: {} }));
    assert.equal(revocations(), undefined);
  });

  it("should keep a replaced key for its overlap, and revoke it afterwards", async () => {
    const rotation = { version: 2, overlap: "60s" };
    await claims.up(accountWith({ devices: { a: {}, b: {} } }));
    await claims.up(accountWith({ devices: { a: { rotation, key: "new", at: START + 1 }, b: {} } }));
    assert.equal(revocations(), undefined);
    assert.deepEqual(previous(), {
      a: [{ publicKey: keyOf("user", "a"), issuedAt: formatTime(START), until: formatTime(START + 60) }],
    });
    now += 60;
    await claims.up(accountWith({ devices: { a: { rotation, key: "new", at: START + 1 }, b: {} } }));
    assert.deepEqual(revocations(), { [keyOf("user", "a")]: now });
    assert.equal(previous(), undefined);
  });

  it("should revoke another key that the program supplies at once when the rotation stays the same", async () => {
    for (const rotation of [{ version: 2 }, { version: 2, overlap: "60s" }]) {
      claims = new Deployed(accountClaimsProvider(() => now)) as unknown as typeof claims;
      const device = (key: string) =>
        accountWith({ devices: { a: { rotation, publicKey: keyOf("user", key), key }, b: {} } });
      await claims.up(device("a"));
      await claims.up(device("new"));
      assert.deepEqual(revocations(), { [keyOf("user", "a")]: now });
      assert.equal(previous(), undefined);
    }
  });

  it("should revoke the key of a user that gets another one in another set, also if the rotations differ", async () => {
    const moved = { a: { rotation: { version: 2 }, key: "new", at: START + 1 } };
    await claims.up(accountWith({ devices: { a: {}, b: {} }, others: {} }));
    await claims.up(accountWith({ devices: { b: {} }, others: moved }));
    assert.deepEqual(revocations(), { [keyOf("user", "a")]: now });
    assert.equal(previous(), undefined);
  });

  it("should revoke no user that moves to a set or back with its JWT", async () => {
    const single = { publicKey: keyOf("user", "a"), signingKey: DEVICE, role: "device", issuedAt: START };
    await claims.up(accountWith({}, { users: { a: single } }));
    await claims.up(accountWith({ devices: { a: {} } }));
    assert.equal(revocations(), undefined);
    await claims.up(accountWith({ others: { a: {} } }));
    assert.equal(revocations(), undefined);
    await claims.up(accountWith({}, { users: { a: single } }));
    assert.equal(revocations(), undefined);
  });

  it("should revoke nothing when the role becomes a bearer, because no JWT of a set is in plain text", async () => {
    await claims.up(accountWith({ devices: { a: {} } }));
    await claims.up(accountWith({ devices: { a: {} } }, { roles: { device: { signingKey: DEVICE, bearer: true } } }));
    assert.equal(revocations(), undefined);
  });

  describe("whose role gets another key", () => {
    const members = { a: {}, b: {}, c: {} };
    const { a: _a, ...rest } = members;
    /** The users with JWTs of another key of the role. */
    const rotated = (users: Record<string, Member>, label: string, rotation: Rotation) => {
      const signingKey = keyOf("account", label);
      const signed = Object.fromEntries(Object.entries(users).map(([name, user]) => [name, { ...user, at: now }]));
      const all = accountWith({ devices: signed }, { roles: { device: { signingKey, rotation } } }) as {
        sets: { devices: SetKeys };
      };
      return { ...all, sets: { devices: { ...all.sets.devices, signingKey } } };
    };

    it("should revoke users that it removes in the same update, unless the former key ends at once", async () => {
      for (const [overlap, count] of [
        ["until-changed", 1],
        ["24h", 1],
        ["none", 0],
      ] as const) {
        claims = new Deployed(accountClaimsProvider(() => now)) as unknown as typeof claims;
        await claims.up(accountWith({ devices: members }));
        await claims.up(rotated(rest, "next", { version: 2, overlap }));
        assert.equal(Object.keys(revocations() ?? {}).length, count, overlap);
      }
    });

    it("should forget users that were removed before, when the overlap of the keys ends", async () => {
      await claims.up(accountWith({ devices: members }));
      await claims.up(accountWith({ devices: rest }));
      now += 60;
      await claims.up(rotated(rest, "next", { version: 2 }));
      assert.deepEqual(Object.keys(revocations() ?? {}), [keyOf("user", "a")]);
      const ended = rotated(rest, "next", { version: 2, overlap: "none" });
      await claims.up(ended);
      assert.equal(revocations(), undefined);
    });

    it("should revoke the replaced keys of a rotated set at the end of their overlap, unless that of the role ends too", async () => {
      const rotation = { version: 2, overlap: "60s" };
      for (const isEnded of [false, true]) {
        now = START;
        claims = new Deployed(accountClaimsProvider(() => now)) as unknown as typeof claims;
        await claims.up(accountWith({ devices: members }));
        const keys = Object.entries(members).map(([name]) => [name, { rotation, key: `${name}2`, at: START + 1 }]);
        const next = Object.fromEntries(keys) as Record<string, Member>;
        await claims.up(accountWith({ devices: next }));
        assert.equal(revocations(), undefined);
        now += 60;
        await claims.up(
          isEnded ? rotated(next, "next", { version: 2, overlap: "none" }) : accountWith({ devices: next }),
        );
        assert.equal(Object.keys(revocations() ?? {}).length, isEnded ? 0 : 3);
      }
    });
  });

  it("should read the sets of an earlier version, which were among the details", async () => {
    await claims.up(accountWith({ devices: { a: {}, b: {} } }));
    const { id, outs } = claims;
    const { [SETS]: sets, __details: details, ...rest } = claims.inputs as { [SETS]: string; __details: object };
    assert.ok(typeof sets === "string" && !("sets" in details));
    const inputs = { ...rest, __details: { ...details, sets } };
    const earlier = Deployed.from(accountClaimsProvider(() => now) as never, { id, inputs, outs });
    assert.equal(await earlier.up(accountWith({ devices: { a: {}, b: {} } })), false);
    assert.deepEqual(earlier.inputs, claims.inputs);
    claims = Deployed.from(accountClaimsProvider(() => now) as never, { id, inputs: inputs as never, outs });
    await claims.up(accountWith({ devices: { b: {} } }));
    assert.deepEqual(Object.keys(revocations() ?? {}), [keyOf("user", "a")]);
  });

  it("should keep what it remembers while the keys are unknown", async () => {
    await claims.up(accountWith({ devices: { a: {}, b: {} } }));
    await claims.up(accountWith({ devices: { b: {} } }));
    const { inputs } = await claims.preview({ ...accountWith({}), sets: UNKNOWN, issued: UNKNOWN });
    assert.deepEqual(Object.keys((inputs as { revoked: object }).revoked), [keyOf("user", "a")]);
  });
});
