import assert from "node:assert/strict";
import { accountClaims, operatorClaims, scopedUserClaims } from "../../provider/jwt/claims";
import { signClaims } from "../../provider/jwt/sign";
import { normalizeAccount } from "../../provider/model/account/account";
import { readAccount } from "../../provider/read/claims/account";
import { readUser } from "../../provider/read/claims/user";
import { readOperator } from "../../provider/read/operator";
import { EVERYTHING, INFO } from "../parity/everything";
import { pairOf } from "../support/keys";
import { ISSUED_AT, worldOf, type World } from "../support/world";

const when = { issuedAt: ISSUED_AT };

describe("the JWTs of a model with every claim", () => {
  let world: World;

  before(async () => {
    world = await worldOf(EVERYTHING.accounts, {}, INFO);
  });

  it("should stay the same when they are read and signed again", async () => {
    const { tokens, logins, model } = world;
    for (const { name, publicKey } of model.accounts) {
      const jwt = tokens.accounts[publicKey] ?? "";
      const { account, leftOut } = readAccount(jwt, name);
      assert.deepEqual(leftOut, []);
      const again = await signClaims(accountClaims(normalizeAccount(account)), pairOf("operator", "KO signing"), when);
      assert.equal(again, jwt, name);
    }
    const { systemAccount = "", ...read } = readOperator(tokens.operator, "the operator");
    const claims = operatorClaims({ name: "", ...read, systemAccount });
    assert.equal(await signClaims(claims, pairOf("operator", "KO"), when), tokens.operator);
    for (const [label, { jwt }] of Object.entries(logins)) {
      const user = readUser(jwt, label);
      const role = label === "A/shop" ? "A role reader" : label;
      const again = await signClaims(scopedUserClaims({ name: "", ...user }), pairOf("account", role), when);
      assert.equal(again, jwt, label);
    }
  });
});
