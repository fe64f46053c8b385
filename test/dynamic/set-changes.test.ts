import assert from "node:assert/strict";
import { accountClaimsProvider } from "../../provider/dynamic/account-claims";
import { readToken } from "../../provider/jwt/sign";
import { omitUndefined } from "../../provider/model/form/order";
import type { Rotation } from "../../provider/model/keys/rotation";
import { formatIssued, formatKeys, type SetKeys } from "../../provider/model/users/set-keys";
import { formatUsers } from "../../provider/model/users/set-users";
import { accountWith, declaredSet, DEVICE, START, type Member } from "../support/account-sets";
import { keyOf } from "../support/keys";
import { Deployed, UNKNOWN } from "../support/life-cycle";

describe("the claims of an account whose sets change", () => {
  let now = START;
  let claims: Deployed<never, { jwt: string }>;
  const revocations = () => (readToken(claims.outs.jwt).nats as { revocations?: object }).revocations;

  beforeEach(() => {
    now = START;
    claims = new Deployed(accountClaimsProvider(() => now)) as unknown as typeof claims;
  });

  it("should be refused when two users have one key, also with a user that is in no set", async () => {
    const single = { publicKey: keyOf("user", "a"), signingKey: DEVICE, role: "device", issuedAt: START };
    const [own, other] = [
      { a: {}, b: {} },
      { "o-1": { key: "a" }, "o-2": { key: "c" } },
    ];
    const refused = (next: object, path: string, owner: string) =>
      assert.rejects(claims.up(next), new RegExp(`${path} = "U\\w+": is already used by ${owner}\\..*NA1710`));
    await refused(accountWith({ devices: own, others: other }), "sets.others.users.o-1", "sets.devices.users.a");
    await refused(accountWith({ devices: own }, { users: { x: single } }), "sets.devices.users.a", "users.x");
    await claims.up(accountWith({ devices: own }));
    await refused(
      accountWith({ devices: { ...own, c: { key: "a" } } }),
      "sets.devices.users.c",
      "sets.devices.users.a",
    );
    await refused(accountWith({ devices: own }, { users: { x: single } }), "sets.devices.users.a", "users.x");
    await claims.preview({ ...accountWith({}, { users: { x: single, y: UNKNOWN } }), sets: UNKNOWN, issued: UNKNOWN });
    await claims.up(accountWith({ devices: own, others: { "o-2": { key: "c" } } }));
  });

  describe("when a set gets another source of its keys", () => {
    const users = (made: number, more: Partial<Member> = {}) =>
      Object.fromEntries(["a", "b", "c"].map((name) => [name, { key: `${name}${made}`, made, ...more }]));
    /** What a preview passes that does not know the keys of a set. @param update number of the update that generates them */
    const unknownKeys = (all: object, name: string, update = 1) => {
      const { sets, ...rest } = all as { sets: Record<string, SetKeys> };
      const known = Object.entries(sets).map(([other, { users: members, shared, keys }]) => [
        other,
        omitUndefined<object>({ users: members, shared, ...(other === name ? { update } : { keys }) }),
      ]);
      return { ...rest, sets: UNKNOWN, unknownSets: Object.fromEntries(known) as object, issued: UNKNOWN };
    };
    const refused = async (next: object) => {
      await assert.rejects(claims.preview(next), /sets\.devices: .*NA1916/);
    };

    beforeEach(() => claims.up(accountWith({ devices: users(1) })));

    it("should be refused when it is renamed or gets another parent, also while its keys are unknown", async () => {
      await refused(accountWith({ sensors: users(2) }));
      await refused(accountWith({ devices: users(2) }));
      await refused(unknownKeys(accountWith({ sensors: { ...users(2), d: {} } }), "sensors"));
      await refused(unknownKeys(accountWith({ devices: users(2) }), "devices"));
    });

    it("should be refused when its users move to several sets without their keys", async () => {
      const { a, b, c } = users(2);
      assert.ok(a && b && c);
      await refused(accountWith({ north: { a, b }, south: { c } }));
    });

    it("should not be refused when users keep their keys, or few of them do not", async () => {
      await claims.preview(accountWith({ sensors: users(1) }));
      const { a } = users(2);
      assert.ok(a);
      await claims.preview(accountWith({ sensors: { ...users(1), a } }));
      await claims.preview(accountWith({ sensors: { a } }));
      await claims.preview(accountWith({}));
      await claims.preview(accountWith({ sensors: { d: { made: 1 } } }));
    });

    it("should not be refused when a rotation or the program replaces the keys", async () => {
      await claims.preview(accountWith({ devices: users(2, { rotation: { version: 2 } }) }));
      await claims.preview(accountWith({ sensors: users(2, { rotation: { version: 2 } }) }));
      const rotated = accountWith({ devices: users(2, { rotation: { version: 2 } }) });
      await claims.preview(unknownKeys(rotated, "devices"));
      const supplied = Object.entries(users(2)).map(([name, { key }]) => [
        name,
        { key, publicKey: keyOf("user", key) },
      ]);
      await claims.preview(accountWith({ devices: Object.fromEntries(supplied) as Record<string, Member> }));
      await claims.preview(
        unknownKeys(accountWith({ devices: Object.fromEntries(supplied) as Record<string, Member> }), "devices"),
      );
    });

    it("should not keep in its inputs which keys are unknown", async () => {
      const next = unknownKeys(accountWith({ devices: { ...users(1), d: {} } }), "devices", 2);
      const { inputs } = await claims.preview(next);
      assert.ok(!JSON.stringify(inputs).includes("unknownSets"));
      await claims.preview(unknownKeys(accountWith({ devices: {}, sensors: users(2) }), "devices"));
      await claims.preview({ ...accountWith({ sensors: users(2) }), sets: UNKNOWN, unknownSets: UNKNOWN });
    });

    it("should be refused while the keys are unknown, unless it is because of a new user", async () => {
      const next = accountWith({ devices: { ...users(1), d: {} } });
      await refused(unknownKeys(next, "devices"));
      await claims.preview(unknownKeys(next, "devices", 2));
    });
  });

  describe("of which one is missing", () => {
    const fleet = (count: number, more: Partial<Member> = {}) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`d-${index}`, more]));
    const others = { c: {} };
    const refused = (next: object) => assert.rejects(claims.preview(next), /sets\.devices: .*NA1918/);
    const given = (inputs: object) => ({ ...inputs, removedSets: ["devices"] });

    it("should be refused if that revokes more than 10 of its users, unless the program names the set", async () => {
      await claims.up(accountWith({ devices: fleet(11), others }));
      await refused(accountWith({ others }));
      await refused(accountWith({}));
      await refused({ ...accountWith({}), sets: undefined, issued: undefined });
      await assert.rejects(claims.up({ ...accountWith({ others }), removedSets: ["others"] }), /NA1918/);
      assert.equal(revocations(), undefined);
      await claims.up(given(accountWith({ others })));
      assert.equal(Object.keys(revocations() ?? {}).length, 11);
      assert.ok(!JSON.stringify(claims.inputs).includes("removedSets"));
    });

    it("should be refused while keys of another set are unknown", async () => {
      await claims.up(accountWith({ devices: fleet(11), others }));
      const unknown = (sets: Record<string, Record<string, Member>>) => ({
        ...accountWith({}),
        sets: UNKNOWN,
        issued: UNKNOWN,
        unknownSets: Object.fromEntries(
          Object.entries(sets).map(([name, all]) => [name, { users: declaredSet(all).keys.users }]),
        ),
      });
      await refused(unknown({ others }));
      await claims.preview(unknown({ others: { ...others, ...fleet(5) }, more: fleet(11, { publicKey: "U" }) }));
      await claims.preview({ ...unknown({}), unknownSets: { others: { users: UNKNOWN } } });
    });

    it("should not be refused if it has few users, or they are elsewhere", async () => {
      await claims.up(accountWith({ devices: fleet(10), others }));
      await claims.up(accountWith({ others }));
      await claims.up(accountWith({ devices: fleet(20), others }));
      await claims.preview(accountWith({ sensors: fleet(10), others }));
      const singles = Object.fromEntries(
        Object.keys(fleet(20)).map((name) => [
          name,
          { publicKey: keyOf("user", name), signingKey: DEVICE, role: "device", issuedAt: START },
        ]),
      );
      await claims.preview(accountWith({ others }, { users: singles }));
    });
  });

  it("should refuse the beginning of a rotation of more users than can be revoked at its end", async () => {
    const count = 1_500;
    // Leaves room for 1,200 revocations.
    const exports = Array.from({ length: 87 }, (_, index) => ({
      subject: `e.${index}`,
      type: "stream",
      description: "x".repeat(8_000),
    }));
    const keyed = (version: number, rotation: Rotation, rotated = count) => {
      const names = Array.from({ length: count }, (_, index) => `d-${index}`);
      const versionOf = (index: number) => (index < rotated ? version : 1);
      const key = (index: number) => `U${`${index}V${versionOf(index)}`.padStart(55, "A")}`;
      const text = formatUsers(new Map(names.map((name, index) => [name, index < rotated ? { rotation } : {}])));
      const keys = formatKeys(
        names.map((name, index) => [name, { publicKey: key(index), made: 1, version: `${versionOf(index)}` }]),
      );
      const all = { role: "device", signingKey: DEVICE, users: text, keys };
      const issued = formatIssued(new Map(names.map((name) => [name, START + version])));
      return { ...accountWith({}), exports, sets: { devices: all }, issued: { devices: issued } };
    };
    await claims.up(keyed(1, { version: 1 }));
    for (const overlap of ["24h", "until-changed"] as const) {
      await assert.rejects(claims.preview(keyed(2, { version: 2, overlap })), /jwt: .*1,500 .*NA1917/);
    }
    const atOnce = keyed(2, { version: 2, overlap: "none" });
    const signingKey = keyOf("account", "next");
    const { devices } = atOnce.sets;
    await claims.preview({
      ...atOnce,
      roles: { device: { signingKey, rotation: { version: 2, overlap: "none" } } },
      sets: { devices: { ...devices, signingKey } },
    });
    const some = keyed(2, { version: 2, overlap: "60s" }, 1_000);
    await claims.up(some);
    assert.equal(revocations(), undefined);
    now += 60;
    await claims.up(some);
    assert.equal(Object.keys(revocations() ?? {}).length, 1_000);
  });
});
