import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Account, Operator } from "../../provider";
import { readNscStore } from "../../provider/adopt";
import { credsText } from "../../provider/jwt/creds";
import { nscFolders } from "../adopt/nsc-folders";
import { answer, ask, by, Clients } from "../support/clients";
import { keyOf, seedOf } from "../support/keys";
import { mockEngine, valueOf } from "../support/mocks";
import { startPair, urlOf, type Pair } from "../support/pair";
import type { World } from "../support/world";

/** The accounts of an adopted operator, as both servers are told of them. */
async function worldOf(operator: Operator, accounts: readonly Account[]): Promise<World> {
  const all = [operator.systemAccount, ...accounts];
  const models = await Promise.all(all.map(({ model }) => valueOf(model)));
  const tokens = await Promise.all(
    all.map(async ({ publicKey, jwt }) => [await valueOf(publicKey), await valueOf(jwt)]),
  );
  return {
    model: {
      operator: operator.operatorName,
      systemAccount: await valueOf(operator.systemAccount.publicKey),
      accounts: models,
    },
    tokens: { operator: await valueOf(operator.jwt), accounts: Object.fromEntries(tokens) as Record<string, string> },
    logins: {},
  };
}

for (const [name, from, to] of [
  ["KO", "A/test", "A/bearer"],
  ["STRICT", "C/plain", "C/plain"],
] as const) {
  describe(`the store ${name} of a real nsc, adopted`, function () {
    this.timeout(60_000);
    const folders = nscFolders(["C lost"]);
    const clients = new Clients();
    let pair: Pair;
    let operator: Operator;
    let accounts: Account[];

    before("both servers of the adopted program", async () => {
      await mockEngine();
      const store = readNscStore({ store: folders.store(name), keystore: folders.keystore });
      operator = new Operator(name, store.operator);
      accounts = Object.entries(store.accounts).map(([own, settings]) => new Account(own, { operator, ...settings }));
      pair = await startPair(await worldOf(operator, accounts));
    });

    after(async () => {
      await clients.close();
      pair.stop();
    });

    it("should keep the operator's JWT to the byte, and every account's key", async () => {
      assert.equal(await valueOf(operator.jwt), readFileSync(join(folders.store(name), `${name}.jwt`), "utf8"));
      const keys = await Promise.all(accounts.map(({ publicKey }) => valueOf(publicKey)));
      assert.deepEqual(
        keys,
        accounts.map(({ accountName }) => keyOf("account", `nsc ${accountName}`)),
      );
    });

    it("should let users in with the seeds and the creds that they had before, on either side of the bridge", async () => {
      const seed = seedOf("user", `nsc ${from}`);
      const service = await clients.connect(urlOf(pair, "static"), by.seed(seed));
      const [account = "", user = ""] = to.split("/");
      const jwt = readFileSync(join(folders.store(name), "accounts", account, "users", `${user}.jwt`), "utf8");
      const creds = credsText(jwt, seedOf("user", `nsc ${to}`));
      const client = await clients.connect(urlOf(pair, "operator"), by.creds(creds));
      const subject = name === "KO" ? "test" : "c.test";
      await answer(service, subject, "answered");
      assert.equal(await ask(client, subject), "answered");
    });
  });
}
