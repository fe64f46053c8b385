import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { Account, Operator, UserSet, type UserSetArgs } from "../../../provider";
import { handOutAll } from "../../../provider/components/user-set/hand-out";
import { readToken } from "../../../provider/jwt/sign";
import { closingGates, reasonOf as findReason } from "../../support/gates";
import { keyOf, seedOf } from "../../support/keys";
import { ofType, registered, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";
import { codesAndPathsIn } from "../reports";

const reasonOf = async (gate: Promise<void>) => (await findReason(gate)) ?? "";

describe("a user set", () => {
  closingGates();
  const warnings = collectWarnings();

  const account = (more: object = {}) =>
    new Account("A", { operator: new Operator("KO"), roles: { device: {} }, ...more });
  const setOf = (args: Partial<UserSetArgs>, own = account()) =>
    new UserSet("devices", { account: own, role: "device", users: { "d-1": {}, "d-2": {} }, ...args });

  it("should have creds that its role signed, and public keys that are not secret", async () => {
    const set = setOf({});
    const creds = set.creds("d-1");
    const [token] = (await valueOf(creds))?.match(/eyJ\S+/) ?? [""];
    const keys = await valueOf(set.publicKeys);
    assert.equal(readToken(token).sub, keys["d-1"]);
    assert.deepEqual(
      await Promise.all(
        [creds, set.publicKeys, set.allCreds].map((output: pulumi.Output<unknown>) => pulumi.isSecret(output)),
      ),
      [true, false, true],
    );
    assert.deepEqual(Object.keys(await valueOf(set.allCreds)), ["d-1", "d-2"]);
    await assert.rejects(valueOf(set.creds("d-3")), /NA1905/);
  });

  it("should add nothing to the account's JWT, and its users to the account", async () => {
    const own = account();
    const set = setOf({}, own);
    const { nats } = readToken(await valueOf(own.jwt)) as unknown as { nats: { signing_keys: unknown[] } };
    assert.equal(nats.signing_keys.length, 1);
    const { users } = await valueOf(own.model);
    assert.deepEqual(
      Object.fromEntries(Object.entries(users).map(([name, { publicKey }]) => [name, publicKey])),
      await valueOf(set.publicKeys),
    );
  });

  it("should hand out all creds, and have none of users with only a public key", async () => {
    const set = setOf({
      users: { "d-1": { publicKey: keyOf("user", "d-1") }, "d-2": { seed: seedOf("user", "d-2") } },
    });
    const handed: string[] = [];
    assert.equal(await valueOf(set.handOut(({ name, publicKey }) => void handed.push(name, publicKey))), 1);
    assert.deepEqual(handed, ["d-2", keyOf("user", "d-2")]);
    assert.equal(await valueOf(set.creds("d-1")), undefined);
  });

  it("should skip the other users after a call has failed, and wait for those that run", async () => {
    const users = Array.from({ length: 20 }, (_, index) => ({ name: `d-${index}`, publicKey: "U", creds: "" }));
    const [begun, ended]: [string[], string[]] = [[], []];
    const write = async ({ name }: { readonly name: string }) => {
      begun.push(name);
      await setImmediate();
      if (name === "d-1") {
        throw new Error("the vault is sealed");
      }
      await setImmediate();
      ended.push(name);
    };
    await assert.rejects(handOutAll(users, write, 4), /sealed/);
    assert.deepEqual(begun, ["d-0", "d-1", "d-2", "d-3"]);
    assert.deepEqual(ended, ["d-0", "d-2", "d-3"]);
    await handOutAll(users.slice(2), write, 30);
    assert.equal(ended.length, 21);
  });

  it("should have no creds when the account refuses a key", async () => {
    const own = account();
    const seed = seedOf("user", "d-1");
    const set = setOf({ users: { "d-1": { seed } } }, own);
    new UserSet("others", { account: own, role: "device", users: { "o-1": { seed } } });
    const handed: string[] = [];
    await assert.rejects(valueOf(set.creds("d-1")), /NA1710/);
    await assert.rejects(valueOf(set.handOut(({ name }) => void handed.push(name))), /NA1710/);
    assert.deepEqual(handed, []);
  });

  it("should have no secret when all users have only public keys", async () => {
    await valueOf(setOf({ users: { "d-1": { publicKey: keyOf("user", "d-1") } } }).publicKeys);
    assert.deepEqual(
      ofType("Nkey")
        .map(({ name }) => name)
        .filter((name) => name.startsWith("devices")),
      [],
    );
  });

  it("should warn of users that have expired, without the names of an output", async () => {
    const users = {
      "d-1": { expires: "2020-01-01" },
      "d-2": {},
      "d-3": { expires: "2990-01-01" },
      "d-4": { lifetime: "1d" },
    };
    const all = setOf({ users, expires: "2020-01-01" });
    await valueOf(all.publicKeys);
    assert.match(warnings.join(), /set "devices" .*\n.*users: has 2 users .*: "d-1", "d-2"\. .*\[NA4009\]/);
    warnings.length = 0;
    await valueOf(setOf({ users: pulumi.secret(users) }, account({ name: "B" })).publicKeys);
    assert.match(warnings.join(), /has 1 user .*NA4009/);
    assert.doesNotMatch(warnings.join(), /d-1/);
    warnings.length = 0;
    await valueOf(setOf({}, account({ name: "C" })).publicKeys);
    assert.deepEqual(warnings, []);
  });

  it("should report all of its problems at once", async () => {
    const wrong = { "d-1": { tags: [" "], seed: "SUA", expires: "soon" }, u: {} };
    const own = account({ users: { u: {} } });
    const reason = await reasonOf(setOf({ users: wrong, role: "devise", lifetime: "often" }, own).gate);
    assert.deepEqual(
      Array.from(reason.matchAll(/\[(NA\d+)\]/g), ([, code]) => code).sort(),
      ["NA1011", "NA1301", "NA1311", "NA1312", "NA1902", "NA1907"].sort(),
    );
    assert.match(await reasonOf(setOf({ account: {} as Account }).gate), /NA1909/);
  });

  it("should report wrong templates, rotations and seeds with their paths", async () => {
    const codesOf = async (args: object) => codesAndPathsIn(await reasonOf(setOf(args).gate));
    const list = { users: ["d-1"] };
    assert.deepEqual(await codesOf({ ...list, template: 5 }), ["NA1003 template"]);
    assert.deepEqual(await codesOf({ ...list, template: () => undefined }), ["NA1003 users.d-1"]);
    assert.deepEqual(await codesOf({ users: { "d-1": { seed: null } } }), ["NA1301 users.d-1.seed"]);
    assert.deepEqual(await codesOf({ users: { "d-1": { creds: null } } }), ["NA1910 users.d-1.creds"]);
    const rotations = [
      [2, "NA1003 rotation"],
      ["x", "NA1003 rotation"],
      [{ vesion: 2 }, "NA1001 rotation.vesion"],
      [{ overlaps: "1h" }, "NA1001 rotation.overlaps"],
      [{ version: {} }, "NA1321 rotation.version"],
    ] as const;
    for (const [rotation, expected] of rotations) {
      assert.deepEqual(await codesOf({ rotation }), [expected]);
      assert.deepEqual(await codesOf({ users: { "d-1": { rotation } } }), [expected.replace(" ", " users.d-1.")]);
    }
  });

  it("should report a number of removals that is not a whole number from 0", async () => {
    for (const maxRemovals of [-1, 0.5, NaN, "10%"]) {
      const reason = await reasonOf(setOf({ maxRemovals } as object).gate);
      assert.deepEqual(codesAndPathsIn(reason), ["NA1008 maxRemovals"]);
    }
    assert.equal(await reasonOf(setOf({ maxRemovals: 0 }).gate), "");
  });

  it("should shorten a list of many seeds without a value", async () => {
    const users = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`d-${index}`, { seed: pulumi.output(undefined) }]),
    );
    const reason = await reasonOf(setOf({ users } as object).gate);
    assert.equal(codesAndPathsIn(reason).filter((line) => line.startsWith("NA4052")).length, 20);
    assert.match(reason, /NA1904/);
  });

  it("should report the first twenty of 10,000 wrong users, and a count", async () => {
    const users = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`d-${index}`, { tags: [" "] }]));
    const reason = await reasonOf(setOf({ users }).gate);
    assert.deepEqual(codesAndPathsIn(reason), [
      ...Array.from({ length: 20 }, (_, index) => `NA1011 users.d-${index}.tags[0]`),
      "NA1904 users",
    ]);
    assert.match(reason, /9,980/);
  });

  it("should report a name that differs from that of a user of its account in Unicode normalization only", async () => {
    const own = account({ users: { "caf\u00e9": {} } });
    assert.match(await reasonOf(setOf({ users: { "cafe\u0301": {} } }, own).gate), /NA1903/);
  });

  it("should refuse to hand out creds to no one", () => {
    const set = setOf({});
    for (const concurrency of [0, NaN, 1.5]) {
      assert.throws(() => set.handOut(() => undefined, concurrency), /NA1008/);
    }
  });

  it("should be refused when its account has another set of its name, in another component", async () => {
    const own = account();
    const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
    const args = { account: own, role: "device" };
    const first = new UserSet("devices", { ...args, users: ["d-1"] });
    const second = new UserSet("devices", { ...args, users: ["d-2"] }, { parent });
    const [reason, problem] = await Promise.all([first, second].map(({ gate }) => reasonOf(gate)));
    assert.equal(reason, "");
    assert.match(problem ?? "", /NA1912/);
    await valueOf(new UserSet("devices", { account: account({ name: "B" }), role: "device", users: [] }).publicKeys);
  });

  it("should be refused when the program has waited since it created the account, and register nothing", async () => {
    const own = account();
    await valueOf(own.jwt);
    assert.throws(() => setOf({}, own), /NA1901/);
    await valueOf(account({ name: "B" }).jwt);
    assert.deepEqual(
      registered.filter(({ name }) => name.startsWith("devices")),
      [],
    );
  });
});
