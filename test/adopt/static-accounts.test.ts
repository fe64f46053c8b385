import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Account, Nkey, Operator } from "../../provider";
import { readStaticConfig, type Adopted, type StaticConfigArgs } from "../../provider/adopt";
import type { Account as AccountModel } from "../../provider/model/account/account";
import { clusterDiagnostics } from "../../provider/model/cluster/cluster";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf } from "../support/keys";
import { temporaryFolder } from "../support/local-server";
import { mockEngine, valueOf } from "../support/mocks";

const [U, V] = [keyOf("user", "a"), keyOf("user", "b")];
const [A, B] = [keyOf("account", "A"), keyOf("account", "B")];

/** The claims of a JWT that this test reads. */
interface Claims {
  readonly iss: string;
  readonly nats: {
    readonly imports?: readonly { readonly subject: string; readonly token: string }[];
    readonly issuer_account?: string;
  };
}

function claimsOf(jwt: string): Claims {
  return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString()) as Claims;
}

describe("adopting the accounts of a static configuration", () => {
  let folder: string;

  before(() => {
    folder = temporaryFolder("accounts");
  });

  beforeEach(mockEngine);

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function adopt(text: string, args: Partial<StaticConfigArgs> = {}): Adopted {
    const file = join(folder, "nats.conf");
    writeFileSync(file, text);
    return readStaticConfig({ file, accountKey: (name) => new Nkey(name, { kind: "account" }), ...args });
  }

  /** Returns adopted accounts by name, and verifies that they fit together. */
  async function accountsOf(found: Adopted): Promise<Record<string, Account>> {
    const operator = new Operator("KO", found.operator);
    const accounts = Object.entries(found.accounts).map(
      ([name, settings]) => new Account(name, { operator, ...settings }),
    );
    const all = [operator.systemAccount, ...accounts];
    const declarations = await Promise.all(all.map(({ declaration }) => valueOf(declaration)));
    assert.deepEqual(codesAndPaths(clusterDiagnostics(declarations)), []);
    return Object.fromEntries(all.map((account) => [account.accountName, account]));
  }

  /** Returns the models of adopted accounts by name. */
  async function modelsOf(found: Adopted): Promise<Record<string, AccountModel>> {
    const accounts = await accountsOf(found);
    const models = Object.values(accounts).map(({ model }) => valueOf(model));
    return Object.fromEntries((await Promise.all(models)).map((model) => [model.name, model]));
  }

  it("should adopt $SYS as the system account when the configuration names no other", () => {
    const found = adopt(`accounts { $SYS { users: [ { nkey: ${U} } ] }, A { users: [ { nkey: ${V} } ] } }`);
    assert.equal(found.operator.systemAccount?.name, "$SYS");
    assert.deepEqual(Object.keys(found.operator.systemAccount.users ?? {}), [U]);
    assert.deepEqual(Object.keys(found.accounts), ["A"]);
  });

  it("should give the operator's system account another name when an ordinary account is called SYS", async () => {
    const found = adopt(`accounts { SYS { users: [ { nkey: ${U} } ] }, A {} }`);
    assert.deepEqual(Object.keys(await modelsOf(found)).sort(), ["$SYS", "A", "SYS"]);
    const renamed = adopt(`accounts { SYS { users: [ { nkey: ${U} } ] }, A {} }`, { names: { SYS: "LEGACY" } });
    assert.deepEqual(renamed.operator, {});
    assert.deepEqual(Object.keys(renamed.accounts), ["LEGACY", "A"]);
  });

  it("should sign activations for accounts with a key of their own, without its seed", async () => {
    const found = adopt(`accounts {
      A {
        nkey: ${A}, users: [ { nkey: ${U} } ]
        exports: [ { stream: "x.>", accounts: [${B}, C] }, { service: y, accounts: [C] }, { stream: z } ]
      }
      ${B} { imports: [ { stream: { account: A, subject: "x.>" } }, { stream: { account: A, subject: z } } ] }
      C { imports: [ { service: { account: A, subject: y } } ] }
    }`);
    const { A: a, [B]: b, C: c } = await accountsOf(found);
    const [role, ...others] = Object.values((a && (await valueOf(a.model)).roles) ?? {});
    assert.deepEqual(others, []);
    assert.deepEqual(role?.permissions, { publish: { deny: [">"] }, subscribe: { deny: [">"] } });
    const importers = await Promise.all(
      [b, c].map(async (account) => claimsOf((account && (await valueOf(account.jwt))) ?? "")),
    );
    const issuers = importers
      .flatMap(({ nats }) => nats.imports ?? [])
      .filter(({ subject }) => subject !== "z")
      .map(({ token }) => [claimsOf(token).iss, claimsOf(token).nats.issuer_account]);
    assert.deepEqual(issuers, [
      [role.signingKey, A],
      [role.signingKey, A],
    ]);
  });

  it("should create no key for accounts with a key of their own and public exports", () => {
    const accountKey = () => assert.fail("no key is needed");
    adopt(
      `accounts { ${A} { exports: [ { stream: x }, { stream: y, accounts: [${B}] } ] }, ${B} { imports: [ { stream: { account: ${A}, subject: x } } ] } }`,
      { accountKey },
    );
  });

  it("should replace names of accounts in subjects by their keys, and keep the subjects of importing clients", async () => {
    const found = adopt(`
      system_account: SYS
      accounts {
        SYS {
          exports: [ { stream: "$SYS.ACCOUNT.PNM.>", accounts: [PNM] }, { service: "$SYS.REQ.ACCOUNT.PNM.CONNZ", accounts: [PNM] } ]
          mappings { "$SYS.REQ.ACCOUNT.PNM.A": "$SYS.REQ.ACCOUNT.PNM.CONNZ" }
          users: [ { nkey: ${U}, permissions: { publish: "$SYS.REQ.ACCOUNT.PNM.>", subscribe: { deny: "$SYS.ACCOUNT.${A}.> q" } } } ]
        }
        PNM {
          imports: [ { stream: { account: SYS, subject: "$SYS.ACCOUNT.PNM.>" } }, { service: { account: SYS, subject: "$SYS.REQ.ACCOUNT.PNM.CONNZ" }, to: conns } ]
          users: [ { nkey: ${V}, permissions: { subscribe: "$SYS.ACCOUNT.PNM.>" } } ]
        }
        ${A} {}
      }`);
    const { SYS: sys, PNM: pnm } = await modelsOf(found);
    const key = pnm?.publicKey ?? "";
    assert.deepEqual(
      sys?.exports?.map(({ subject }) => subject),
      [`$SYS.ACCOUNT.${key}.>`, `$SYS.REQ.ACCOUNT.${key}.CONNZ`],
    );
    assert.deepEqual(sys.mappings, {
      [`$SYS.REQ.ACCOUNT.${key}.A`]: [{ subject: `$SYS.REQ.ACCOUNT.${key}.CONNZ` }],
    });
    assert.deepEqual(sys.users[U]?.permissions, {
      publish: { allow: [`$SYS.REQ.ACCOUNT.${key}.>`] },
      subscribe: { deny: [`$SYS.ACCOUNT.${A}.> q`] },
    });
    assert.deepEqual(
      pnm?.imports?.map(({ subject, localSubject }) => [subject, localSubject]),
      [
        [`$SYS.ACCOUNT.${key}.>`, "$SYS.ACCOUNT.PNM.>"],
        [`$SYS.REQ.ACCOUNT.${key}.CONNZ`, "conns"],
      ],
    );
    assert.deepEqual(pnm.users[V]?.permissions, { subscribe: { allow: ["$SYS.ACCOUNT.PNM.>"] } });
  });

  it("should replace the name of an account that has a key by this key, without an output", () => {
    const found = adopt(`accounts {
      $SYS { users: [ { nkey: ${U}, permissions: { publish: "$SYS.REQ.ACCOUNT.PNM.*" } } ] }
      PNM { nkey: ${A}, users: [ { nkey: ${V} } ] }
    }`);
    const { users = {} } = found.operator.systemAccount ?? {};
    assert.deepEqual(users[U]?.permissions, { publish: { allow: [`$SYS.REQ.ACCOUNT.${A}.*`] } });
  });

  it("should add the key where a permission matches a name and other tokens", () => {
    const lists = (...subjects: string[]) => JSON.stringify(subjects);
    const found = adopt(`
      system_account: SYS
      accounts {
        SYS { users: [ { nkey: ${U}, permissions: { publish: { deny: ${lists("*.REQ.ACCOUNT.PNM.>", "other.PNM")} } } } ] }
        PNM {
          nkey: ${A}
          exports: [ { stream: "told.*.now", account_token_position: 2 } ]
          users: [ { nkey: ${V}, permissions: { publish: { allow: ${lists("told.PNM.>", "*.PNM.later")} } } } ]
        }
      }`);
    const { users = {} } = found.operator.systemAccount ?? {};
    assert.deepEqual(users[U]?.permissions, {
      publish: { deny: ["*.REQ.ACCOUNT.PNM.>", `*.REQ.ACCOUNT.${A}.>`, "other.PNM"] },
    });
    assert.deepEqual(found.accounts.PNM?.users?.[V]?.permissions, {
      publish: { allow: ["told.PNM.>", `told.${A}.now`, "*.PNM.later"] },
    });
  });

  it("should replace names in the local subjects that importing clients share with others", async () => {
    const found = adopt(`
      system_account: SYS
      accounts {
        SYS { exports: [ { stream: "$SYS.ACCOUNT.*.CONNECT" } ] }
        FAR { nkey: ${B}, exports: [ { service: "PNM.far" } ] }
        OWNER {
          exports: [ { service: "ask.*", account_token_position: 2 } ]
          imports: [
            { service: { account: FAR, subject: PNM.far }, to: ask.PNM }
            { stream: { account: SYS, subject: "$SYS.ACCOUNT.*.CONNECT" }, to: "came.$1" }
          ]
          users: [ { nkey: ${U}, permissions: { subscribe: "came.PNM" } } ]
        }
        PNM { nkey: ${A}, imports: [ { service: { account: OWNER, subject: ask.PNM } } ], users: [ { nkey: ${V} } ] }
      }`);
    const { OWNER: owner, PNM: pnm } = await modelsOf(found);
    const subjects = (model: typeof owner) =>
      model?.imports?.map(({ subject, localSubject }) => [subject, localSubject]);
    assert.deepEqual(subjects(owner), [
      ["PNM.far", `ask.${A}`],
      ["$SYS.ACCOUNT.*.CONNECT", "came.$1"],
    ]);
    assert.deepEqual(owner?.users[U]?.permissions, { subscribe: { allow: [`came.${A}`] } });
    assert.deepEqual(subjects(pnm), [["ask.{{account-subject()}}", "ask.PNM"]]);
  });

  it("should name the service's user by its name, and those of other accounts by their keys", async () => {
    const names = { [U]: "service", [V]: "other" };
    const found = adopt(
      `accounts { ${A} { users: [ { nkey: ${U} } ] }, ${B} { users: [ { nkey: ${V} } ] } }
       authorization { auth_callout { issuer: ${keyOf("account", "I")}, account: ${A}, auth_users: [${U}, ${V}] } }`,
      { names },
    );
    assert.deepEqual((await modelsOf(found))[A]?.authorization?.users, ["service", V]);
  });

  describe("streams", () => {
    const text = (store: string) => `
      jetstream { store_dir: ${JSON.stringify(store)} }
      accounts { A { jetstream: enabled, users: [ { nkey: ${U} } ] }, B { jetstream: enabled }, ${B} { jetstream {} }, C {} }`;

    it("should be named where their store can be read", () => {
      const store = join(folder, "data");
      for (const stream of ["A/streams/ORDERS", "A/streams/KV_users", "C/streams/OLD", "X/streams/OTHER"]) {
        mkdirSync(join(store, "jetstream", stream), { recursive: true });
      }
      const found = adopt(text(store)).leftOut.filter(({ code }) => code === "NA3068");
      assert.deepEqual(codesAndPaths(found), ["NA3068 accounts.A.jetstream", "NA3068 accounts.C.jetstream"]);
      assert.match(found[0]?.problem ?? "", /"KV_users", "ORDERS"/);
    });

    for (const store of ["/nowhere/at/all", "relative"]) {
      it(`should be mentioned for every account that can have some when ${store} cannot be read`, () => {
        const found = adopt(text(store)).leftOut.filter(({ code }) => code === "NA3068");
        assert.deepEqual(
          codesAndPaths(found),
          ["A", "B", B].map((name) => `NA3068 accounts.${name}.jetstream`),
        );
      });
    }

    it("should be mentioned for the global account", () => {
      assert.ok(codesAndPaths(adopt("jetstream {}").leftOut).includes("NA3068 jetstream"));
    });
  });

  describe("the warning", () => {
    const { warn } = pulumi.log;
    const warnings: string[] = [];

    before(() => {
      pulumi.log.warn = (text) => {
        warnings.push(text);
        return Promise.resolve();
      };
    });

    after(() => {
      pulumi.log.warn = warn;
    });

    it("should contain each problem once, with every place", () => {
      const users = Array.from({ length: 25 }, (_, index) => `{ user: u${index}, password: s3cret }`).join();
      const { leftOut } = adopt(`port: 4222, http_port: 8222, accounts { A { users: [ { nkey: ${U} }, ${users} ] } }`);
      assert.equal(leftOut.length, 27);
      assert.equal(warnings.length, 1);
      const lines = warnings[0]?.split("\n") ?? [];
      assert.equal(lines.length, 3, warnings[0]);
      assert.ok(lines.some((line) => line.includes('accounts.A.users[1] ("u0"), accounts.A.users[2] ("u1")')));
      assert.ok(lines.some((line) => line.includes('accounts.A.users[20] ("u19"), 5 more in `leftOut`: each ')));
      assert.ok(lines.some((line) => /^ {2}- port, http_port: each /.test(line)));
      assert.doesNotMatch(warnings[0] ?? "", /s3cret/);
    });
  });
});
