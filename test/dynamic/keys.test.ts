import assert from "node:assert/strict";
import { readToken } from "../../provider/jwt/sign";
import { provider as nkeyProvider } from "../../provider/dynamic/nkey";
import { provider as userHandler } from "../../provider/dynamic/user";
import { digestOf, keyOf, seedOf } from "../support/keys";
import type { LifeCycle } from "../../provider/dynamic/life-cycle/life-cycle";
import { Deployed, Engine, UNKNOWN, failureCodes } from "../support/life-cycle";
import { readableUsers } from "../support/user-state";

const userProvider = readableUsers(userHandler);

describe("the Nkey resource", () => {
  const engine = new Engine(nkeyProvider);

  it("should be generated when there is no seed", async () => {
    const [one, other] = await Promise.all([1, 2].map(() => engine.create({ kind: "account" })));
    assert.ok(one !== undefined && other !== undefined);
    assert.match(one.id, /^A[A-Z2-7]{55}$/);
    assert.equal(one.outs.publicKey, one.id);
    assert.notEqual(one.id, other.id);
  });

  it("should be the key of the seed", async () => {
    const seed = seedOf("user", "given");
    const { id, outs } = await engine.create({ kind: "user", seed });
    assert.equal(id, keyOf("user", "given"));
    assert.equal(digestOf(outs.seed), digestOf(seed));
  });

  it("should stay when the seed is removed or unknown, and be replaced by the key of another seed", async () => {
    const { id, outs } = await engine.create({ kind: "user", seed: seedOf("user", "given") });
    const none = { changes: false, replaces: [] };
    assert.deepEqual(await engine.diff(id, outs, { kind: "user" }), none);
    assert.deepEqual(await engine.diff(id, outs, { kind: "user", seed: UNKNOWN }), none);
    assert.deepEqual(await engine.diff(id, outs, { kind: UNKNOWN, seed: seedOf("user", "given") }), none);
    const other = { kind: "user", seed: seedOf("user", "other") };
    assert.deepEqual(await engine.diff(id, outs, other), { changes: true, replaces: ["seed"] });
  });

  it("should be replaced when its kind changes", async () => {
    const { id, outs } = await engine.create({ kind: "user" });
    assert.deepEqual(await engine.diff(id, outs, { kind: "account" }), { changes: true, replaces: ["kind"] });
  });

  it("should reject an unknown kind, and a seed of another kind without showing it", async () => {
    assert.deepEqual(failureCodes((await engine.check({ kind: "curve" })).failures), ["NA5030 kind"]);
    const seed = seedOf("user", "wrong");
    const { failures } = await engine.check({ kind: "account", seed });
    assert.deepEqual(failureCodes(failures), ["NA1303 seed"]);
    assert.equal(failures.join().includes(seed), false);
    assert.deepEqual((await engine.check({ kind: UNKNOWN, seed })).failures, []);
    assert.deepEqual((await engine.check({ kind: "account", seed: UNKNOWN })).failures, []);
  });
});

