import assert from "node:assert/strict";
import { readToken } from "../../provider/jwt/sign";
import { provider as accountProvider } from "../../provider/dynamic/account-claims";
import { provider } from "../../provider/dynamic/activation";
import { keyOf, seedOf } from "../support/keys";
import { Engine, UNKNOWN, failureCodes } from "../support/life-cycle";

const INPUTS = {
  exporter: keyOf("account", "A"),
  importer: keyOf("account", "B"),
  subject: "s.>",
  type: "stream",
  signer: seedOf("account", "A"),
};

describe("the Activation resource", () => {
  const engine = new Engine(provider);

  it("should permit one import, and be signed by the exporting account", async () => {
    const { outs } = await engine.create(INPUTS);
    const { iss, sub, name, nats } = readToken(outs.jwt);
    assert.deepEqual([iss, sub, name, outs.issuer], [INPUTS.exporter, INPUTS.importer, "s.>", INPUTS.exporter]);
    assert.deepEqual(nats, { subject: "s.>", kind: "stream", type: "activation", version: 2 });
  });

  it("should name the exporting account when a signing key signs it", async () => {
    const { outs } = await engine.create({ ...INPUTS, signer: seedOf("account", "signing key of A") });
    const { iss, nats } = readToken(outs.jwt);
    assert.equal(iss, keyOf("account", "signing key of A"));
    assert.equal(nats.issuer_account, INPUTS.exporter);
  });

  it("should stay byte-identical when nothing changes or an input is unknown", async () => {
    const { id, outs } = await engine.create(INPUTS);
    for (const news of [INPUTS, { ...INPUTS, signer: UNKNOWN }, { ...INPUTS, revocations: { "*": UNKNOWN } }]) {
      assert.deepEqual(await engine.diff(id, outs, news), { changes: false, replaces: [] });
    }
    assert.deepEqual(await engine.update(id, outs, INPUTS), outs);
  });

  for (const change of [
    { exporter: keyOf("account", "C") },
    { importer: keyOf("account", "C") },
    { subject: "s.x" },
    { type: "service" },
    { signer: seedOf("account", "C") },
  ]) {
    it(`should be signed again in place when ${Object.keys(change).join()} changes`, async () => {
      const { id, outs } = await engine.create(INPUTS);
      const news = { ...INPUTS, ...change };
      assert.deepEqual(await engine.diff(id, outs, news), { changes: true, replaces: [] });
      const updated = await engine.update(id, outs, news);
      assert.notEqual(updated.jwt, outs.jwt);
      assert.deepEqual(await engine.diff(id, updated, news), { changes: false, replaces: [] });
    });
  }

  for (const [whose, moment] of [
    ["*", "2100-01-01T00:00:00Z"],
    [INPUTS.importer, 4_102_444_800],
  ] as const) {
    it(`should be younger than its revocation when ${whose} is revoked`, async () => {
      const { id, outs } = await engine.create(INPUTS);
      const news = { ...INPUTS, revocations: { [keyOf("account", "other")]: 5_000_000_000, [whose]: moment } };
      assert.deepEqual(await engine.diff(id, outs, news), { changes: true, replaces: [] });
      const updated = await engine.update(id, outs, news);
      assert.equal(readToken(updated.jwt).iat, 4_102_444_801);
      assert.deepEqual(await engine.diff(id, updated, news), { changes: false, replaces: [] });
    });
  }

  it("should report all problems, and no seed", async () => {
    const seed = seedOf("account", "secret");
    const { failures } = await engine.check({ exporter: seed, importer: "B", subject: "a b", type: "x", signer: "S" });
    assert.deepEqual(
      failures.map((failure) => failure.split(/[ :]/)[0]),
      ["exporter", "importer", "subject", "type", "signer"],
    );
    assert.deepEqual(failureCodes(failures).slice(0, 3), ["NA1304 exporter", "NA1302 importer", "NA1101 subject"]);
    assert.equal(failures.join().includes(seed), false);
    const unknown = { exporter: UNKNOWN, importer: UNKNOWN, subject: UNKNOWN, type: UNKNOWN, signer: UNKNOWN };
    assert.deepEqual((await engine.check(unknown)).failures, []);
  });
});

describe("the activation in an import", () => {
  const claims = new Engine(accountProvider);

  async function problemsWith(token: string, terms: object = {}): Promise<string[]> {
    const imports = [{ account: INPUTS.exporter, subject: "s.x", type: "stream", token, ...terms }];
    const account = { name: "B", publicKey: INPUTS.importer, users: {}, signer: seedOf("operator", "O"), imports };
    return (await claims.check(account)).failures;
  }

  async function tokenWith(terms: object = {}): Promise<string> {
    return (await new Engine(provider).create({ ...INPUTS, ...terms })).outs.jwt;
  }

  it("should be accepted when it is for this import, or is unknown", async () => {
    assert.deepEqual(await problemsWith(await tokenWith()), []);
    assert.deepEqual(await problemsWith(await tokenWith({ signer: seedOf("account", "signing key of A") })), []);
    assert.deepEqual(await problemsWith(UNKNOWN), []);
  });

  it("should be rejected when it is for another import", async () => {
    const tampered = (await tokenWith()).replace(/.{20}$/, "A".repeat(20));
    for (const [token, code] of [
      ["no token", "NA5035"],
      [tampered, "NA5035"],
      [await tokenWith({ importer: keyOf("account", "C") }), "NA5036"],
      [await tokenWith({ exporter: keyOf("account", "C"), signer: seedOf("account", "C") }), "NA5036"],
      [await tokenWith({ type: "service" }), "NA5036"],
      [await tokenWith({ subject: "t" }), "NA5036"],
    ] as const) {
      assert.deepEqual(failureCodes(await problemsWith(token)), [`${code} imports[0].token`]);
    }
  });
});
