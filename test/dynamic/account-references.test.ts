import assert from "node:assert/strict";
import { accountClaimsProvider } from "../../provider/dynamic/account-claims";
import type { IssuedActivation } from "../../provider/model/account/reference";
import { readToken } from "../../provider/jwt/sign";
import { readTimes } from "../../provider/dynamic/life-cycle/shown-times";
import { keyOf, seedOf } from "../support/keys";
import { Deployed, Engine, failureCodes, UNKNOWN } from "../support/life-cycle";
import { ISSUED_AT } from "../support/world";

const ACCOUNT = {
  name: "A",
  publicKey: keyOf("account", "A"),
  users: { u: { publicKey: keyOf("user", "u"), signingKey: keyOf("account", "u") } },
  signer: seedOf("account", "A"),
};

const grantTo = (importer: string) => ({ importer: keyOf("account", importer), subject: "s", type: "stream" as const });

describe("the claims of an account in a stack of its own", () => {
  let now = ISSUED_AT;
  const provider = accountClaimsProvider(() => now);

  beforeEach(() => {
    now = ISSUED_AT;
  });

  it("should be signed by the account itself, but by no other account", async () => {
    const deployed = new Deployed(provider);
    await deployed.up(ACCOUNT);
    assert.equal(readToken(deployed.outs.jwt).iss, ACCOUNT.publicKey);
    const { failures } = await new Engine(provider).check({ ...ACCOUNT, signer: seedOf("account", "B") });
    assert.deepEqual(failureCodes(failures), ["NA4111 signer"]);
  });

  it("should be signed again when an operator signs them from now on, and keep their id", async () => {
    const deployed = new Deployed(provider);
    await deployed.up(ACCOUNT);
    const { id } = deployed;
    assert.equal(await deployed.up({ ...ACCOUNT, signer: seedOf("operator", "KO") }), true);
    assert.deepEqual([deployed.id, readToken(deployed.outs.jwt).iss], [id, keyOf("operator", "KO")]);
  });

  describe("with activations for accounts of other stacks", () => {
    const exports = [{ subject: "s", type: "stream" as const, importers: ["B", "C"] }];
    const granting = (grants: unknown, revocations = {}) => ({
      ...ACCOUNT,
      exports: exports.map((entry) => ({ ...entry, revocations })),
      grants,
      grantSigner: ACCOUNT.signer,
    });
    const tokens = ({ activations = [] }: { activations?: readonly IssuedActivation[] }) =>
      Object.fromEntries(activations.map(({ importer, token }) => [importer, token]));

    it("should keep each activation until it is withdrawn, whatever the order, and not sign the account again", async () => {
      const deployed = new Deployed(provider);
      await deployed.up(granting([grantTo("B")]));
      const { jwt } = deployed.outs;
      const first = tokens(deployed.outs);
      now += 60;
      await deployed.up(granting([grantTo("C"), grantTo("B")]));
      const both = tokens(deployed.outs);
      assert.equal(both[keyOf("account", "B")], first[keyOf("account", "B")]);
      const { iss, sub, iat } = readToken(both[keyOf("account", "C")] ?? "");
      assert.deepEqual([iss, sub, iat], [ACCOUNT.publicKey, keyOf("account", "C"), now]);
      assert.equal(deployed.outs.jwt, jwt);
      assert.equal(await deployed.up(granting([grantTo("B"), grantTo("C"), grantTo("B")])), false);
      await deployed.up(granting(undefined));
      assert.equal(deployed.outs.activations, undefined);
    });

    it("should sign an activation again when the export revokes it", async () => {
      const deployed = new Deployed(provider);
      await deployed.up(granting([grantTo("B")]));
      now += 60;
      await deployed.up(granting([grantTo("B")], { [keyOf("account", "B")]: ISSUED_AT }));
      const [token = ""] = Object.values(tokens(deployed.outs));
      assert.equal(readToken(token).iat, now);
      assert.equal(await deployed.up(granting([grantTo("B")], { [keyOf("account", "B")]: ISSUED_AT })), false);
    });

    it("should change in a preview that does not know the importers, and report invalid keys", async () => {
      const deployed = new Deployed(provider);
      await deployed.up(granting([grantTo("B")]));
      assert.equal((await deployed.preview(granting(UNKNOWN))).changes, true);
      const wrong = { ...granting([{ ...grantTo("B"), importer: "A" }]), grantSigner: seedOf("account", "B") };
      const { failures } = await new Engine(provider).check(wrong);
      assert.deepEqual(failureCodes(failures), ["NA1302 grants[0].importer", "NA4111 grantSigner"]);
    });
  });

  describe("that another stack remembers", () => {
    const replaced = { publicKey: keyOf("user", "old"), signingKey: keyOf("account", "old"), until: ISSUED_AT + 10 };
    const by = [{ signingKey: keyOf("account", "role"), expires: ISSUED_AT + 10 }];
    const remembered = {
      previous: { users: { u: [replaced] } },
      revoked: { [keyOf("user", "gone")]: { at: ISSUED_AT, by } },
    };
    const signer = seedOf("operator", "KO");

    it("should contain the replaced keys and revocations of that stack until they end, and no others", async () => {
      const deployed = new Deployed(provider);
      await deployed.up({ ...ACCOUNT, signer, remembered });
      assert.deepEqual(readTimes([deployed.outs.previous, deployed.outs.revoked]), Object.values(remembered));
      now += 10;
      await deployed.up({ ...ACCOUNT, signer, remembered });
      assert.deepEqual([deployed.outs.previous, deployed.outs.revoked], [{}, {}]);
      const users = { u: { ...ACCOUNT.users.u, publicKey: keyOf("user", "other"), rotation: { version: 2 } } };
      await deployed.up({ ...ACCOUNT, users, signer, remembered: { previous: {}, revoked: {} } });
      assert.deepEqual(deployed.outs.previous, {});
    });

    it("should change in a preview that does not know them", async () => {
      const deployed = new Deployed(provider);
      await deployed.up({ ...ACCOUNT, signer, remembered });
      const unknown = { ...ACCOUNT, users: UNKNOWN, roles: UNKNOWN, signer, remembered: UNKNOWN };
      assert.equal((await deployed.preview(unknown)).changes, true);
    });
  });
});
