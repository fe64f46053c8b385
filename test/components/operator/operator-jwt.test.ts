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

/** The JWT of an operator that a real nsc made. */
function nscOperator(name: "KO" | "STRICT"): string {
  return readFileSync(join(__dirname, "../../read/nsc/stores", name, `${name}.jwt`), "utf8");
}

const STRICT = { jwt: nscOperator("STRICT"), signer: seedOf("operator", "nsc STRICT signing") };
const PLAIN = { jwt: nscOperator("KO"), signer: seedOf("operator", "nsc KO") };

describe("an operator whose key stays elsewhere", () => {
  closingGates();

  it("should keep its JWT to the byte, and have accounts signed by the key that the JWT lists", async () => {
    const operator = new Operator("KO", STRICT);
    const account = new Account("A", { operator });
    assert.equal(await valueOf(operator.jwt), STRICT.jwt);
    assert.equal(await valueOf(operator.publicKey), keyOf("operator", "nsc STRICT"));
    assert.equal(readToken(await valueOf(account.jwt)).iss, keyOf("operator", "nsc STRICT signing"));
    assert.deepEqual(ofType("OperatorClaims"), []);
    assert.ok(await pulumi.isSecret(operator.signer));
  });

  it("should have the system account that its JWT names, whose seed nobody needs", async () => {
    const { systemAccount } = new Operator("KO", { ...STRICT, systemAccount: { users: { sys: {} } } });
    const token = readToken(await valueOf(systemAccount.jwt));
    assert.equal(token.sub, keyOf("account", "nsc STRICT SYS"));
    assert.equal(await valueOf(systemAccount.publicKey), token.sub);
  });

  it("should sign accounts by its own key when its JWT does not ask for signing keys", async () => {
    const operator = new Operator("KO", { ...PLAIN, systemAccount: { seed: seedOf("account", "nsc SYS") } });
    assert.equal(readToken(await valueOf(operator.systemAccount.jwt)).iss, keyOf("operator", "nsc KO"));
    assert.equal(await reasonOf(operator.gate), undefined);
  });

  for (const [what, args, problem] of [
    ["the JWT is none", { ...STRICT, jwt: "x" }, /jwt: is no JWT of an operator: it is no JWT: three parts/],
    [
      "the JWT is no text",
      { ...STRICT, jwt: 5 as unknown as string },
      /jwt: is no JWT of an operator: it is not a text/,
    ],
    ["nobody signs accounts", { jwt: STRICT.jwt }, /signer: is missing: nobody could sign accounts/],
    ["what it tells stands beside", { ...STRICT, tags: ["a"] }, /tags: stands beside a JWT, which says itself/],
    ["a seed stands beside", { ...STRICT, seed: seedOf("operator", "x") }, /seed: stands beside a JWT, which stays as/],
    ["the signer is no seed", { ...STRICT, signer: "x" }, /signer = \(secret\): is not a seed/],
    [
      "the JWT does not list the signer",
      { ...STRICT, signer: seedOf("operator", "nsc STRICT") },
      new RegExp(
        `signer = \\(secret\\): is the seed of ${keyOf("operator", "nsc STRICT")}, ` +
          `and servers trust accounts signed by ${keyOf("operator", "nsc STRICT signing")}. Give`,
      ),
    ],
    [
      "the system account is another one",
      { ...STRICT, systemAccount: { seed: seedOf("account", "another") } },
      new RegExp(`systemAccount: has the key "${keyOf("account", "another")}", and the operator's JWT names`),
    ],
  ] satisfies [string, OperatorArgs, RegExp][]) {
    it(`should say so, and no seed, when ${what}`, async () => {
      const reason = await reasonOf(new Operator("KO", args).gate);
      assert.match(reason ?? "", problem);
      assert.doesNotMatch(reason ?? "", /SO[A-Z2-7]{20}/);
    });
  }

  it("should say so when the JWT has expired", async () => {
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
    assert.match(reason ?? "", /jwt: has expired\. Have it signed again where its key is\./);
  });
});

describe("an account whose seed stays elsewhere", () => {
  closingGates();

  it("should have its public key and its users, and no key in the state", async () => {
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

  it("should say so when the key is none, or not the only one", async () => {
    const operator = new Operator("KO");
    const given = { publicKey: keyOf("user", "u"), seed: seedOf("account", "a") };
    const reason = await reasonOf(new Account("A", { operator, ...given }).gate);
    assert.match(reason ?? "", /publicKey = "U.*": is the key of another kind \(user\)/);
    assert.match(reason ?? "", /publicKey: stands beside another key of the account/);
  });
});
