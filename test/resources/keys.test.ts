import assert from "node:assert/strict";
import { readToken } from "../../provider/jwt/sign";
import { provider as nkeyProvider } from "../../provider/resources/nkey";
import { provider as userProvider } from "../../provider/resources/user";
import { digestOf, keyOf, seedOf } from "../support/keys";
import type { LifeCycle } from "../../provider/resources/dynamic";
import { Deployed, Engine, UNKNOWN } from "../support/life-cycle";

describe("a key, as a resource", () => {
  const engine = new Engine(nkeyProvider);

  it("should be a new one of its kind when no seed is given", async () => {
    const [one, other] = await Promise.all([1, 2].map(() => engine.create({ kind: "account" })));
    assert.ok(one !== undefined && other !== undefined);
    assert.match(one.id, /^A[A-Z2-7]{55}$/);
    assert.equal(one.outs.publicKey, one.id);
    assert.notEqual(one.id, other.id);
  });

  it("should be the given one when a seed is given", async () => {
    const seed = seedOf("user", "given");
    const { id, outs } = await engine.create({ kind: "user", seed });
    assert.equal(id, keyOf("user", "given"));
    assert.equal(digestOf(outs.seed), digestOf(seed));
  });

  it("should stay when the seed is left out later, or is not known yet, and be another one when another seed is given", async () => {
    const { id, outs } = await engine.create({ kind: "user", seed: seedOf("user", "given") });
    const none = { changes: false, replaces: [] };
    assert.deepEqual(await engine.diff(id, outs, { kind: "user" }), none);
    assert.deepEqual(await engine.diff(id, outs, { kind: "user", seed: UNKNOWN }), none);
    assert.deepEqual(await engine.diff(id, outs, { kind: UNKNOWN, seed: seedOf("user", "given") }), none);
    const other = { kind: "user", seed: seedOf("user", "other") };
    assert.deepEqual(await engine.diff(id, outs, other), { changes: true, replaces: ["seed"] });
  });

  it("should be another one when its kind changes", async () => {
    const { id, outs } = await engine.create({ kind: "user" });
    assert.deepEqual(await engine.diff(id, outs, { kind: "account" }), { changes: true, replaces: ["kind"] });
  });

  it("should refuse a kind that is none, and a seed of another kind without showing it", async () => {
    assert.match((await engine.check({ kind: "curve" })).failures.join(), /^kind = "curve": is no kind of key/);
    const seed = seedOf("user", "wrong");
    const { failures } = await engine.check({ kind: "account", seed });
    assert.match(failures.join(), /^seed = \(secret\): is the seed of another kind of key \(user\)/);
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

      it("should be that of the first key when it is made with one", async () => {
        const key = deployed();
        await key.up({ ...inputs, version: 1 });
        for (const same of [{ version: 1 }, { version: "1" }, {}, { version: UNKNOWN }]) {
          assert.deepEqual((await key.preview({ ...inputs, ...same })).replaces, []);
        }
      });

      it("should make another key when it is another one, each time", async () => {
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

      it("should keep the key when it is left out, and know it again", async () => {
        const key = deployed();
        await key.up({ ...inputs, version: 2 });
        const { id } = key;
        assert.equal(await key.up(inputs), false);
        assert.equal(await key.up({ ...inputs, version: 2 }), false);
        assert.equal(key.id, id);
        await key.up({ ...inputs, version: 3 });
        assert.notEqual(key.id, id);
      });

      it("should be refused beside a seed, which is a key of its own, and when it is none", async () => {
        const kind = what === "a user" ? "user" : "account";
        const engine = new Engine(provider as unknown as LifeCycle<object, object>);
        const reasons = async (more: object) => (await engine.check({ ...inputs, ...more })).failures.join("\n");
        assert.match(await reasons({ version: 2, seed: seedOf(kind, "given") }), /^version = 2: stands beside a key/);
        assert.match(await reasons({ version: 2, seed: UNKNOWN }), /^version = 2: stands beside a key/);
        assert.match(await reasons({ version: " " }), /^version = " ": is no version/);
        assert.equal(await reasons({ version: UNKNOWN, seed: seedOf(kind, "given") }), "");
      });
    });
  }

  it("should take the place of a seed that is not given any more", async () => {
    const key = new Deployed(nkeyProvider);
    await key.up({ kind: "user", seed: seedOf("user", "given") });
    await key.up({ kind: "user", version: 2 });
    assert.notEqual(key.id, keyOf("user", "given"));
  });

  it("should stay that of a user who is signed again", async () => {
    const user = new Deployed(userProvider);
    const inputs = { name: "u", account: keyOf("account", "A"), version: 2 };
    await user.up(inputs);
    const { id } = user;
    await user.up({ ...inputs, name: "v", version: undefined });
    assert.equal(await user.up({ ...inputs, name: "v" }), false);
    assert.equal(user.id, id);
  });
});

describe("a user, as a resource", () => {
  const engine = new Engine(userProvider);
  const USER = { name: "u", account: keyOf("account", "A") };

  it("should have a token about itself, signed by a key that is nobody else's and not kept", async () => {
    const { id, outs } = await engine.create(USER);
    const token = readToken(outs.jwt);
    assert.deepEqual([token.sub, token.name, token.iss], [id, "u", outs.signingKey]);
    assert.equal((token.nats as { issuer_account: string }).issuer_account, USER.account);
    assert.notEqual(outs.signingKey, USER.account);
    const kept = ["account", "jwt", "name", "publicKey", "seed", "signingKey", "stateVersion"];
    assert.deepEqual(Object.keys(outs).sort(), kept);
  });

  it("should be the given one when a seed is given, and have no seed when only its public key is", async () => {
    const seed = seedOf("user", "given");
    const withSeed = await engine.create({ ...USER, seed });
    assert.equal(withSeed.id, keyOf("user", "given"));
    assert.equal(digestOf(withSeed.outs.seed ?? ""), digestOf(seed));
    const withKey = await engine.create({ ...USER, publicKey: keyOf("user", "given") });
    assert.equal(withKey.id, keyOf("user", "given"));
    assert.equal("seed" in withKey.outs, false);
  });

  it("should change nothing when the inputs are the same, or its key is told later", async () => {
    const { id, outs } = await engine.create(USER);
    for (const same of [USER, { ...USER, seed: outs.seed }, { ...USER, seed: UNKNOWN }]) {
      assert.deepEqual(await engine.diff(id, outs, same), { changes: false, replaces: [] });
    }
  });

  it("should let its seed go when only its public key is given, and take it back, without a new token", async () => {
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

  it("should not be left without a seed by leaving its public key out: a seed, or another version, is another key", async () => {
    const olds = { ...USER, publicKey: keyOf("user", "given") };
    const { failures } = await engine.check(USER, olds);
    assert.deepEqual(failures, [
      "publicKey: is left out, and nobody but its owner has the seed, so that there would be no credentials. " +
        "Keep `publicKey`, or give `rotation.version` for a new key.",
    ]);
    for (const right of [olds, { ...USER, version: 1 }, { ...USER, seed: UNKNOWN }, { ...USER, publicKey: UNKNOWN }]) {
      assert.deepEqual((await engine.check(right, olds)).failures, []);
    }
  });

  it("should have another key when its version is named again after only its public key was given", async () => {
    const { id, outs } = await engine.create({ ...USER, version: 2 });
    const without = await engine.update(id, outs, { ...USER, publicKey: id });
    assert.deepEqual(await engine.diff(id, without, { ...USER, version: 2 }), { changes: true, replaces: ["version"] });
    assert.deepEqual(await engine.diff(id, outs, { ...USER, version: 2 }), { changes: false, replaces: [] });
  });

  it("should change nothing as long as it is not known which key is asked for", async () => {
    const { id, outs } = await engine.create(USER);
    const without = {
      publicKey: id,
      name: USER.name,
      account: USER.account,
      jwt: outs.jwt,
      signingKey: outs.signingKey,
    };
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

  it("should be signed by a role's key when one is given, and again when it is another role's or its own", async () => {
    const [reader, writer] = ["reader", "writer"].map((role) => ({ ...USER, signer: seedOf("account", role) }));
    assert.ok(reader !== undefined && writer !== undefined);
    const { id, outs } = await engine.create(reader);
    assert.deepEqual([outs.signingKey, readToken(outs.jwt).iss], Array(2).fill(keyOf("account", "reader")));
    assert.equal(JSON.stringify(outs).includes(reader.signer), false);
    assert.deepEqual(await engine.diff(id, outs, reader), { changes: false, replaces: [] });
    // A role's key is known unless it is about to be made.
    assert.deepEqual(await engine.diff(id, outs, { ...reader, signer: UNKNOWN }), { changes: true, replaces: [] });
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

  it("should say its tags in one order, and be signed again when they change", async () => {
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

  it("should refuse tags that templates would not find, and the signer of something else", async () => {
    const signer = seedOf("user", "wrong");
    const { failures } = await engine.check({ ...USER, signer, tags: ["Tenant:blue", "", " a:b"] });
    assert.deepEqual(
      failures.map((reason) => reason.split(/[ :]/)[0]),
      ["signer", "tags[0]", "tags[1]", "tags[2]"],
    );
    assert.equal(failures.join().includes(signer.slice(2, 20)), false);
    assert.deepEqual((await engine.check({ ...USER, signer: UNKNOWN, tags: UNKNOWN })).failures, []);
  });

  it("should be another user when another key is given", async () => {
    const { id, outs } = await engine.create(USER);
    const other = { publicKey: keyOf("user", "other") };
    assert.deepEqual((await engine.diff(id, outs, { ...USER, ...other })).replaces, ["publicKey"]);
    assert.deepEqual((await engine.diff(id, outs, { ...USER, seed: seedOf("user", "other") })).replaces, ["seed"]);
  });

  it("should refuse the key of something else in the place of its account's", async () => {
    const { failures } = await engine.check({ ...USER, account: keyOf("operator", "O") });
    assert.match(failures.join("\n"), /^account = "O[A-Z2-7]+": is the key of another kind \(operator\)/);
    assert.deepEqual((await engine.check({ ...USER, account: UNKNOWN })).failures, []);
  });

  it("should report everything that is wrong at once, and no word of a seed, not even in the place of a public key", async () => {
    const seed = seedOf("account", "wrong");
    const { failures } = await engine.check({ ...USER, name: "", seed, publicKey: seed });
    assert.deepEqual(
      failures.map((reason) => reason.split(/[ :]/)[0]),
      ["name", "seed", "publicKey", "publicKey"],
    );
    assert.equal(failures.join().includes(seed.slice(2, 20)), false);
  });
});