describe("the version of a key", () => {
  for (const [what, provider, inputs] of [
    ["a key", nkeyProvider, { kind: "account" }],
    ["a user", userProvider, { name: "u", account: keyOf("account", "A") }],
  ] as const) {
    describe(`of ${what}`, () => {
      const deployed = () => new Deployed(provider as unknown as LifeCycle<object, { publicKey: string }>);

      it("should belong to the first key when it is created with one", async () => {
        const key = deployed();
        await key.up({ ...inputs, version: 1 });
        for (const same of [{ version: 1 }, { version: "1" }, {}, { version: UNKNOWN }]) {
          assert.deepEqual((await key.preview({ ...inputs, ...same })).replaces, []);
        }
      });

      it("should generate a new key whenever it changes", async () => {
        const key = deployed();
        await key.up(inputs);
        const ids = [key.id];
        for (const version of [1, 2, "2027-01-01", 1]) {
          assert.deepEqual((await key.preview({ ...inputs, version })).replaces, ["version"]);
          await key.up({ ...inputs, version });
          assert.equal(await key.up({ ...inputs, version }), false);
          ids.push(key.id);
        }
        assert.equal(new Set(ids).size, 5);
        assert.equal(key.outs.publicKey, key.id);
      });

      it("should keep the key when it is removed, and when it returns", async () => {
        const key = deployed();
        await key.up({ ...inputs, version: 2 });
        const { id } = key;
        assert.equal(await key.up(inputs), false);
        assert.equal(await key.up({ ...inputs, version: 2 }), false);
        assert.equal(key.id, id);
        await key.up({ ...inputs, version: 3 });
        assert.notEqual(key.id, id);
      });

      it("should be rejected beside a seed, and when it is invalid", async () => {
        const kind = what === "a user" ? "user" : "account";
        const engine = new Engine(provider as unknown as LifeCycle<object, object>);
        const codes = async (more: object) => failureCodes((await engine.check({ ...inputs, ...more })).failures);
        assert.deepEqual(await codes({ version: 2, seed: seedOf(kind, "given") }), ["NA1323 version"]);
        assert.deepEqual(await codes({ version: 2, seed: UNKNOWN }), ["NA1323 version"]);
        assert.deepEqual(await codes({ version: " " }), ["NA1321 version"]);
        assert.deepEqual(await codes({ version: UNKNOWN, seed: seedOf(kind, "given") }), []);
      });
    });
  }

  it("should replace a seed that was removed", async () => {
    const key = new Deployed(nkeyProvider);
    await key.up({ kind: "user", seed: seedOf("user", "given") });
    await key.up({ kind: "user", version: 2 });
    assert.notEqual(key.id, keyOf("user", "given"));
  });

  it("should stay when the user is signed again", async () => {
    const user = new Deployed(userProvider);
    const inputs = { name: "u", account: keyOf("account", "A"), version: 2 };
    await user.up(inputs);
    const { id } = user;
    await user.up({ ...inputs, name: "v", version: undefined });
    assert.equal(await user.up({ ...inputs, name: "v" }), false);
    assert.equal(user.id, id);
  });
});

