import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Account, Operator } from "../../provider";
import { readNscStore } from "../../provider/adopt";
import { formatCreds } from "../../provider/jwt/sign";
import { nscFolders } from "../adopt/nsc-folders";
import { adoptedWorld } from "../support/adopted-world";
import { answer, ask, by, Clients } from "../support/clients";
import { keyOf, seedOf } from "../support/keys";
import { mockEngine, valueOf } from "../support/mocks";
import { startPair, urlOf, type Pair } from "../support/pair";

for (const [name, from, to] of [
  ["KO", "A/test", "A/bearer"],
  ["STRICT", "C/plain", "C/plain"],
] as const) {
  describe(`adopting the nsc store ${name}`, function () {
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
      pair = await startPair(await adoptedWorld(operator, accounts));
    });

    after(async () => {
      await clients.close();
      pair.stop();
    });

    it("should keep the operator's JWT and every account's key unchanged", async () => {
      assert.equal(await valueOf(operator.jwt), readFileSync(join(folders.store(name), `${name}.jwt`), "utf8"));
      const keys = await Promise.all(accounts.map(({ publicKey }) => valueOf(publicKey)));
      assert.deepEqual(
        keys,
        accounts.map(({ accountName }) => keyOf("account", `nsc ${accountName}`)),
      );
    });

    it("should accept the users' existing seeds and creds on both servers", async () => {
      const seed = seedOf("user", `nsc ${from}`);
      const service = await clients.connect(urlOf(pair, "static"), by.seed(seed));
      const [account = "", user = ""] = to.split("/");
      const jwt = readFileSync(join(folders.store(name), "accounts", account, "users", `${user}.jwt`), "utf8");
      const creds = formatCreds(jwt, seedOf("user", `nsc ${to}`));
      const client = await clients.connect(urlOf(pair, "operator"), by.creds(creds));
      const subject = name === "KO" ? "test" : "c.test";
      await answer(service, subject, "answered");
      assert.equal(await ask(client, subject), "answered");
    });
  });
}
