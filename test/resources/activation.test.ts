import assert from "node:assert/strict";
import { readToken } from "../../provider/jwt/sign";
import { provider as accountProvider } from "../../provider/resources/account-claims";
import { provider } from "../../provider/resources/activation";
import { keyOf, seedOf } from "../support/keys";
import { Engine, UNKNOWN } from "../support/life-cycle";

const INPUTS = {
  exporter: keyOf("account", "A"),
  importer: keyOf("account", "B"),
  subject: "s.>",
  type: "stream",
  signer: seedOf("account", "A"),
};

describe("an activation, as a resource", () => {
  const engine = new Engine(provider);

  it("should say who may import what, and be signed by the exporting account", async () => {
    const { outs } = await engine.create(INPUTS);
    const { iss, sub, name, nats } = readToken(outs.jwt);
    assert.deepEqual([iss, sub, name, outs.issuer], [INPUTS.exporter, INPUTS.importer, "s.>", INPUTS.exporter]);
    assert.deepEqual(nats, { subject: "s.>", kind: "stream", type: "activation", version: 2 });
  });

  it("should say whose it is when a signing key signs it", async () => {
    const { outs } = await engine.create({ ...INPUTS, signer: seedOf("account", "signing key of A") });
    const { iss, nats } = readToken(outs.jwt);
    assert.equal(iss, keyOf("account", "signing key of A"));
    assert.equal(nats.issuer_account, INPUTS.exporter);
  });

  it("should stay the same, to the byte, when nothing changes, or something is not known yet", async () => {
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
    it(`should be signed again in place when there is another ${Object.keys(change).join()}`, async () => {
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

  it("should report everything that is wrong, and no seed", async () => {
    const seed = seedOf("account", "secret");
    const { failures } = await engine.check({ exporter: seed, importer: "B", subject: "a b", type: "x", signer: "S" });
    assert.deepEqual(
      failures.map((failure) => failure.split(/[ :]/)[0]),
      ["exporter", "importer", "subject", "type", "signer"],
    );
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

  it("should be accepted when it is for just this import, or is not known yet", async () => {
    assert.deepEqual(await problemsWith(await tokenWith()), []);
    assert.deepEqual(await problemsWith(await tokenWith({ signer: seedOf("account", "signing key of A") })), []);
    assert.deepEqual(await problemsWith(UNKNOWN), []);
  });

  it("should be refused when it is for something else", async () => {
    const tampered = (await tokenWith()).replace(/.{20}$/, "A".repeat(20));
    for (const [token, expected] of [
      ["no token", /^imports\[0\]\.token: is no activation/],
      [tampered, /its signature is not that of the key that it names/],
      [await tokenWith({ importer: keyOf("account", "C") }), /^imports\[0\]\.token: is for another account/],
      [
        await tokenWith({ exporter: keyOf("account", "C"), signer: seedOf("account", "C") }),
        /^imports\[0\]\.token: is not of the account that is imported from/,
      ],
      [await tokenWith({ type: "service" }), /^imports\[0\]\.token: is for a service, not for a stream/],
      [await tokenWith({ subject: "t" }), /^imports\[0\]\.token: is for "t", which the imported subject is not inside/],
    ] as const) {
      const said = await problemsWith(token);
      assert.equal(said.length, 1);
      assert.match(said[0] ?? "", expected);
    }
  });
});
