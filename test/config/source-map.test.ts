import assert from "node:assert/strict";
import { renderOperatorConfig } from "../../provider/config/operator";
import { findOrigins } from "../../provider/config/source-map";
import { renderStaticConfig } from "../../provider/config/static";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { keyOf } from "../support/keys";
import { worldOf, type World } from "../support/world";

const LISTENER = { serverName: "s", clusterName: "c", clientPort: 4222, clusterPort: 6222 };

const ACCOUNTS: AccountDeclaration[] = [
  { name: "A", exports: [{ subject: "test", type: "service" }], users: { "odd\nname": {} } },
  {
    name: "B",
    imports: [{ account: "A", subject: "test", type: "service" }],
    users: {
      plain: {},
      test: { permissions: { publish: { allow: ["test", "other"] }, subscribe: { deny: ["other"] } } },
    },
  },
];

describe("originsOf", () => {
  let world: World;
  let config: string;

  before(async () => {
    world = await worldOf(ACCOUNTS);
    config = renderStaticConfig(world.model, LISTENER).text;
  });

  /** The number of the first line that contains a text, after a line that contains another one. */
  function lineOf(text: string, after = ""): number {
    const lines = config.split("\n");
    const start = lines.findIndex((line) => line.includes(after));
    return lines.findIndex((line, index) => index >= start && line.includes(text)) + 1;
  }

  const at = (line: number, words: string) => [`nats-server: /nats-auth/nats.conf:${line}:13: ${words}`];
  const origins = (words: readonly string[]) => findOrigins(config, "nats.conf", words);

  it("should return account, user and list when the complaint names a line of a user's permissions", () => {
    const words = at(lineOf("allow:", "# test"), 'subject "other" is not a valid subject');
    assert.deepEqual(origins(words), ['account "B", user "test", permissions, publish, allow']);
  });

  it("should return the user when the complaint names its line and quotes something else", () => {
    const words = at(lineOf("nkey:", "# plain"), 'unknown field "conn_types"');
    assert.deepEqual(origins(words), ['account "B", user "plain"']);
  });

  it("should return the import with its exporter when the complaint names all accounts and quotes its subject", () => {
    const words = at(lineOf("accounts {"), 'Error adding service import "test": service import not authorized');
    assert.deepEqual(origins(words), ['account "B", imports, service "test" from A']);
  });

  it("should return the export when the complaint is about an export", () => {
    const words = at(lineOf("accounts {"), 'Error adding service export "test": sublist: invalid subject');
    assert.deepEqual(origins(words), ['account "A", exports, service "test"']);
  });

  it("should return the user when the complaint quotes its key", () => {
    const key = keyOf("user", "B/plain");
    assert.deepEqual(origins([`nats-server: Duplicate nkey "${key}" detected`]), ['account "B", user "plain"']);
  });

  it("should return the account when its key stands in brackets", () => {
    assert.deepEqual(origins([`problem of account [${keyOf("account", "A")}]`]), ['account "A"']);
  });

  it("should return the place when the parser names a line without a file", () => {
    const words = [`nats-server: Parse error on line ${lineOf("deny:", "# test")}: 'Expected a value'`];
    assert.deepEqual(origins(words), ['account "B", user "test", permissions, subscribe, deny']);
  });

  it("should quote a name when it has more than one line", () => {
    const words = at(lineOf("nkey:", "odd"), "Not a valid public nkey for a user");
    assert.deepEqual(origins(words), ['account "A", user "odd\\nname"']);
  });

  it("should return a part once when several lines are about it", () => {
    const words = at(lineOf("allow:", "# test"), 'subject "other" is not a valid subject');
    assert.equal(origins([...words, ...words]).length, 1);
  });

  it("should return at most five parts when a subject is used everywhere", async () => {
    const users = Object.fromEntries(
      ["a", "b", "c", "d", "e", "f"].map((name) => [name, { permissions: { publish: { allow: ["x"] } } }]),
    );
    const many = renderStaticConfig((await worldOf([{ name: "A", users }])).model, LISTENER).text;
    assert.equal(findOrigins(many, "nats.conf", ['subject "x" is odd']).length, 5);
  });

  it("should return nothing when the complaint is about another file or the server's settings, or names no line", () => {
    for (const words of [
      "nats-server: /nats-auth/routes.conf:20:1: bad",
      "nats-server: /nats-auth/nats.conf:9:3: cluster name cannot contain spaces",
      "nats-server: error resolving system account: account missing",
      "nats-server: /nats-auth/nats.conf:99999:1: beyond",
    ]) {
      assert.deepEqual(origins([words]), [], words);
    }
  });

  it("should return the user when it has tags, which are a comment, too", async () => {
    const users = { u: { tags: ["a:b"], permissions: { publish: { allow: ["x"] } } } };
    const tagged = renderStaticConfig((await worldOf([{ name: "A", users }])).model, LISTENER).text;
    assert.deepEqual(findOrigins(tagged, "nats.conf", ['"x" is odd']), [
      'account "A", user "u", permissions, publish, allow',
    ]);
  });

  it("should return keys when somebody has removed the comments", () => {
    const bare = config.replace(/^ *#.*\n/gm, "");
    const key = keyOf("user", "B/plain");
    const words = [`nats-server: Duplicate nkey "${key}" detected`];
    const expected = [`account "${keyOf("account", "B")}", user "${key}"`];
    assert.deepEqual(findOrigins(bare, "nats.conf", words), expected);
  });

  it("should return the account when the operator server cannot decode its JWT", () => {
    const tokens = renderOperatorConfig(world.model, world.tokens, LISTENER).text;
    const line = tokens.split("\n").findIndex((text) => text.trim().startsWith(keyOf("account", "B"))) + 1;
    const words = [`nats-server: /nats-auth/nats.conf:${line}:3: invalid account JWT`];
    assert.deepEqual(findOrigins(tokens, "nats.conf", words), ['account "B"']);
  });
});
