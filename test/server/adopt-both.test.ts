import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Account, Nkey, Operator } from "../../provider";
import { mergeAdopted, readNscStore, readStaticConfig, Unreadable, type Adopted } from "../../provider/adopt";
import { nscCreds, nscFolders } from "../adopt/nsc-folders";
import { adoptedWorld } from "../support/adopted-world";
import { answer, ask, by, Clients } from "../support/clients";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf, seedOf } from "../support/keys";
import { mockEngine } from "../support/mocks";
import { startPair, urlOf, type Pair } from "../support/pair";

const account = (name: string) => keyOf("account", `nsc ${name}`);
const nkey = (label: string) => `nkey: ${keyOf("user", label)}`;

/** The file of the mixed setup: accounts and users of the store by public keys, an account and a user of its own. */
const MIXED = `
  jetstream: enabled
  accounts {
    ${account("A")} {
      limits { max_connections: 100, max_payload: 65536 }
      exports: [
        { stream: "private.>", accounts: [ ${account("B")} ] }
        { service: "slow.*", response: stream, threshold: 5s }
        { service: test, latency: { sampling: 100%, subject: latency.on.test } }
      ]
      users: [
        { ${nkey("nsc A/test")}, permissions {
          publish: { allow: [ "test.>", "_INBOX.>", "_R_.>" ] }
          subscribe: { allow: [ test, "test.> workers", "_INBOX.>" ], deny: test.secret } } }
        { ${nkey("own")} }
      ]
    }
    ${account("B")} {
      jetstream { max_memory: 1048576, max_file: 1073741824, max_streams: 10, max_consumers: 50, max_bytes_required: true }
      imports: [
        { stream: { account: ${account("A")}, subject: "private.>" }, to: "from.a.>" }
        { service: { account: ${account("A")}, subject: test } }
      ]
    }
    OWN { imports: [ { service: { account: ${account("A")}, subject: test } } ], users: [ { ${nkey("other")} } ] }
    ${account("SYS")} { users: [ { ${nkey("nsc SYS/sys")} } ] }
  }
  system_account: ${account("SYS")}`;

/** Users who only one of both has. */
const ONE_SIDED = [
  ...["answers", "narrow", "bearer", "gone"].map((name) => `accounts.A.users.${name}`),
  "accounts.B.users.test",
  `accounts.A.users.${keyOf("user", "own")}`,
  "accounts.OWN",
];

/** What the store's B has, and the file's does not. */
const OF_B = { "accounts.B.mappings": "B has no static clients.", "accounts.B.trace": "B has no static clients." };

