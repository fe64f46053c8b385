import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Account, Operator, type OperatorArgs } from "../../../provider";
import { operatorClaims } from "../../../provider/jwt/claims";
import { readToken, signClaims } from "../../../provider/jwt/sign";
import { closingGates, reasonOf } from "../../support/gates";
import { keyOf, pairOf, seedOf } from "../../support/keys";
import { ofType, valueOf } from "../../support/mocks";
import { ISSUED_AT } from "../../support/world";
import { codesAndPathsIn, pathsIn } from "../reports";

/** Returns the JWT of an operator that nsc created. */
function nscOperator(name: "KO" | "STRICT"): string {
  return readFileSync(join(__dirname, "../../read/nsc/stores", name, `${name}.jwt`), "utf8");
}

const STRICT = { jwt: nscOperator("STRICT"), signer: seedOf("operator", "nsc STRICT signing") };
const PLAIN = { jwt: nscOperator("KO"), signer: seedOf("operator", "nsc KO") };

describe("an operator with an existing JWT", () => {
  closingGates();

  it("should keep its JWT unchanged, and sign accounts with the signing key that the JWT lists", async () => {
    const operator = new Operator("KO", STRICT);
    const account = new Account("A", { operator });
    assert.equal(await valueOf(operator.jwt), STRICT.jwt);
    assert.equal(await valueOf(operator.publicKey), keyOf("operator", "nsc STRICT"));
    assert.equal(readToken(await valueOf(account.jwt)).iss, keyOf("operator", "nsc STRICT signing"));
    assert.deepEqual(ofType("OperatorClaims"), []);
    assert.ok(await pulumi.isSecret(operator.signer));
  });

  it("should use the system account that its JWT names, without its seed", async () => {
    const { systemAccount } = new Operator("KO", { ...STRICT, systemAccount: { users: { sys: {} } } });
    const token = readToken(await valueOf(systemAccount.jwt));
    assert.equal(token.sub, keyOf("account", "nsc STRICT SYS"));
    assert.equal(await valueOf(systemAccount.publicKey), token.sub);
  });

  it("should sign accounts with the identity key when its JWT does not require signing keys", async () => {
    const operator = new Operator("KO", { ...PLAIN, systemAccount: { seed: seedOf("account", "nsc SYS") } });
    assert.equal(readToken(await valueOf(operator.systemAccount.jwt)).iss, keyOf("operator", "nsc KO"));
    assert.equal(await reasonOf(operator.gate), undefined);
  });

  for (const [condition, args, problems] of [
    ["the JWT is malformed", { ...STRICT, jwt: "x" }, ["NA4008 jwt"]],
    ["the JWT is not a string", { ...STRICT, jwt: 5 as unknown as string }, ["NA4008 jwt"]],
    ["the signer is missing", { jwt: STRICT.jwt }, ["NA4010 signer"]],
    ["a claim of the JWT is set as well", { ...STRICT, tags: ["a"] }, ["NA4007 tags"]],
    ["a seed is set as well", { ...STRICT, seed: seedOf("operator", "x") }, ["NA4007 seed"]],
    ["a rotation is set as well", { ...STRICT, rotation: { version: 2 } }, ["NA4007 rotation"]],
    ["the identity key is offline as well", { ...STRICT, identityKey: "offline" }, ["NA4007 identityKey"]],
    ["the JWT does not list the signer", { ...STRICT, signer: seedOf("operator", "nsc STRICT") }, ["NA4011 signer"]],
    [
      "the system account has a different key",
      { ...STRICT, systemAccount: { seed: seedOf("account", "another") } },
      ["NA4012 systemAccount"],
    ],
  ] satisfies [string, OperatorArgs, string[]][]) {
    it(`should be rejected, without showing a seed, when ${condition}`, async () => {
      const reason = await reasonOf(new Operator("KO", args).gate);
      assert.deepEqual(codesAndPathsIn(reason), problems);
      assert.doesNotMatch(reason ?? "", /SO[A-Z2-7]{20}/);
    });
  }

  it("should be rejected when the signer is not a seed", async () => {
    const reason = await reasonOf(new Operator("KO", { ...STRICT, signer: "x" }).gate);
    assert.deepEqual(pathsIn(reason), ["signer"]);
  });

  describe("as an output", () => {
    it("should have the same keys and JWT", async () => {
      const operator = new Operator("KO", { ...STRICT, jwt: pulumi.output(STRICT.jwt) });
      const { jwt, publicKey, systemAccount } = operator;
      assert.deepEqual(await valueOf(pulumi.all([jwt, publicKey, systemAccount.publicKey])), [
        STRICT.jwt,
        keyOf("operator", "nsc STRICT"),
        keyOf("account", "nsc STRICT SYS"),
      ]);
      const names = ofType("Nkey").map(({ name }) => name);
      assert.deepEqual(names.sort(), ["KO/check", "KO/signing"]);
    });

    it("should be rejected when it names no system account and the program sets no key for one", async () => {
      const terms = { name: "KO", publicKey: keyOf("operator", "e"), signingKeys: [keyOf("operator", "s")] };
      const claims = operatorClaims({ ...terms, systemAccount: "" });
      const jwt = await signClaims(claims, pairOf("operator", "e"), { issuedAt: ISSUED_AT });
      const without = { jwt: pulumi.output(jwt), signer: seedOf("operator", "s") };
      const reason = await reasonOf(new Operator("KO", without).gate);
      assert.deepEqual(codesAndPathsIn(reason), ["NA4013 jwt"]);
      const systemAccount = { publicKey: keyOf("account", "SYS") };
      assert.equal(await reasonOf(new Operator("KO2", { ...without, systemAccount }).gate), undefined);
    });
  });

  it("should be rejected when the JWT has expired", async () => {
    const terms = {
      name: "KO",
      publicKey: keyOf("operator", "e"),
      signingKeys: [],
      systemAccount: keyOf("account", "S"),
    };
    const jwt = await signClaims(operatorClaims(terms), pairOf("operator", "e"), {
      issuedAt: ISSUED_AT,
      expires: ISSUED_AT + 1,
    });
    const reason = await reasonOf(new Operator("KO", { jwt, signer: seedOf("operator", "e") }).gate);
    assert.deepEqual(codesAndPathsIn(reason), ["NA4008 jwt", "NA4011 signer"]);
  });
});

describe("an account whose seed is not managed here", () => {
  closingGates();

  it("should have its public key and its users, and no Nkey", async () => {
    const publicKey = keyOf("account", "elsewhere");
    const account = new Account("A", { operator: new Operator("KO"), publicKey, users: { u: {} } });
    const token = readToken(await valueOf(account.jwt));
    assert.deepEqual([token.sub, await valueOf(account.publicKey)], [publicKey, publicKey]);
    assert.equal(
      (readToken(await valueOf(account.users.u.jwt)).nats as { issuer_account: string }).issuer_account,
      publicKey,
    );
    assert.ok(ofType("Nkey").every(({ name }) => name.startsWith("KO/")));
  });

  it("should be rejected when the public key is invalid, or conflicts with a seed", async () => {
    const operator = new Operator("KO");
    const given = { publicKey: keyOf("user", "u"), seed: seedOf("account", "a") };
    const reason = await reasonOf(new Account("A", { operator, ...given }).gate);
    assert.match(reason ?? "", /publicKey = "U.*\n.*publicKey: .*\[NA4001\]/);
  });
});
