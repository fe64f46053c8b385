import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { constructCluster, constructConfiguration } from "../../provider/languages/construct";
import { asInPlugin, outputsOf, problems, SERVERS } from "../support/construct";
import { registered } from "../support/mocks";

/** The default image has no authorities. */
const WITH_AUTHORITIES = { image: "nats:2.15.2-alpine" };

describe("a component for other languages", () => {
  asInPlugin();

  it("should let accounts import from the system account, and by the name of a renamed account", async () => {
    const accounts = {
      a: { name: "B", exports: [{ subject: "b", type: "stream" }], users: { u: {} } },
      C: {
        imports: [
          { account: "B", subject: "b", type: "stream" },
          { account: "SYS", subject: "s.y.s", type: "service" },
        ],
        users: { u: {} },
      },
    };
    const operator = { systemAccount: { exports: [{ subject: "s.y.s", type: "service" }] } };
    const { accountPublicKeys: keys = {}, configs = {} } = await outputsOf(
      await constructCluster("nats", { ...SERVERS, operator, accounts }, {}),
    );
    const { static: text = "" } = configs;
    assert.ok(keys.a !== undefined && keys.SYS !== undefined);
    assert.match(text, new RegExp(`stream: \\{ account: "?${keys.a}`));
    assert.match(text, new RegExp(`service: \\{ account: "?${keys.SYS}`));
  });

  it("should connect the account with a key, not one with that name", async () => {
    const accounts = { a: { name: "b", users: { u: {} } }, b: { name: "a", users: { u: {} } } };
    const remotes = { hub: { account: "a", urls: ["tls://hub"] } };
    const { accountPublicKeys: keys = {}, configs = {} } = await outputsOf(
      await constructCluster(
        "nats",
        { ...SERVERS, ...WITH_AUTHORITIES, accounts, remotes, staticServer: { remotes } },
        {},
      ),
    );
    assert.ok(keys.a !== undefined);
    for (const config of Object.values(configs)) {
      assert.ok(config.includes(`account: "${keys.a}"`), config);
    }
  });

  it("should report what the component sets itself, and an account with the name of the system account", async () => {
    const set = { role: "r", users: {}, account: "B", template: {} };
    const accounts = {
      A: { operator: "x", roles: { r: {} }, sets: { s: set } },
      SYS: {},
      R: { reference: { version: 1 } },
    };
    assert.deepEqual(await problems({ ...SERVERS, accounts }), [
      "NA1001 accounts.A.operator",
      "NA1001 accounts.A.sets.s.account",
      "NA1001 accounts.A.sets.s.template",
      "NA1702 accounts.SYS",
      "NA4101 accounts.R.reference.account",
    ]);
  });

  it("should return references of accounts, from which another program creates the same accounts", async () => {
    const users = { u: { permissions: { publish: { allow: ["a.>"] } } } };
    const exporting = { users, exports: [{ subject: "s", type: "stream" }] };
    const team = await outputsOf(
      await constructConfiguration("team", { accounts: { A: { ...exporting, outputReference: true }, B: {} } }, {}),
    );
    assert.deepEqual(Object.keys(team.references ?? {}), ["A"]);
    const reference = team.references?.A;
    const accounts = { A: { reference }, C: { imports: [{ account: reference, subject: "s", type: "stream" }] } };
    const platform = await outputsOf(await constructCluster("nats", { ...SERVERS, accounts }, {}));
    const { A: key = "" } = team.accountPublicKeys ?? {};
    assert.equal(platform.accountPublicKeys?.A, key);
    for (const secret of Object.values(team.seeds ?? {})) {
      assert.ok(!JSON.stringify(team.references).includes(secret));
    }
    const { "A/u": user = "" } = team.userPublicKeys ?? {};
    assert.ok(user !== "" && platform.configs?.static?.includes(user) && platform.configs.operator?.includes(key));
    assert.deepEqual(await problems({ ...SERVERS, accounts: { A: { users: { u: {} }, outputReference: "yes" } } }), [
      "NA1003 accounts.A.outputReference",
    ]);
  });

  it("should connect an account with a hub, by name", async () => {
    const remote = { account: "A", urls: ["tls://hub.example.org:7422"], user: "leaf", password: "of the hub" };
    const accounts = { A: { users: { u: {} } } };
    const args = { ...SERVERS, ...WITH_AUTHORITIES, accounts, remotes: { hub: remote } };
    const { accountPublicKeys: keys = {}, configs = {} } = await outputsOf(await constructCluster("nats", args, {}));
    for (const config of Object.values(configs)) {
      assert.ok(keys.A !== undefined && config.includes(`account: "${keys.A}"`), config);
    }
    assert.ok(!JSON.stringify(configs).includes("of the hub"));
    assert.deepEqual(await problems({ ...args, remotes: { hub: { ...remote, account: "C" } } }), [
      "NA1773 remotes.hub.account",
    ]);
  });

  it("should let two accounts import from each other, by name", async () => {
    const accounts = {
      A: {
        exports: [{ subject: "a", type: "service", importers: ["B"] }],
        imports: [{ account: "B", subject: "b", type: "stream" }],
        users: { u: {} },
      },
      B: {
        exports: [{ subject: "b", type: "stream" }],
        imports: [{ account: "A", subject: "a", type: "service" }],
        users: { u: {} },
      },
    };
    const { accountPublicKeys: keys = {}, configs = {} } = await outputsOf(
      await constructCluster("nats", { ...SERVERS, accounts }, {}),
    );
    assert.deepEqual(Object.keys(keys).sort(), ["A", "B", "SYS"]);
    assert.ok(keys.B !== undefined && configs.static?.includes(keys.B) === true);
    const activations = registered.filter(({ type }) => type.endsWith(":Activation"));
    assert.deepEqual(
      activations.map(({ name }) => name),
      ["nats/B/service a of A"],
    );
  });

  it("should name users of accounts and sets without collisions", async () => {
    const accounts = {
      "a/b": { users: { c: {} } },
      a: { roles: { r: {} }, users: { "b/c": {} }, sets: { s: { role: "r", users: ["d"], outputCreds: true } } },
    };
    const { creds = {}, seeds = {} } = await outputsOf(await constructCluster("nats", { ...SERVERS, accounts }, {}));
    assert.deepEqual(Object.keys(creds).sort(), ["a%2Fb/c", "a/b%2Fc", "a/d"]);
    assert.deepEqual(Object.keys(seeds).sort(), ["a%2Fb/c", "a/b%2Fc"]);
  });

  it("should rename a set without another resource, and report the name of another set", async () => {
    const set = { role: "r", users: ["d"] };
    const model = (sets: object) => ({ ...SERVERS, accounts: { A: { roles: { r: {} }, sets } } });
    await outputsOf(await constructCluster("nats", model({ devices: { ...set, name: "sensors" } }), {}));
    const keys = registered.filter(({ type }) => type.endsWith(":UserSetKeys"));
    assert.deepEqual(
      keys.map(({ name, inputs }) => [name, inputs.name]),
      [["nats/A/devices", "sensors"]],
    );
    const found = await problems(
      model({ devices: set, other: { ...set, name: "devices", users: ["e"] }, x: { ...set, name: 5 } }),
    );
    assert.ok(found.includes("NA1003 accounts.A.sets.x.name"), found.join());
    assert.ok(
      found.some((one) => one.startsWith("NA1912 accounts.A.sets.other")),
      found.join(),
    );
  });

  it("should return seeds and creds as secrets", async () => {
    const { state } = await constructCluster("nats", { ...SERVERS, accounts: { A: { users: { u: {} } } } }, {});
    const secret = await Promise.all(
      Object.values(state).map((value) => pulumi.isSecret(value as pulumi.Output<unknown>)),
    );
    const names = Object.keys(state).filter((_, index) => secret[index]);
    assert.ok(names.includes("creds") && names.includes("seeds") && !names.includes("configs"), names.join());
  });

  it("should report all problems with paths in its arguments", async () => {
    const args = {
      operator: { name: 5, systemAccount: { users: { sys: null }, sets: 3 }, resourceName: 1 },
      accounts: {
        A: { exports: [{ subject: "t..", type: "service" }], users: { u: { permissions: { publish: { alow: [] } } } } },
        B: { imports: [{ account: "A", subject: "t", type: "serv" }], sets: { s: null, t: { role: "r", users: {} } } },
        "C D": null,
      },
      target: "cloud",
      unknown: true,
    };
    assert.deepEqual(
      await problems(args),
      [
        'NA1003 accounts["C D"]',
        "NA1001 accounts.A.users.u.permissions.publish.alow",
        "NA1001 unknown",
        "NA1003 accounts.B.imports[0].type",
        "NA1003 accounts.B.sets.s",
        "NA1003 operator.name",
        "NA1003 operator.resourceName",
        "NA1003 operator.systemAccount.sets",
        "NA1003 operator.systemAccount.users.sys",
        "NA1003 target",
        "NA1101 accounts.A.exports[0].subject",
        "NA1907 accounts.B.sets.t.role",
      ].sort(),
    );
  });

  it("should report problems between accounts with paths in its arguments", async () => {
    const accounts = {
      A: { exports: [{ subject: "t", type: "service", importers: ["Q"] }], users: { u: {} } },
      "B C": {
        imports: [
          { account: "A", subject: "t", type: "service" },
          { account: "Z", subject: "t", type: "stream" },
        ],
        users: { u: {} },
      },
      D: { name: "A" },
    };
    assert.deepEqual(
      await problems({ ...SERVERS, accounts }),
      [
        'NA1523 accounts["B C"].imports[0].subject',
        'NA1703 accounts["B C"].imports[1].account',
        "NA1702 accounts.D",
        "NA1703 accounts.A.exports[0].importers[0]",
      ].sort(),
    );
  });

  for (const [what, wrong] of Object.entries<unknown>({
    null: null,
    "a number": 5,
    "a list": [undefined],
    "a secret": pulumi.secret({}),
  })) {
    it(`should report ${what} in place of each part of the model`, async () => {
      for (const args of [
        { accounts: wrong },
        { accounts: { A: wrong } },
        { accounts: { A: { users: wrong } } },
        { accounts: { A: { users: { u: wrong } } } },
        { accounts: { A: { sets: { s: wrong } } } },
        { accounts: { A: { imports: [wrong] } } },
        { accounts: { A: { imports: [{ account: wrong, subject: "s", type: "stream" }] } } },
        { accounts: {}, operator: wrong },
        { accounts: {}, operator: { systemAccount: wrong } },
        { accounts: {}, servers: wrong },
      ]) {
        assert.notDeepEqual(await problems({ ...SERVERS, ...args }), [], JSON.stringify(args));
      }
    });
  }

  it("should report keys that Pulumi cannot process, and not use them", async () => {
    const users = JSON.parse('{ "__proto__": { "bearer": true }, "toString": {} }') as object;
    const found = await problems({ ...SERVERS, accounts: { A: { users } } });
    assert.ok(found.includes("NA1013 accounts.A.users.toString"), found.join());
    assert.equal(({} as { bearer?: boolean }).bearer, undefined);
  });

  it("should render configurations, and check the user of their verification", async () => {
    const model = { operator: { systemAccount: { users: { sys: {} } } }, accounts: { A: { users: { u: {} } } } };
    const servers = {
      n1: { mode: "static", host: "n1.example.org" },
      n2: { mode: "operator", host: "n2.example.org" },
    };
    const parity = { accept: { "(server n1).clientPort": "x", "(server n2).clientPort": "x" } };
    const outputs = await outputsOf(await constructConfiguration("nats", { ...model, accounts: model.accounts }, {}));
    assert.match(JSON.stringify(outputs.staticAuthorization), /accounts \{/);
    assert.match(JSON.stringify(outputs.operatorAuthorization), /operator: /);
    const found = await problems(
      { ...model, servers, parity, verification: { user: "nobody", wait: 1 } },
      constructConfiguration,
    );
    assert.ok(
      found.includes("NA1002 verification.user") && found.includes("NA1001 verification.wait"),
      found.join("\n"),
    );
  });

  it("should report problems in the same order, in whatever order the engine passes objects", async () => {
    const wrong = Object.entries({ B: 5, C: { users: { v: 5, u: 5 } }, A: 5 });
    const messages = [wrong, wrong.toReversed()].map(async (entries) => {
      const args = { ...SERVERS, accounts: Object.fromEntries(entries) } as pulumi.Inputs;
      return constructCluster("nats", args, {}).then(
        () => "",
        (reason: unknown) => String(reason),
      );
    });
    const [one, other] = await Promise.all(messages);
    assert.match(one ?? "", /has \d+ problems:/);
    assert.equal(one, other);
  });

  it("should accept 10,000 users", async function () {
    this.timeout(120_000);
    const users = Array.from({ length: 10_000 }, (_, index) => `d-${index}`);
    const accounts = { A: { roles: { r: {} }, sets: { devices: { role: "r", users } } } };
    const { userPublicKeys, creds } = await outputsOf(await constructCluster("nats", { ...SERVERS, accounts }, {}));
    assert.deepEqual([userPublicKeys, creds], [{}, {}]);
    const keys = registered.find(({ type }) => type.endsWith(":UserSetKeys"))?.inputs.users;
    assert.equal(String(keys).split("\n").filter(Boolean).length, 10_000);
  });
});
