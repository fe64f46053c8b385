import assert from "node:assert/strict";
import { readToken } from "../../provider/jwt/sign";
import { operatorClaimsProvider, provider as operatorProvider } from "../../provider/resources/operator-claims";
import { INFO } from "../parity/everything";
import { keyOf, seedOf } from "../support/keys";
import { Deployed, Engine, UNKNOWN } from "../support/life-cycle";

describe("the claims of an operator, as a resource", () => {
  const engine = new Engine(operatorProvider);
  const OPERATOR = {
    name: "O",
    publicKey: keyOf("operator", "O"),
    signingKeys: [keyOf("operator", "two"), keyOf("operator", "one")],
    systemAccount: keyOf("account", "A"),
    signer: seedOf("operator", "O"),
  };

  it("should keep its token to the byte when nothing that it says changes, since servers do not reload it", async () => {
    const { id, outs } = await engine.create(OPERATOR);
    const same = { ...OPERATOR, signingKeys: [...OPERATOR.signingKeys].reverse().concat(OPERATOR.signingKeys) };
    assert.deepEqual(await engine.diff(id, outs, same), { changes: false, replaces: [] });
    assert.equal((await engine.update(id, outs, same)).jwt, outs.jwt);
    assert.equal(id, readToken(outs.jwt).iss);
  });

  for (const change of [{ name: "P" }, { signingKeys: [] }, { systemAccount: keyOf("account", "other") }, INFO]) {
    it(`should be signed again when what changed is ${Object.keys(change).join()}`, async () => {
      const { id, outs } = await engine.create(OPERATOR);
      const news = { ...OPERATOR, ...change };
      assert.deepEqual(await engine.diff(id, outs, news), { changes: true, replaces: [] });
      assert.notEqual((await engine.update(id, outs, news)).jwt, outs.jwt);
    });
  }

  it("should be the same when what it tells is in another order, or nothing", async () => {
    const { id, outs } = await engine.create({ ...OPERATOR, ...INFO });
    const same = { ...OPERATOR, ...INFO, serviceUrls: INFO.serviceUrls?.toReversed() };
    assert.deepEqual(await engine.diff(id, outs, same), { changes: false, replaces: [] });
    const none = await engine.create(OPERATOR);
    const empty = { ...OPERATOR, serviceUrls: [], tags: [] };
    assert.deepEqual(await engine.diff(none.id, none.outs, empty), { changes: false, replaces: [] });
  });

  it("should say what is wrong with what it tells, and need the operator's seed to tell anything else", async () => {
    const later = { ...OPERATOR, accountServerUrl: UNKNOWN, serviceUrls: [UNKNOWN], tags: ["A"] };
    assert.match((await engine.check(later)).failures.join("\n"), /^tags\[0\] = "A": is not in lower case/);
    const claims = new Deployed(operatorProvider);
    await claims.up(OPERATOR);
    const { name, publicKey, signingKeys, systemAccount } = OPERATOR;
    const away = { name, publicKey, signingKeys, systemAccount };
    assert.equal(await claims.up(away), false);
    await assert.rejects(
      claims.up({ ...away, assertServerVersion: "2.15.2" }),
      /assertServerVersion: changes, so that/,
    );
  });

  it("should be replaced when the operator's key changes", async () => {
    const { id, outs } = await engine.create(OPERATOR);
    const news = { ...OPERATOR, publicKey: keyOf("operator", "other") };
    assert.deepEqual((await engine.diff(id, outs, news)).replaces, ["publicKey"]);
  });

  it("should refuse to be signed by another key than the operator's, which no server would accept", async () => {
    const signer = seedOf("operator", "two");
    const { failures } = await engine.check({ ...OPERATOR, signer });
    assert.equal(failures.length, 1);
    assert.match(failures.join(), /^signer = \(secret\): is the seed of another operator/);
    assert.equal(failures.join().includes(signer), false);
    assert.deepEqual((await engine.check({ ...OPERATOR, signer: UNKNOWN })).failures, []);
  });

  describe("whose signing keys are rotated", () => {
    let now = 1_800_000_000;
    const provider = operatorClaimsProvider(() => now);
    const [one, two] = [keyOf("operator", "one"), keyOf("operator", "two")];
    const FIRST = { ...OPERATOR, signingKeys: [one] };
    const SECOND = { ...OPERATOR, signingKeys: [two], rotation: { version: 2, overlap: "1h" } };

    const listed = (jwt: string) => (readToken(jwt).nats as { signing_keys: string[] }).signing_keys;

    it("should list the old one as well until the overlap is over, which a preview shows, and then the new one alone", async () => {
      const claims = new Deployed(provider);
      await claims.up(FIRST);
      const preview = await claims.preview({ ...SECOND, signingKeys: [UNKNOWN] });
      assert.equal(preview.changes, true);
      assert.deepEqual(preview.inputs.previous, [{ signingKey: one, until: now + 3600 }]);
      await claims.up(SECOND);
      assert.deepEqual(listed(claims.outs.jwt), [one, two].sort());
      now += 3599;
      assert.equal(await claims.up(SECOND), false);
      now += 1;
      assert.deepEqual((await claims.preview(SECOND)).inputs.previous, []);
      await claims.up(SECOND);
      assert.deepEqual(listed(claims.outs.jwt), [two]);
    });

    it("should not be signed again when only the words of the rotation change", async () => {
      const claims = new Deployed(provider);
      await claims.up({ ...FIRST, rotation: { version: "2" } });
      for (const rotation of [{ version: 2 }, { version: 2, overlap: "none" }, undefined]) {
        assert.equal(await claims.up({ ...FIRST, rotation }), false);
      }
    });

    it("should refuse a rotation that is none", async () => {
      const { failures } = await new Engine(provider).check({ ...FIRST, rotation: { overlap: "soon" } });
      assert.match(failures.join("\n"), /^rotation\.overlap = "soon": is no overlap/);
    });

    it("should keep the old one as long as there is no seed to sign a JWT without it", async () => {
      const claims = new Deployed(provider);
      await claims.up(FIRST);
      await claims.up(SECOND);
      const { publicKey, signer, ...offline } = SECOND;
      now += 7200;
      assert.equal(await claims.up(offline), false);
      assert.deepEqual(listed(claims.outs.jwt), [one, two].sort());
      assert.equal(await claims.up({ ...offline, publicKey, signer }), true);
      assert.deepEqual(listed(claims.outs.jwt), [two]);
    });
  });

  describe("whose seed is offline", () => {
    const { publicKey, signer, ...OFFLINE } = OPERATOR;

    async function offline() {
      const claims = new Deployed(operatorProvider);
      await claims.up(OPERATOR);
      const { jwt } = claims.outs;
      assert.equal(await claims.up(OFFLINE), false);
      assert.deepEqual([claims.id, claims.outs.jwt], [publicKey, jwt]);
      return claims;
    }

    const reasons = async (claims: Awaited<ReturnType<typeof offline>>, inputs: object) =>
      (await new Engine(operatorProvider).check(inputs, claims.inputs)).failures.join("\n");

    it("should keep its token and its public key, and not a word of the seed", async () => {
      const claims = await offline();
      assert.equal(JSON.stringify([claims.inputs, claims.outs]).includes(signer), false);
      assert.equal(claims.inputs.publicKey, publicKey);
      assert.equal(await claims.up(OFFLINE), false);
    });

    it("should refuse what it would have to sign, and say what to do", async () => {
      const claims = await offline();
      for (const [what, change] of [
        ["name", { name: "P" }],
        ["signingKeys", { signingKeys: [UNKNOWN] }],
        ["systemAccount", { systemAccount: keyOf("account", "other") }],
      ] as const) {
        assert.match(
          await reasons(claims, { ...OFFLINE, ...change }),
          new RegExp(`^${what}: changes, so that the operator's JWT must be signed again.*Give the identity's seed`),
        );
      }
    });

    it("should sign again when the seed is back, for as long as it is", async () => {
      const claims = await offline();
      await claims.up({ ...OPERATOR, name: "P" });
      assert.equal(readToken(claims.outs.jwt).name, "P");
      assert.equal(await claims.up({ ...OFFLINE, name: "P" }), false);
    });

    it("should not become another operator because the seed of this one is not given", async () => {
      const claims = await offline();
      const another = { ...OPERATOR, publicKey: keyOf("operator", "new"), signer: seedOf("operator", "new") };
      for (const inputs of [another, { ...another, publicKey: UNKNOWN, signer: UNKNOWN }]) {
        assert.match(await reasons(claims, inputs), /^publicKey = O[A-Z2-7]+: is the operator whose seed is not/);
      }
    });

    it("should not be from the beginning", async () => {
      const { failures } = await new Engine(operatorProvider).check(OFFLINE);
      assert.match(failures.join("\n"), /^signer: is missing, and there is no JWT of the operator yet/);
    });
  });

  it("should report a wrong name and a seed of the wrong kind together", async () => {
    const { failures } = await engine.check({ ...OPERATOR, name: " ", signer: seedOf("account", "x") });
    assert.equal(failures.length, 2);
  });
});
