import assert from "node:assert/strict";
import { readToken } from "../../provider/jwt/sign";
import { formatTime } from "../../provider/model/keys/lifetime";
import { operatorClaimsProvider, provider as operatorProvider } from "../../provider/dynamic/operator-claims";
import { INFO } from "../parity/everything";
import { keyOf, seedOf } from "../support/keys";
import { Deployed, Engine, UNKNOWN, failureCodes } from "../support/life-cycle";

describe("the OperatorClaims resource", () => {
  const engine = new Engine(operatorProvider);
  const OPERATOR = {
    name: "O",
    publicKey: keyOf("operator", "O"),
    signingKeys: [keyOf("operator", "two"), keyOf("operator", "one")],
    systemAccount: keyOf("account", "A"),
    signer: seedOf("operator", "O"),
  };

  it("should keep its token byte-identical when the content does not change, since servers do not reload it", async () => {
    const { id, outs } = await engine.create(OPERATOR);
    const same = { ...OPERATOR, signingKeys: [...OPERATOR.signingKeys].reverse().concat(OPERATOR.signingKeys) };
    assert.deepEqual(await engine.diff(id, outs, same), { changes: false, replaces: [] });
    assert.equal((await engine.update(id, outs, same)).jwt, outs.jwt);
    assert.equal(id, readToken(outs.jwt).iss);
  });

  for (const change of [{ name: "P" }, { signingKeys: [] }, { systemAccount: keyOf("account", "other") }, INFO]) {
    it(`should be signed again when ${Object.keys(change).join()} changes`, async () => {
      const { id, outs } = await engine.create(OPERATOR);
      const news = { ...OPERATOR, ...change };
      assert.deepEqual(await engine.diff(id, outs, news), { changes: true, replaces: [] });
      assert.notEqual((await engine.update(id, outs, news)).jwt, outs.jwt);
    });
  }

  it("should stay the same when its information has another order or is empty", async () => {
    const { id, outs } = await engine.create({ ...OPERATOR, ...INFO });
    const same = { ...OPERATOR, ...INFO, serviceUrls: INFO.serviceUrls?.toReversed() };
    assert.deepEqual(await engine.diff(id, outs, same), { changes: false, replaces: [] });
    const none = await engine.create(OPERATOR);
    const empty = { ...OPERATOR, serviceUrls: [], tags: [] };
    assert.deepEqual(await engine.diff(none.id, none.outs, empty), { changes: false, replaces: [] });
  });

  it("should report invalid information, and need the operator's seed to change it", async () => {
    const later = { ...OPERATOR, accountServerUrl: UNKNOWN, serviceUrls: [UNKNOWN], tags: ["A"] };
    assert.deepEqual(failureCodes((await engine.check(later)).failures), ["NA1011 tags[0]"]);
    const claims = new Deployed(operatorProvider);
    await claims.up(OPERATOR);
    const { name, publicKey, signingKeys, systemAccount } = OPERATOR;
    const away = { name, publicKey, signingKeys, systemAccount };
    assert.equal(await claims.up(away), false);
    await assert.rejects(claims.up({ ...away, assertServerVersion: "2.15.2" }), /assertServerVersion: .*\[NA5039\]/);
  });

  it("should be replaced when the operator's key changes", async () => {
    const { id, outs } = await engine.create(OPERATOR);
    const news = { ...OPERATOR, publicKey: keyOf("operator", "other") };
    assert.deepEqual((await engine.diff(id, outs, news)).replaces, ["publicKey"]);
  });

  it("should reject a signer other than the operator, which servers would not accept", async () => {
    const signer = seedOf("operator", "two");
    const { failures } = await engine.check({ ...OPERATOR, signer });
    assert.deepEqual(failureCodes(failures), ["NA5037 signer"]);
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

    it("should list both keys until the overlap ends, as a preview shows, then the new one only", async () => {
      const claims = new Deployed(provider);
      await claims.up(FIRST);
      const preview = await claims.preview({ ...SECOND, signingKeys: [UNKNOWN] });
      assert.equal(preview.changes, true);
      assert.deepEqual(preview.inputs.previous, [{ signingKey: one, until: formatTime(now + 3600) }]);
      await claims.up(SECOND);
      assert.deepEqual(listed(claims.outs.jwt), [one, two].sort());
      now += 3599;
      assert.equal(await claims.up(SECOND), false);
      now += 1;
      assert.deepEqual((await claims.preview(SECOND)).inputs.previous, []);
      await claims.up(SECOND);
      assert.deepEqual(listed(claims.outs.jwt), [two]);
    });

    it("should not be signed again when only the rotation settings change", async () => {
      const claims = new Deployed(provider);
      await claims.up({ ...FIRST, rotation: { version: "2" } });
      for (const rotation of [{ version: 2 }, { version: 2, overlap: "none" }, undefined]) {
        assert.equal(await claims.up({ ...FIRST, rotation }), false);
      }
    });

    it("should reject an invalid rotation", async () => {
      const { failures } = await new Engine(provider).check({ ...FIRST, rotation: { overlap: "soon" } });
      assert.deepEqual(failureCodes(failures), ["NA1322 rotation.overlap"]);
    });

    it("should keep the old key while there is no seed to sign a JWT without it", async () => {
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

    const codes = async (claims: Awaited<ReturnType<typeof offline>>, inputs: object) =>
      failureCodes((await new Engine(operatorProvider).check(inputs, claims.inputs)).failures);

    it("should keep its token and its public key, and no part of the seed", async () => {
      const claims = await offline();
      assert.equal(JSON.stringify([claims.inputs, claims.outs]).includes(signer), false);
      assert.equal(claims.inputs.publicKey, publicKey);
      assert.equal(await claims.up(OFFLINE), false);
    });

    it("should reject changes that it would have to sign", async () => {
      const claims = await offline();
      for (const [what, change] of [
        ["name", { name: "P" }],
        ["signingKeys", { signingKeys: [UNKNOWN] }],
        ["systemAccount", { systemAccount: keyOf("account", "other") }],
      ] as const) {
        assert.deepEqual(await codes(claims, { ...OFFLINE, ...change }), [`NA5039 ${what}`]);
      }
    });

    it("should sign again while the seed is available", async () => {
      const claims = await offline();
      await claims.up({ ...OPERATOR, name: "P" });
      assert.equal(readToken(claims.outs.jwt).name, "P");
      assert.equal(await claims.up({ ...OFFLINE, name: "P" }), false);
    });

    it("should not be replaced by another operator while its seed is not available", async () => {
      const claims = await offline();
      const another = { ...OPERATOR, publicKey: keyOf("operator", "new"), signer: seedOf("operator", "new") };
      for (const inputs of [another, { ...another, publicKey: UNKNOWN, signer: UNKNOWN }]) {
        assert.deepEqual(await codes(claims, inputs), ["NA5040 publicKey"]);
      }
    });

    it("should be rejected for a new operator", async () => {
      const { failures } = await new Engine(operatorProvider).check(OFFLINE);
      assert.deepEqual(failureCodes(failures), ["NA5038 signer"]);
    });
  });

  it("should report a wrong name and a seed of the wrong kind together", async () => {
    const { failures } = await engine.check({ ...OPERATOR, name: " ", signer: seedOf("account", "x") });
    assert.deepEqual(failureCodes(failures), ["NA1401 name", "NA1303 signer"]);
  });
});