describe("the User resource", () => {
  const engine = new Engine(userProvider);
  const USER = { name: "u", account: keyOf("account", "A") };

  it("should have a token that is signed by a key of its own, whose seed is not stored", async () => {
    const { id, outs } = await engine.create(USER);
    const token = readToken(outs.jwt);
    assert.deepEqual([token.sub, token.name, token.iss], [id, "u", outs.signingKey]);
    assert.equal((token.nats as { issuer_account: string }).issuer_account, USER.account);
    assert.notEqual(outs.signingKey, USER.account);
    const stored = (await userHandler.create(USER)).outs ?? {};
    assert.deepEqual(Object.keys(stored).sort(), ["jwt", "seed", "stateVersion"]);
  });

  it("should have the key of a seed, and no seed when only its public key is supplied", async () => {
    const seed = seedOf("user", "given");
    const withSeed = await engine.create({ ...USER, seed });
    assert.equal(withSeed.id, keyOf("user", "given"));
    assert.equal(digestOf(withSeed.outs.seed ?? ""), digestOf(seed));
    const withKey = await engine.create({ ...USER, publicKey: keyOf("user", "given") });
    assert.equal(withKey.id, keyOf("user", "given"));
    assert.equal("seed" in withKey.outs, false);
  });

  it("should change nothing when the inputs are the same, or its key is supplied later", async () => {
    const { id, outs } = await engine.create(USER);
    for (const same of [USER, { ...USER, seed: outs.seed }, { ...USER, seed: UNKNOWN }]) {
      assert.deepEqual(await engine.diff(id, outs, same), { changes: false, replaces: [] });
    }
  });

  it("should drop its seed when only its public key is supplied, and store it again, without a new token", async () => {
    const seed = seedOf("user", "given");
    const publicKey = keyOf("user", "given");
    const { id, outs } = await engine.create({ ...USER, seed });
    const change = { changes: true, replaces: [] };
    assert.deepEqual(await engine.diff(id, outs, { ...USER, publicKey }), change);
    const without = await engine.update(id, outs, { ...USER, publicKey });
    assert.equal("seed" in without, false);
    assert.deepEqual([without.jwt, without.signingKey], [outs.jwt, outs.signingKey]);
    assert.deepEqual(await engine.diff(id, without, { ...USER, publicKey }), { changes: false, replaces: [] });

    assert.deepEqual(await engine.diff(id, without, { ...USER, seed }), change);
    const back = await engine.update(id, without, { ...USER, seed });
    assert.equal(digestOf(back.seed ?? ""), digestOf(seed));
    assert.deepEqual([back.jwt, back.signingKey], [outs.jwt, outs.signingKey]);
    for (const state of [outs, without]) {
      assert.deepEqual(await engine.diff(id, state, USER), { changes: false, replaces: [] });
    }
    const renamed = await engine.update(id, outs, { ...USER, name: "v", publicKey });
    assert.equal("seed" in renamed, false);
    assert.notEqual(renamed.jwt, outs.jwt);
  });

  it("should keep its seed when only its public key is supplied, and the program asks for that", async () => {
    const [seed, publicKey] = [seedOf("user", "given"), keyOf("user", "given")];
    const { id, outs } = await engine.create({ ...USER, seed });
    for (const keepSeed of [true, UNKNOWN]) {
      const news = { ...USER, publicKey, keepSeed };
      assert.deepEqual(await engine.diff(id, outs, news), { changes: false, replaces: [] });
      const renamed = await engine.update(id, outs, { ...news, name: "v" });
      assert.equal(digestOf(renamed.seed ?? ""), digestOf(seed));
    }
    const other = { ...USER, publicKey: keyOf("user", "other"), keepSeed: true };
    assert.deepEqual((await engine.diff(id, outs, other)).replaces, ["publicKey"]);
    assert.equal("seed" in (await engine.create(other)).outs, false);
    const dropped = { ...USER, publicKey, keepSeed: false };
    assert.deepEqual(await engine.diff(id, outs, dropped), { changes: true, replaces: [] });
    assert.deepEqual(failureCodes((await engine.check({ ...USER, publicKey, keepSeed: "yes" })).failures), [
      "NA1003 keepSeed",
    ]);
  });

  it("should not lose its key when its public key is removed, unless a seed or a version replaces it", async () => {
    const olds = { ...USER, publicKey: keyOf("user", "given") };
    const { failures } = await engine.check(USER, olds);
    assert.deepEqual(failureCodes(failures), ["NA5032 publicKey"]);
    for (const right of [olds, { ...USER, version: 1 }, { ...USER, seed: UNKNOWN }, { ...USER, publicKey: UNKNOWN }]) {
      assert.deepEqual((await engine.check(right, olds)).failures, []);
    }
  });

  it("should have a new key when its version returns after only its public key was supplied", async () => {
    const { id, outs } = await engine.create({ ...USER, version: 2 });
    const without = await engine.update(id, outs, { ...USER, publicKey: id });
    assert.deepEqual(await engine.diff(id, without, { ...USER, version: 2 }), { changes: true, replaces: ["version"] });
    assert.deepEqual(await engine.diff(id, outs, { ...USER, version: 2 }), { changes: false, replaces: [] });
  });

  it("should change nothing while the requested key is unknown", async () => {
    const { id, outs } = await engine.create(USER);
    const { seed: _seed, ...without } = outs;
    for (const [state, news] of [
      [outs, { publicKey: UNKNOWN }],
      [without, { seed: UNKNOWN }],
    ] as const) {
      assert.deepEqual(await engine.diff(id, state, { ...USER, ...news }), { changes: false, replaces: [] });
    }
  });

  it("should be signed again for the same key when its name or account changes", async () => {
    const { id, outs } = await engine.create({ ...USER, seed: seedOf("user", "given") });
    for (const change of [{ name: "v" }, { account: keyOf("account", "B") }]) {
      const news = { ...USER, ...change };
      assert.deepEqual(await engine.diff(id, outs, news), { changes: true, replaces: [] });
      const updated = await engine.update(id, outs, news);
      assert.equal(updated.publicKey, id);
      assert.equal(digestOf(updated.seed ?? ""), digestOf(outs.seed ?? ""));
      assert.notEqual(updated.jwt, outs.jwt);
      assert.notEqual(updated.signingKey, outs.signingKey, "the old token must not be worth anything any more");
      assert.equal(readToken(updated.jwt).iss, updated.signingKey);
    }
  });

  it("should be signed by a role's key, and again when the signing key changes", async () => {
    const [reader, writer] = ["reader", "writer"].map((role) => ({ ...USER, signingKey: keyOf("account", role) }));
    assert.ok(reader !== undefined && writer !== undefined);
    const { id, outs } = await engine.create(reader);
    assert.deepEqual([outs.signingKey, readToken(outs.jwt).iss], Array(2).fill(keyOf("account", "reader")));
    assert.deepEqual(await engine.diff(id, outs, reader), { changes: false, replaces: [] });
    // A role's key is known unless it is about to be made.
    assert.deepEqual(await engine.diff(id, outs, { ...reader, signingKey: UNKNOWN }), { changes: true, replaces: [] });
    for (const news of [writer, USER]) {
      assert.deepEqual(await engine.diff(id, outs, news), { changes: true, replaces: [] });
      const updated = await engine.update(id, outs, news);
      assert.equal(readToken(updated.jwt).iss, updated.signingKey);
      assert.notEqual(updated.signingKey, outs.signingKey);
      assert.ok(readToken(updated.jwt).iat > readToken(outs.jwt).iat, "a revocation of the old one must spare the new");
      assert.deepEqual(await engine.diff(id, updated, news), { changes: false, replaces: [] });
      assert.deepEqual(await engine.diff(id, updated, reader), { changes: true, replaces: [] });
    }
  });

  it("should have its tags in a stable order, and be signed again when they change", async () => {
    const tags = ["tenant:blue", "a:b", "a:b"];
    const { id, outs } = await engine.create({ ...USER, tags });
    assert.deepEqual((readToken(outs.jwt).nats as { tags: string[] }).tags, ["a:b", "tenant:blue"]);
    assert.deepEqual(await engine.diff(id, outs, { ...USER, tags: [...tags].reverse() }), {
      changes: false,
      replaces: [],
    });
    for (const other of [["a:b"], [], undefined]) {
      assert.deepEqual((await engine.diff(id, outs, { ...USER, tags: other })).changes, true);
      const updated = await engine.update(id, outs, { ...USER, tags: other });
      assert.deepEqual(
        (readToken(updated.jwt).nats as { tags?: string[] }).tags,
        other?.length === 1 ? other : undefined,
      );
    }
  });

  it("should reject tags that templates would not find, and a signing key of another kind", async () => {
    const signingKey = seedOf("user", "wrong");
    const { failures } = await engine.check({ ...USER, signingKey, tags: ["Tenant:blue", "", " a:b"] });
    assert.deepEqual(failureCodes(failures), [
      "NA1304 signingKey",
      "NA1011 tags[0]",
      "NA1011 tags[1]",
      "NA1011 tags[2]",
    ]);
    assert.equal(failures.join().includes(signingKey.slice(2, 20)), false);
    assert.deepEqual((await engine.check({ ...USER, signingKey: UNKNOWN, tags: UNKNOWN })).failures, []);
  });

  it("should be replaced when another key is supplied", async () => {
    const { id, outs } = await engine.create(USER);
    const other = { publicKey: keyOf("user", "other") };
    assert.deepEqual((await engine.diff(id, outs, { ...USER, ...other })).replaces, ["publicKey"]);
    assert.deepEqual((await engine.diff(id, outs, { ...USER, seed: seedOf("user", "other") })).replaces, ["seed"]);
  });

  it("should reject a key of another kind as its account", async () => {
    const { failures } = await engine.check({ ...USER, account: keyOf("operator", "O") });
    assert.deepEqual(failureCodes(failures), ["NA1303 account"]);
    assert.deepEqual((await engine.check({ ...USER, account: UNKNOWN })).failures, []);
  });

  it("should report all problems at once, and no part of a seed, not even in place of a public key", async () => {
    const seed = seedOf("account", "wrong");
    const { failures } = await engine.check({ ...USER, name: "", seed, publicKey: seed });
    assert.deepEqual(failureCodes(failures), ["NA1401 name", "NA1303 seed", "NA1304 publicKey", "NA1306 publicKey"]);
    assert.equal(failures.join().includes(seed.slice(2, 20)), false);
  });
});
