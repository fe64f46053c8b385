import assert from "node:assert/strict";
import { operatorConfig } from "../../provider/config/operator";
import { originsOf } from "../../provider/config/origins";
import { staticConfig } from "../../provider/config/static";
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

describe("which part of the program a server's words come from", () => {
  let world: World;
  let config: string;

  before(async () => {
    world = await worldOf(ACCOUNTS);
    config = staticConfig(world.model, LISTENER);
  });

  /** The number of the first line that contains a text, after a line that contains another one. */
  function lineOf(text: string, after = ""): number {
    const lines = config.split("\n");
    const start = lines.findIndex((line) => line.includes(after));
    return lines.findIndex((line, index) => index >= start && line.includes(text)) + 1;
  }

  const at = (line: number, words: string) => [`nats-server: /nats-auth/nats.conf:${line}:13: ${words}`];
  const origins = (words: readonly string[]) => originsOf(config, "nats.conf", words);

  it("should be the account, the user and the list when the words name a line of a user's permissions", () => {
    const words = at(lineOf("allow:", "# test"), 'subject "other" is not a valid subject');
    assert.deepEqual(origins(words), ['account "B", user "test", permissions, publish, allow']);
  });

  it("should be the user when the words name its line and quote what stands nowhere", () => {
    const words = at(lineOf("nkey:", "# plain"), 'unknown field "conn_types"');
    assert.deepEqual(origins(words), ['account "B", user "plain"']);
  });

  it("should be the import, with its account's name, when the words name all accounts and quote its subject", () => {
    const [origin = "", ...others] = origins(
      at(lineOf("accounts {"), 'Error adding service import "test": service import not authorized'),
    );
    assert.deepEqual(others, []);
    assert.match(origin, /^account "B", imports, \{ service: .* subject: "test" .*\} from A$/);
  });

  it("should be the export when the words speak of an export", () => {
    const words = at(lineOf("accounts {"), 'Error adding service export "test": sublist: invalid subject');
    assert.deepEqual(origins(words), ['account "A", exports, { service: "test" }']);
  });

  it("should be the user of a key when the words quote the key", () => {
    const key = keyOf("user", "B/plain");
    assert.deepEqual(origins([`nats-server: Duplicate nkey "${key}" detected`]), ['account "B", user "plain"']);
  });

  it("should be the account of a key when the words have the key between other signs", () => {
    assert.deepEqual(origins([`problem of account [${keyOf("account", "A")}]`]), ['account "A"']);
  });

  it("should be the place that the parser names when it is no sentence about a file", () => {
    const words = [`nats-server: Parse error on line ${lineOf("deny:", "# test")}: 'Expected a value'`];
    assert.deepEqual(origins(words), ['account "B", user "test", permissions, subscribe, deny']);
  });

  it("should be one line, quoted, when a name has more than one", () => {
    const words = at(lineOf("nkey:", "odd"), "Not a valid public nkey for a user");
    assert.deepEqual(origins(words), ['account "A", user "odd\\nname"']);
  });

  it("should be told once when several words come from one part", () => {
    const words = at(lineOf("allow:", "# test"), 'subject "other" is not a valid subject');
    assert.equal(origins([...words, ...words]).length, 1);
  });

  it("should be five parts at most when a key stands everywhere", async () => {
    const users = Object.fromEntries(
      ["a", "b", "c", "d", "e", "f"].map((name) => [name, { permissions: { publish: { allow: ["x"] } } }]),
    );
    const many = staticConfig((await worldOf([{ name: "A", users }])).model, LISTENER);
    assert.equal(originsOf(many, "nats.conf", ['subject "x" is odd']).length, 5);
  });

  it("should be nothing when the words are of another file, of the servers' settings, or tell nothing", () => {
    for (const words of [
      "nats-server: /nats-auth/routes.conf:20:1: bad",
      "nats-server: /nats-auth/nats.conf:9:3: cluster name cannot contain spaces",
      "nats-server: error resolving system account: account missing",
      "nats-server: /nats-auth/nats.conf:99999:1: beyond",
    ]) {
      assert.deepEqual(origins([words]), [], words);
    }
  });

  it("should be the account when the operator server cannot read its JWT", () => {
    const tokens = operatorConfig(world.model, world.tokens, LISTENER);
    const line = tokens.split("\n").findIndex((text) => text.trim().startsWith(keyOf("account", "B"))) + 1;
    const words = [`nats-server: /nats-auth/nats.conf:${line}:3: invalid account JWT`];
    assert.deepEqual(originsOf(tokens, "nats.conf", words), ['account "B"']);
  });
});
