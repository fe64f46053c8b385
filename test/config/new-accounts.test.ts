import assert from "node:assert/strict";
import { hasNewAccounts, addEmptyAccounts } from "../../provider/config/new-accounts";
import { renderOperatorConfig } from "../../provider/config/operator";
import { renderStaticConfig } from "../../provider/config/static";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { keyOf } from "../support/keys";
import { worldOf } from "../support/world";

const LISTENER = { serverName: "s", clusterName: "c", clientPort: 4222, clusterPort: 6222 };
const A: AccountDeclaration = { name: "A", exports: [{ subject: "test", type: "service" }], users: { test: {} } };
const B: AccountDeclaration = { name: "B", imports: [{ account: "A", subject: "test", type: "service" }], users: {} };

async function configs(...accounts: AccountDeclaration[]): Promise<Record<"static" | "operator", string>> {
  const { model, tokens } = await worldOf(accounts);
  return {
    static: renderStaticConfig(model, LISTENER).text,
    operator: renderOperatorConfig(model, tokens, LISTENER).text,
  };
}

describe("hasMoreAccounts", () => {
  for (const side of ["static", "operator"] as const) {
    it(`should be true when an account was added to the ${side} configuration`, async () => {
      const [few, many] = [(await configs(A))[side], (await configs(A, B))[side]];
      assert.equal(hasNewAccounts(many, few), true);
      assert.equal(hasNewAccounts(few, many), false);
      assert.equal(hasNewAccounts(many, many), false);
    });
  }

  it("should compare the accounts when a configuration was formatted differently by hand", async () => {
    const { static: text } = await configs(A, B);
    const edited = text.replace(/^ +/gm, "\t").replace("accounts {", "accounts: {");
    assert.deepEqual([hasNewAccounts(text, edited), hasNewAccounts(edited, text)], [false, false]);
  });

  it("should take a configuration for empty when it cannot be parsed", async () => {
    const { static: text } = await configs(A);
    assert.deepEqual([hasNewAccounts(text, "accounts {"), hasNewAccounts("accounts {", text)], [true, false]);
  });
});

describe("withAccountsOf", () => {
  it("should add the new accounts without users, exports or imports", async () => {
    const [present, next] = [(await configs(A)).static, (await configs(A, B)).static];
    const both = addEmptyAccounts(present, next) ?? "";
    assert.equal(both.replace(`  ${keyOf("account", "B")} {}\n`, ""), present);
    assert.equal(hasNewAccounts(next, both), false);
  });

  it("should add them when the present configuration was edited by hand", async () => {
    const [text, next] = [(await configs(A)).static, (await configs(A, B)).static];
    const present = text.replace("accounts {", "accounts = { # edited");
    assert.equal(hasNewAccounts(next, addEmptyAccounts(present, next) ?? ""), false);
  });

  it("should be undefined when no account is new, even if one is missing", async () => {
    const [few, many] = [(await configs(A)).static, (await configs(A, B)).static];
    assert.equal(addEmptyAccounts(many, few), undefined);
    assert.equal(addEmptyAccounts(few, few), undefined);
  });

  it("should be undefined when the present configuration has no section of accounts", async () => {
    const { static: next } = await configs(A);
    for (const present of ["", "port: 4222\n", "accounts: [A]\n", "x { A {} }\naccounts: $x\n", "accounts {"]) {
      assert.equal(addEmptyAccounts(present, next), undefined, present);
    }
  });
});