describe("adopting an nsc store and the static configuration of its mixed setup", function () {
  this.timeout(60_000);
  const folders = nscFolders();
  const clients = new Clients();
  const stops: (() => void)[] = [];

  beforeEach(mockEngine);

  afterEach(async () => {
    await clients.close();
    stops.splice(0).forEach((stop) => {
      stop();
    });
  });

  function merge(text: string, accept?: Readonly<Record<string, string>>): Adopted {
    const file = join(folders.root, "nats.conf");
    writeFileSync(file, text);
    const store = readNscStore({ store: folders.store("KO"), keystore: folders.keystore });
    return mergeAdopted(
      store,
      readStaticConfig({ file, accountKey: (name) => new Nkey(name, { kind: "account" }) }),
      accept,
    );
  }

  async function deploy({ operator: args, accounts: settings }: Adopted): Promise<Pair> {
    const operator = new Operator("KO", args);
    const accounts = Object.entries(settings).map(([name, own]) => new Account(name, { operator, ...own }));
    const pair = await startPair(await adoptedWorld(operator, accounts), { jetstream: {} });
    stops.push(() => {
      pair.stop();
    });
    return pair;
  }

  function conflictsOf(text: string): string[] {
    try {
      merge(text);
    } catch (error) {
      assert.ok(error instanceof Unreadable);
      assert.ok(pulumi.RunError.isInstance(error));
      return codesAndPaths(error.diagnostics);
    }
    return [];
  }

  it("should adopt the same accounts and users once", async () => {
    const merged = merge(MIXED, OF_B);
    assert.deepEqual(Object.keys(merged.accounts), ["A", "B", "OWN"]);
    assert.equal(merged.operator.systemAccount?.name, "SYS");
    assert.deepEqual(
      codesAndPaths(merged.leftOut)
        .filter((found) => found.startsWith("NA307"))
        .sort(),
      [...Object.keys(OF_B).map((path) => `NA3074 ${path}`), ...ONE_SIDED.map((path) => `NA3077 ${path}`)].sort(),
    );
    const pair = await deploy(merged);
    const [service, own, other, bearer] = await Promise.all([
      clients.connect(urlOf(pair, "static"), by.seed(seedOf("user", "nsc A/test"))),
      clients.connect(urlOf(pair, "static"), by.seed(seedOf("user", "own"))),
      clients.connect(urlOf(pair, "static"), by.seed(seedOf("user", "other"))),
      clients.connect(urlOf(pair, "operator"), by.creds(nscCreds("KO", "A/test"))),
    ]);
    await answer(service, "test", "answered");
    for (const client of [own, other]) {
      assert.equal(await ask(client, "test"), "answered");
    }
    assert.ok(!bearer.isClosed());
    const system = await clients.connect(urlOf(pair, "static"), by.seed(seedOf("user", "nsc SYS/sys")));
    assert.match(await ask(system, "$SYS.REQ.SERVER.PING"), /"server"/);
  });

  it("should leave out an import of an export that only the configuration has", async () => {
    const own = `{ service: { account: ${account("A")}, subject: test } }`;
    const text = MIXED.replace("exports: [", "exports: [ { service: extra },").replace(
      `OWN { imports: [ ${own}`,
      `OWN { imports: [ { service: { account: ${account("A")}, subject: extra } }, ${own}`,
    );
    const merged = merge(text, OF_B);
    assert.deepEqual(
      codesAndPaths(merged.leftOut).filter((found) => /^NA307[38]/.test(found)),
      ['NA3073 accounts.A.exports["service extra"]', "NA3078 accounts.OWN.imports[0].subject"],
    );
    const pair = await deploy(merged);
    const [service, other] = await Promise.all([
      clients.connect(urlOf(pair, "static"), by.seed(seedOf("user", "nsc A/test"))),
      clients.connect(urlOf(pair, "static"), by.seed(seedOf("user", "other"))),
    ]);
    await answer(service, "test", "answered");
    assert.equal(await ask(other, "test"), "answered");
  });

  it("should require every restriction of the configuration alone to be accepted", () => {
    const text = MIXED.replace("max_payload: 65536", "max_payload: 100").replace("deny: test.secret", 'deny: "test.>"');
    const gaps = ["accounts.A.users.test.permissions", "accounts.A.limits.payload", ...Object.keys(OF_B)];
    assert.deepEqual(
      conflictsOf(text),
      gaps.map((gap) => `NA3074 ${gap}`),
    );
    const accepted = merge(text, Object.fromEntries(gaps.map((gap) => [gap, "A test."])));
    assert.deepEqual(
      accepted.leftOut.filter(({ code }) => code === "NA3074").map(({ path }) => path),
      gaps,
    );
  });

  it("should name what the store restricts alone", () => {
    const text = MIXED.replace("max_payload: 65536", "").replace("OWN { imports", "OWN { jetstream: enabled, imports");
    assert.deepEqual(
      codesAndPaths(merge(text, OF_B).leftOut).filter((found) => found.startsWith("NA3073")),
      ["NA3073 accounts.A.limits.payload"],
    );
  });

  for (const [what, text, expected] of [
    ["different accounts of one name", `accounts { A { users: [ { ${nkey("own")} } ] } }`, "NA3075 accounts.A"],
    [
      "a user of two accounts",
      `accounts { OTHER { users: [ { ${nkey("nsc A/test")} } ] } }`,
      `NA3075 accounts.OTHER.users.${keyOf("user", "nsc A/test")}`,
    ],
    [
      "a system account that is an ordinary account",
      `accounts { ${account("A")} { users: [ { ${nkey("own")} } ] } }, system_account: ${account("A")}`,
      `NA3075 accounts.${account("A")}`,
    ],
  ] as const) {
    it(`should reject ${what}`, () => {
      assert.deepEqual(conflictsOf(text), [expected]);
    });
  }

  it("should use the store's system account for the users of the file's", () => {
    const merged = merge(`accounts { SYS { users: [ { ${nkey("own")} } ] } }, system_account: SYS`);
    assert.deepEqual(
      Object.keys(merged.operator.systemAccount?.users ?? {}).sort(),
      [keyOf("user", "own"), "sys"].sort(),
    );
    assert.ok(codesAndPaths(merged.leftOut).includes("NA3073 accounts.SYS"));
  });
});
