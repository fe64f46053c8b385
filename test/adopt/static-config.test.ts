import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account, Nkey, Operator } from "../../provider";
import { readStaticConfig } from "../../provider/adopt";
import { keyOf } from "../support/keys";
import { mockEngine, valueOf } from "../support/mocks";

const CLERK = keyOf("user", "clerk");
const KEYED = keyOf("account", "keyed");

describe("readStaticConfig", () => {
  const folder = mkdtempSync(join(tmpdir(), "nats-auth-static-"));
  const file = join(folder, "nats.conf");

  before("a configuration of two files", async () => {
    await mockEngine();
    writeFileSync(join(folder, "users.conf"), `users: [ { nkey: ${CLERK}, permissions: { publish: "a.>" } } ]`);
    writeFileSync(
      file,
      `accounts {
        A { include "users.conf"; exports: [ { stream: "a.>", accounts: [${KEYED}] } ] }
        ${KEYED} { imports: [ { stream: { account: A, subject: "a.>" } } ] }
        SYS {}
      }
      system_account: SYS`,
    );
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("should return arguments that keep every key there is, and make those that there are not", async () => {
    const made: string[] = [];
    const found = readStaticConfig({
      file,
      accountKey: (name) => {
        made.push(name);
        return new Nkey(name, { kind: "account" });
      },
      names: { [CLERK]: "clerk", [KEYED]: "keyed" },
    });
    const operator = new Operator("KO", found.operator);
    const accounts = Object.entries(found.accounts).map(
      ([name, settings]) => new Account(name, { operator, ...settings }),
    );
    const models = await Promise.all(accounts.map(({ model }) => valueOf(model)));
    assert.deepEqual(found.leftOut, []);
    assert.deepEqual(made, ["A", "SYS"]);
    const [a, keyed] = models;
    assert.equal(operator.systemAccount.accountName, "SYS");
    assert.equal(keyed?.publicKey, KEYED);
    assert.deepEqual(keyed.imports, [{ account: a?.publicKey, subject: "a.>", type: "stream" }]);
    assert.deepEqual(a?.exports?.[0]?.importers, ["keyed"]);
    assert.equal(a.users.clerk?.publicKey, CLERK);
    assert.deepEqual(a.users.clerk.permissions, { publish: { allow: ["a.>"] } });
  });

  it("should not lose a user when `names` gives two of them one name", () => {
    const two = join(folder, "two.conf");
    writeFileSync(two, `accounts { ${KEYED} { users: [ { nkey: ${CLERK} }, { nkey: ${keyOf("user", "boss")} } ] } }`);
    const names = { [CLERK]: "one", [keyOf("user", "boss")]: "one" };
    const accountKey = () => assert.fail("the account has a key");
    assert.throws(() => readStaticConfig({ file: two, accountKey, names }), /names: "one" is the name of two/);
  });

  it("should say which file is not there", () => {
    const accountKey = () => assert.fail("there is no account");
    assert.throws(() => readStaticConfig({ file: join(folder, "none.conf"), accountKey }), /none\.conf cannot be read/);
  });
});
