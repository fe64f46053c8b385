import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Account, Nkey, Operator } from "../../provider";
import { readStaticConfig, Unreadable, type StaticConfigArgs } from "../../provider/adopt";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf } from "../support/keys";
import { temporaryFolder } from "../support/local-server";
import { mockEngine, valueOf } from "../support/mocks";

const CLERK = keyOf("user", "clerk");
const KEYED = keyOf("account", "keyed");

describe("readStaticConfig", () => {
  let folder: string;
  let file: string;

  before("a configuration of two files", async () => {
    await mockEngine();
    folder = temporaryFolder("static");
    file = join(folder, "nats.conf");
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

  it("should keep existing keys, and create the missing ones", async () => {
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

  it("should reject a name that `names` gives to two users", () => {
    const two = join(folder, "two.conf");
    writeFileSync(two, `accounts { ${KEYED} { users: [ { nkey: ${CLERK} }, { nkey: ${keyOf("user", "boss")} } ] } }`);
    const names = { [CLERK]: "one", [keyOf("user", "boss")]: "one" };
    const accountKey = () => assert.fail("the account has a key");
    assert.throws(() => readStaticConfig({ file: two, accountKey, names }), {
      name: "Unreadable",
      code: "NA3016",
      origin: "names",
    });
  });

  for (const [what, args, expected] of [
    ["an accepted gap without a string", { accept: { a: true, b: 2026 } }, ["NA3065 accept.a", "NA3065 accept.b"]],
    ["no acceptances", { accept: null }, ["NA3065 accept"]],
    ["no names", { names: null }, ["NA3013 names"]],
    ["a list of names", { names: ["a"] }, ["NA3013 names"]],
    ["a name that is a number", { names: { [CLERK]: 1 } }, [`NA3013 names.${CLERK}`]],
    ["a name of nothing", { names: { [CLERK]: "c", B: "b" } }, ["NA3017 names.B"]],
    ["a variable that is a number", { environment: { PORT: 4222 } }, ["NA3013 environment.PORT"]],
  ] as const) {
    it(`should reject ${what}`, () => {
      const accountKey = (name: string) => new Nkey(name, { kind: "account" });
      const wrong = args as unknown as Partial<StaticConfigArgs>;
      assert.throws(
        () => readStaticConfig({ file, accountKey, ...wrong }),
        (error) => {
          assert.ok(error instanceof Unreadable);
          assert.deepEqual(codesAndPaths(error.diagnostics), expected);
          return true;
        },
      );
    });
  }

  it("should name a file that does not exist", () => {
    const accountKey = () => assert.fail("there is no account");
    const missing = join(folder, "none.conf");
    assert.throws(() => readStaticConfig({ file: missing, accountKey }), { code: "NA3005", origin: missing });
  });
});
