import assert from "node:assert/strict";
import { hasMoreAccounts, withAccountsOf } from "../../provider/config/known-accounts";
import { operatorConfig } from "../../provider/config/operator";
import { staticConfig } from "../../provider/config/static";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { keyOf } from "../support/keys";
import { worldOf } from "../support/world";

const LISTENER = { serverName: "s", clusterName: "c", clientPort: 4222, clusterPort: 6222 };
const A: AccountDeclaration = { name: "A", exports: [{ subject: "test", type: "service" }], users: { test: {} } };
const B: AccountDeclaration = { name: "B", imports: [{ account: "A", subject: "test", type: "service" }], users: {} };

async function configs(...accounts: AccountDeclaration[]): Promise<Record<"static" | "operator", string>> {
  const { model, tokens } = await worldOf(accounts);
  return { static: staticConfig(model, LISTENER), operator: operatorConfig(model, tokens, LISTENER) };
}

describe("the accounts that a configuration makes its server know", () => {
  for (const side of ["static", "operator"] as const) {
    it(`should be more when one is added, on the ${side} side`, async () => {
      const [few, many] = [(await configs(A))[side], (await configs(A, B))[side]];
      assert.equal(hasMoreAccounts(many, few), true);
      assert.equal(hasMoreAccounts(few, many), false);
      assert.equal(hasMoreAccounts(many, many), false);
    });
  }

  it("should be added without users or anything else", async () => {
    const [present, next] = [(await configs(A)).static, (await configs(A, B)).static];
    const both = withAccountsOf(present, next) ?? "";
    assert.equal(both.replace(`  ${keyOf("account", "B")} {}\n`, ""), present);
    assert.equal(hasMoreAccounts(next, both), false);
  });

  it("should be none to add when none is new, also when one is gone", async () => {
    const [few, many] = [(await configs(A)).static, (await configs(A, B)).static];
    assert.equal(withAccountsOf(many, few), undefined);
    assert.equal(withAccountsOf(few, few), undefined);
  });

  it("should be none to add when what the server has is nothing that this package has rendered", async () => {
    assert.equal(withAccountsOf("port: 4222\n", (await configs(A)).static), undefined);
  });
});
