import assert from "node:assert/strict";
import { accountClaimsProvider } from "../../provider/dynamic/account-claims";
import { SETS } from "../../provider/dynamic/state/packed-sets";
import { readToken } from "../../provider/jwt/sign";
import { formatTime } from "../../provider/model/keys/lifetime";
import { omitUndefined } from "../../provider/model/form/order";
import { formatIssued, formatKeys, type SetKey, type SetKeys } from "../../provider/model/users/set-keys";
import type { Rotation } from "../../provider/model/keys/rotation";
import { formatUsers, type SetUser } from "../../provider/model/users/set-users";
import { Deployed, UNKNOWN } from "../support/life-cycle";
import { keyOf, seedOf } from "../support/keys";

const START = 1_800_000_000;
const DEVICE = keyOf("account", "device");

/** A user of a set, with its key and the time at which its JWT was issued. */
interface Member extends SetUser {
  readonly key?: string;
  readonly at?: number;
  /** Number of the update that generated the key. */
  readonly made?: number;
}

describe("the claims of an account with sets", () => {
  let now = START;
  let claims: Deployed<never, { jwt: string }>;

  function set(members: Record<string, Member>): { readonly keys: SetKeys; readonly issued: string } {
    const entries = Object.entries(members);
    const keys = entries.map(([name, { key = name, made, rotation }]) => {
      const version = rotation?.version === undefined ? undefined : String(rotation.version);
      return [name, omitUndefined<SetKey>({ publicKey: keyOf("user", key), made, version })] as const;
    });
    const users = entries.map(([name, { key: _key, at: _at, made: _made, ...user }]) => [name, user] as const);
    return {
      keys: { role: "device", signingKey: DEVICE, users: formatUsers(new Map(users)), keys: formatKeys(keys) },
      issued: formatIssued(new Map(entries.map(([name, { at = START }]) => [name, at]))),
    };
  }

  function account(sets: Record<string, Record<string, Member>>, more: object = {}): object {
    const all = Object.entries(sets).map(([name, members]) => [name, set(members)] as const);
    return {
      name: "A",
      publicKey: keyOf("account", "A"),
      roles: { device: { signingKey: DEVICE } },
      signer: seedOf("operator", "signing"),
      users: {},
      sets: Object.fromEntries(all.map(([name, { keys }]) => [name, keys])),
      issued: Object.fromEntries(all.map(([name, { issued }]) => [name, issued])),
      ...more,
    };
  }
  const revocations = () => (readToken(claims.outs.jwt).nats as { revocations?: object }).revocations;
  const previous = () => (claims.inputs as { previous: { users?: object } }).previous.users;

  beforeEach(() => {
    now = START;
    claims = new Deployed(accountClaimsProvider(() => now)) as unknown as typeof claims;
  });

  it("should stay the same when a user is added", async () => {
    await claims.up(account({ devices: { a: {} } }));
    const { jwt } = claims.outs;
    await claims.up(account({ devices: { a: {}, b: { at: START + 9 } } }));
    assert.equal(claims.outs.jwt, jwt);
    assert.ok(!JSON.stringify(claims.outs).includes(keyOf("user", "a")));
  });

  it("should revoke a removed user, and the JWT of one with other tags", async () => {
    await claims.up(account({ devices: { a: {}, b: {}, c: {} } }));
    now += 60;
    await claims.up(account({ devices: { b: { tags: ["x:y"], at: now }, c: {} } }));
    assert.deepEqual(revocations(), { [keyOf("user", "a")]: now, [keyOf("user", "b")]: now - 1 });
    now += 60;
    await claims.up(account({ devices: { b: { tags: ["x:y"], at: now - 60 }, c: {}, d: {} } }));
    assert.equal(Object.keys(revocations() ?? {}).length, 2);
  });

  it("should revoke all users of a removed set, until the key of the role is no longer listed", async () => {
    await claims.up(account({ devices: { a: {}, b: {} }, others: { c: {} } }));
    await claims.up(account({ others: { c: {} } }));
    assert.deepEqual(Object.keys(revocations() ?? {}).sort(), [keyOf("user", "a"), keyOf("user", "b")].sort());
    await claims.up(account({}, { roles: {} }));
    assert.equal(revocations(), undefined);
  });

  it("should keep a replaced key for its overlap, and revoke it afterwards", async () => {
    const rotation = { version: 2, overlap: "60s" };
    await claims.up(account({ devices: { a: {}, b: {} } }));
    await claims.up(account({ devices: { a: { rotation, key: "new", at: START + 1 }, b: {} } }));
    assert.equal(revocations(), undefined);
    assert.deepEqual(previous(), {
      a: [{ publicKey: keyOf("user", "a"), issuedAt: formatTime(START), until: formatTime(START + 60) }],
    });
    now += 60;
    await claims.up(account({ devices: { a: { rotation, key: "new", at: START + 1 }, b: {} } }));
    assert.deepEqual(revocations(), { [keyOf("user", "a")]: now });
    assert.equal(previous(), undefined);
  });

  it("should revoke another key that the program supplies at once when the rotation stays the same", async () => {
    for (const rotation of [{ version: 2 }, { version: 2, overlap: "60s" }]) {
      claims = new Deployed(accountClaimsProvider(() => now)) as unknown as typeof claims;
      const device = (key: string) =>
        account({ devices: { a: { rotation, publicKey: keyOf("user", key), key }, b: {} } });
      await claims.up(device("a"));
      await claims.up(device("new"));
      assert.deepEqual(revocations(), { [keyOf("user", "a")]: now });
      assert.equal(previous(), undefined);
    }
  });

  it("should revoke the key of a user that gets another one in another set, also if the rotations differ", async () => {
    const moved = { a: { rotation: { version: 2 }, key: "new", at: START + 1 } };
    await claims.up(account({ devices: { a: {}, b: {} }, others: {} }));
    await claims.up(account({ devices: { b: {} }, others: moved }));
    assert.deepEqual(revocations(), { [keyOf("user", "a")]: now });
    assert.equal(previous(), undefined);
  });

  it("should revoke no user that moves to a set or back with its JWT", async () => {
    const single = { publicKey: keyOf("user", "a"), signingKey: DEVICE, role: "device", issuedAt: START };
    await claims.up(account({}, { users: { a: single } }));
    await claims.up(account({ devices: { a: {} } }));
    assert.equal(revocations(), undefined);
    await claims.up(account({ others: { a: {} } }));
    assert.equal(revocations(), undefined);
    await claims.up(account({}, { users: { a: single } }));
    assert.equal(revocations(), undefined);
  });

  describe("when a set gets another source of its keys", () => {
    const users = (made: number, more: Partial<Member> = {}) =>
      Object.fromEntries(["a", "b", "c"].map((name) => [name, { key: `${name}${made}`, made, ...more }]));
    const unknownKeys = (all: object, name: string) => {
      const { sets, ...rest } = all as { sets: Record<string, SetKeys> };
      const { users: members, shared } = sets[name] ?? {};
      const known = Object.keys(sets).map((other) => [other, {}]);
      const unknownSets = { ...(Object.fromEntries(known) as object), [name]: { users: members, shared } };
      return { ...rest, sets: UNKNOWN, unknownSets, issued: UNKNOWN };
    };
    const refused = async (next: object) => {
      await assert.rejects(claims.preview(next), /sets\.devices: .*NA1916/);
    };

    beforeEach(() => claims.up(account({ devices: users(1) })));

    it("should be refused when it is renamed or gets another parent, also while its keys are unknown", async () => {
      await refused(account({ sensors: users(2) }));
      await refused(account({ devices: users(2) }));
      await refused(unknownKeys(account({ sensors: { ...users(2), d: {} } }), "sensors"));
      await refused(unknownKeys(account({ devices: users(2) }), "devices"));
    });

    it("should be refused when its users move to several sets without their keys", async () => {
      const { a, b, c } = users(2);
      assert.ok(a && b && c);
      await refused(account({ north: { a, b }, south: { c } }));
    });

    it("should not be refused when users keep their keys, or few of them do not", async () => {
      await claims.preview(account({ sensors: users(1) }));
      const { a } = users(2);
      assert.ok(a);
      await claims.preview(account({ sensors: { ...users(1), a } }));
      await claims.preview(account({ sensors: { a } }));
      await claims.preview(account({}));
      await claims.preview(account({ sensors: { d: { made: 1 } } }));
    });

    it("should not be refused when a rotation or the program replaces the keys", async () => {
      await claims.preview(account({ devices: users(2, { rotation: { version: 2 } }) }));
      await claims.preview(account({ sensors: users(2, { rotation: { version: 2 } }) }));
      const rotated = account({ devices: users(2, { rotation: { version: 2 } }) });
      await claims.preview(unknownKeys(rotated, "devices"));
      const supplied = Object.entries(users(2)).map(([name, { key }]) => [
        name,
        { key, publicKey: keyOf("user", key) },
      ]);
      await claims.preview(account({ devices: Object.fromEntries(supplied) as Record<string, Member> }));
      await claims.preview(
        unknownKeys(account({ devices: Object.fromEntries(supplied) as Record<string, Member> }), "devices"),
      );
    });

    it("should not keep in its inputs which keys are unknown", async () => {
      const { inputs } = await claims.preview(unknownKeys(account({ devices: { ...users(1), d: {} } }), "devices"));
      assert.ok(!JSON.stringify(inputs).includes("unknownSets"));
      await claims.preview(unknownKeys(account({ devices: {}, sensors: users(2) }), "devices"));
      await claims.preview({ ...account({ sensors: users(2) }), sets: UNKNOWN, unknownSets: UNKNOWN });
    });

    it("should not be refused while the keys are unknown because of a new user", async () => {
      await claims.preview(unknownKeys(account({ devices: { ...users(1), d: {} } }), "devices"));
    });
  });

  it("should revoke nothing when the role becomes a bearer, because no JWT of a set is in plain text", async () => {
    await claims.up(account({ devices: { a: {} } }));
    await claims.up(account({ devices: { a: {} } }, { roles: { device: { signingKey: DEVICE, bearer: true } } }));
    assert.equal(revocations(), undefined);
  });

  describe("whose role gets another key", () => {
    const members = { a: {}, b: {}, c: {} };
    const { a: _a, ...rest } = members;
    /** The users with JWTs of another key of the role. */
    const rotated = (users: Record<string, Member>, label: string, rotation: Rotation) => {
      const signingKey = keyOf("account", label);
      const signed = Object.fromEntries(Object.entries(users).map(([name, user]) => [name, { ...user, at: now }]));
      const all = account({ devices: signed }, { roles: { device: { signingKey, rotation } } }) as {
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
        await claims.up(account({ devices: members }));
        await claims.up(rotated(rest, "next", { version: 2, overlap }));
        assert.equal(Object.keys(revocations() ?? {}).length, count, overlap);
      }
    });

    it("should forget users that were removed before, when the overlap of the keys ends", async () => {
      await claims.up(account({ devices: members }));
      await claims.up(account({ devices: rest }));
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
        await claims.up(account({ devices: members }));
        const keys = Object.entries(members).map(([name]) => [name, { rotation, key: `${name}2`, at: START + 1 }]);
        const next = Object.fromEntries(keys) as Record<string, Member>;
        await claims.up(account({ devices: next }));
        assert.equal(revocations(), undefined);
        now += 60;
        await claims.up(isEnded ? rotated(next, "next", { version: 2, overlap: "none" }) : account({ devices: next }));
        assert.equal(Object.keys(revocations() ?? {}).length, isEnded ? 0 : 3);
      }
    });
  });

  it("should read the sets of an earlier version, which were among the details", async () => {
    await claims.up(account({ devices: { a: {}, b: {} } }));
    const { id, outs } = claims;
    const { [SETS]: sets, __details: details, ...rest } = claims.inputs as { [SETS]: string; __details: object };
    assert.ok(typeof sets === "string" && !("sets" in details));
    const inputs = { ...rest, __details: { ...details, sets } };
    const earlier = Deployed.from(accountClaimsProvider(() => now) as never, { id, inputs, outs });
    assert.equal(await earlier.up(account({ devices: { a: {}, b: {} } })), false);
    assert.deepEqual(earlier.inputs, claims.inputs);
    claims = Deployed.from(accountClaimsProvider(() => now) as never, { id, inputs: inputs as never, outs });
    await claims.up(account({ devices: { b: {} } }));
    assert.deepEqual(Object.keys(revocations() ?? {}), [keyOf("user", "a")]);
  });

  it("should keep what it remembers while the keys are unknown", async () => {
    await claims.up(account({ devices: { a: {}, b: {} } }));
    await claims.up(account({ devices: { b: {} } }));
    const { inputs } = await claims.preview({ ...account({}), sets: UNKNOWN, issued: UNKNOWN });
    assert.deepEqual(Object.keys((inputs as { revoked: object }).revoked), [keyOf("user", "a")]);
  });
});
