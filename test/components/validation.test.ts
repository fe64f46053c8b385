import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  AuthConfiguration,
  MixedAuthCluster,
  Nkey,
  Operator,
  type AccountArgs,
  type AuthConfigurationArgs,
  type OperatorArgs,
} from "../../provider";
import { waitForGates, afterGate, validate, type Gate } from "../../provider/components/validation";
import { closingGates, reasonOf } from "../support/gates";
import { keyOf, seedOf } from "../support/keys";
import { registered, valueOf } from "../support/mocks";
import { compareModes } from "../../provider/components/configuration/parity";
import { codesAndPathsIn, pathsIn } from "./reports";
import { modelDiagnostics } from "../../provider/components/cluster/model-checks";

describe("gates of components", () => {
  closingGates();

  it("should report all problems of each component at once, and register no resources behind a closed gate", async () => {
    const wrong = seedOf("user", "wrong");
    const operator = new Operator("KO", { name: " ", seed: wrong });
    const a = new Account("A", {
      operator,
      seed: wrong,
      exports: [{ subject: "a b", type: "service" }],
      limits: { connections: -1 },
      users: { u: { publicKey: wrong }, "": {} },
    });
    const b = new Account("B", { operator, imports: [{ account: a, subject: "x", type: "stream" }] });
    const reasons = await Promise.all([operator.gate, a.gate, b.gate].map(reasonOf));
    const [ofOperator = "", ofA = "", ofB] = reasons;
    assert.match(ofOperator, /^operator " " has 2 problems:\n {2}- name = " ": .*\n {2}- seed = \(secret\): /);
    assert.match(ofA, /^account "A" has 5 problems:\n/);
    assert.deepEqual(pathsIn(ofA), [
      'users[""]',
      "exports[0].subject",
      "limits.connections",
      "seed",
      "users.u.publicKey",
    ]);
    assert.equal(ofB, undefined, "the cluster reports problems between accounts");
    assert.equal(reasons.join().includes(wrong), false);
    await Promise.allSettled([valueOf(a.jwt), valueOf(operator.jwt)]);
    assert.deepEqual(
      registered.filter(({ type }) => type.endsWith(":Nkey")).map(({ name }) => name),
      [],
    );
  });

  it("should report arguments that the compiler would reject, without failing on them", async () => {
    const operator = new Operator("KO");
    const seed = seedOf("user", "misspelt");
    const b = { accountName: "B", publicKey: keyOf("account", "B") };
    const users = {
      one: { permission: { publish: { allow: ["x"] } }, sed: seed },
      two: { permissions: { pub: { allow: ["x"] } } },
      three: seed,
      four: null,
      five: { publicKey: 5, permissions: pulumi.output({ publish: ["x"] }) },
    };
    const imports = [{ account: "B", subject: "s", type: "stream" }, { account: b, subject: 5, type: "stream" }, null];
    const wrong: Record<string, unknown>[] = [
      { operator, users, imports, limits: { connectons: 3 }, exports: {}, export: [], key: {} },
      { operator: {}, name: pulumi.output("A"), users: [{}], imports: {}, exports: [null] },
      { operator, users: pulumi.output({ u: {} }), limits: null, description: 5, seed: null },
    ];
    const accounts = wrong.map((args, index) => new Account(`A${index}`, args as unknown as AccountArgs));
    const cluster = new MixedAuthCluster("nats", { operator, accounts });
    const reasons = await Promise.all(accounts.map(({ gate }) => reasonOf(gate)));
    assert.deepEqual(reasons.map(pathsIn), [
      [
        "export",
        "users.one.permission",
        "users.one.sed",
        "users.three",
        "users.four",
        "imports[0].account",
        "imports[2]",
        "key",
        "users.two.permissions.pub",
        "users.five.permissions.publish",
        "exports",
        "limits.connectons",
        "imports[1].subject",
        "users.five.publicKey",
      ],
      ["operator", "name", "users", "imports", "exports[0]"],
      ["users", "limits", "description", "seed"],
    ]);
    assert.equal(reasons.join().includes(seed.slice(2, 30)), false);
    await Promise.allSettled([valueOf(cluster.network), valueOf(cluster.configs.static)]);
    assert.deepEqual(
      registered.filter(({ type }) => type.includes("docker")).map(({ name }) => name),
      [],
    );
    const none = new Account("none", undefined as unknown as AccountArgs);
    assert.deepEqual(pathsIn(await reasonOf(none.gate)), [""]);
  });

  it("should report malformed arguments of an operator", async () => {
    const args = { sytemAccount: {}, systemAccount: ["SYS"], name: 5 };
    const reason = await reasonOf(new Operator("KO", args as unknown as OperatorArgs).gate);
    assert.match(reason ?? "", /^operator "KO" has 3 problems:\n/);
    assert.deepEqual(pathsIn(reason), ["sytemAccount", "systemAccount", "name"]);
  });

  it("should report the malformed parts of a configuration", async () => {
    const args = { operator: null, accounts: [{}], extra: 1 };
    const configuration = new AuthConfiguration("nats", args as unknown as AuthConfigurationArgs);
    const reason = await reasonOf(configuration.gate);
    assert.match(reason ?? "", /^configuration "nats" has 3 problems:\n/);
    assert.deepEqual(pathsIn(reason), ["extra", "operator", "accounts[0]"]);
    const outputs = [configuration.static.authorization, configuration.operator.resolverPreload, configuration.parity];
    for (const output of outputs as pulumi.Output<unknown>[]) {
      await assert.rejects(valueOf(output), /configuration "nats" has 3 problems/);
    }
  });

  it("should report the argument that sets the name of a cluster", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { u: {} } } });
    const problemsOf = async (name: string, more: object) => {
      const checks = modelDiagnostics(name, { operator, accounts: [], ...more });
      return pathsIn(await reasonOf(validate("cluster", operator, checks)));
    };
    assert.deepEqual(await problemsOf("a b", {}), ["name"]);
    assert.deepEqual(await problemsOf("a", { clusterName: pulumi.output("a b") }), ["clusterName"]);
    assert.deepEqual(await problemsOf("a b", { clusterName: "a" }), []);
  });

  it("should report all problems between accounts, and those of names and ports, for the cluster", async () => {
    const operator = new Operator("KO");
    const a = new Account("A", { operator, users: { u: {} } });
    const b = new Account("B", { operator, name: "A" });
    const imports = [{ account: a, subject: "x", type: "stream" as const }];
    const c = new Account("C", { operator, imports });
    const args = { operator, accounts: [a, b, c], staticServer: { clientPort: 4223, clusterPort: 0 } };
    const gate = validate("cluster", operator, modelDiagnostics("a b", args));
    assert.deepEqual(pathsIn(await reasonOf(gate)).sort(), [
      "accounts[1]",
      'accounts[2]("C").imports[0].subject',
      "name",
      "staticServer.clientPort",
      "staticServer.clusterPort",
    ]);
  });

  it("should report a key that is set for two users or accounts, by seed or by public key", async () => {
    const operator = new Operator("KO");
    const seed = pulumi.secret(seedOf("user", "shared"));
    const publicKey = keyOf("user", "shared");
    const account = seedOf("account", "shared");
    const a = new Account("A", { operator, seed: account, users: { one: { seed }, two: { publicKey } } });
    const b = new Account("B", { operator, seed: account, users: { three: { publicKey } } });
    const gate = validate("cluster", operator, modelDiagnostics("nats", { operator, accounts: [a, b] }));
    const reason = (await reasonOf(gate)) ?? "";
    assert.deepEqual(pathsIn(reason), [
      'accounts[0]("A").users.two',
      'accounts[1]("B").seed',
      'accounts[1]("B").users.three',
    ]);
    for (const value of [
      publicKey,
      keyOf("account", "shared"),
      'accounts[0]("A").users.one',
      'accounts[0]("A").seed',
    ]) {
      assert.ok(reason.includes(value), value);
    }
    assert.equal(reason.includes(account), false);
  });

  it("should report an Nkey that two accounts share, that is of the wrong kind, or that conflicts with a seed", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const key = new Nkey("key", { kind: "account" });
    const a = new Account("A", { operator, key });
    const b = new Account("B", { operator, key });
    const c = new Account("C", { operator, key: new Nkey("other", { kind: "account" }) });
    const gate = validate("cluster", operator, modelDiagnostics("nats", { operator, accounts: [a, b, c] }));
    const publicKey = await valueOf(key.publicKey);
    const reason = (await reasonOf(gate)) ?? "";
    assert.deepEqual(pathsIn(reason), ['accounts[1]("B").key']);
    assert.ok(reason.includes(publicKey) && reason.includes('accounts[0]("A").key'), reason);
    const userKey = new Nkey("user-key", { kind: "user" });
    const d = new Account("D", { operator, key: userKey, seed: seedOf("account", "beside") });
    assert.deepEqual(codesAndPathsIn(await reasonOf(d.gate)), ["NA4002 key.kind", "NA4001 seed"]);
  });

  it("should report that an Nkey is the key of a different account as well, once it is known", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const seed = seedOf("account", "shared");
    const a = new Account("A", { operator, key: new Nkey("key", { kind: "account", seed }) });
    const b = new Account("B", { operator, seed });
    const gate = validate("cluster", operator, modelDiagnostics("nats", { operator, accounts: [a, b] }));
    assert.match(
      (await reasonOf(gate)) ?? "",
      /has 1 problem:\n {2}- accounts\[1\]\("B"\)\.seed = "A[^"]+": .*accounts\[0\]\("A"\)\.key/,
    );
  });

  it("should report an account that a different operator signs", async () => {
    const [one, two] = [new Operator("one", { systemAccount: { users: { sys: {} } } }), new Operator("two")];
    const accounts = [new Account("A", { operator: one }), new Account("B", { operator: two })];
    const gate = validate("cluster", one, modelDiagnostics("nats", { operator: one, accounts }));
    assert.deepEqual(codesAndPathsIn(await reasonOf(gate)), ['NA4020 accounts[1]("B").operator']);
  });

  it("should report users of every account that no listener of the servers lets in", async () => {
    const sys = { connectionTypes: ["WEBSOCKET"] as const };
    const operator = new Operator("KO", { systemAccount: { users: { sys } } });
    const roles = { r: { connectionTypes: pulumi.output(["MQTT" as const]) } };
    const a = new Account("A", { operator, roles, users: { u: { role: "r" }, v: { connectionTypes: ["STANDARD"] } } });
    const gate = validate("cluster", operator, modelDiagnostics("nats", { operator, accounts: [a] }));
    assert.deepEqual(codesAndPathsIn(await reasonOf(gate)), [
      'NA1410 accounts[0]("A").roles.r.connectionTypes',
      'NA1410 operator.systemAccount("SYS").users.sys.connectionTypes',
    ]);
    assert.deepEqual(await Promise.all([a.gate, operator.gate].map(reasonOf)), [undefined, undefined]);
  });

  it("should report an invalid value once, and not as a security gap as well", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const a: Account = new Account("A", {
      operator,
      limits: { connections: -1 },
      jetstream: { tiers: { R1: { memoryStorage: "x" } } },
      imports: [{ account: { accountName: "A", publicKey: keyOf("account", "A") }, subject: "a", type: "service" }],
      users: {
        u: { limits: { subscriptions: -1, payload: 1024 }, sourceNetworks: ["x"] },
        v: { sourceNetworks: ["10.0.0.0/8"] },
      },
    });
    const all = { operator, accounts: [a] };
    const own = validate("cluster", operator, [...modelDiagnostics("nats", all), compareModes(all).diagnostics]);
    const reasons = await Promise.all([a.gate, own].map(reasonOf));
    assert.deepEqual(reasons.map(codesAndPathsIn), [
      [
        ...["NA1008 users.u.limits.subscriptions", "NA1206 users.u.sourceNetworks[0]", "NA1008 limits.connections"],
        ...["NA1005 jetstream.tiers.R1.memoryStorage", "NA1512 imports[0].account"],
      ],
      ["NA2001 A.users.u.limits.payload", "NA2001 A.users.v.sourceNetworks"],
    ]);
  });

  it("should name the program's own index when an account is listed twice", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const users = { u: { connectionTypes: ["MQTT" as const] } };
    const [a, b] = [new Account("A", { operator }), new Account("B", { operator, users })];
    const c = new Account("C", { name: "B", operator: new Operator("other") });
    const accounts = [a, operator.systemAccount, a, b, c];
    const gate = validate("cluster", operator, modelDiagnostics("nats", { operator, accounts }));
    const reason = (await reasonOf(gate)) ?? "";
    assert.deepEqual(codesAndPathsIn(reason), [
      "NA1702 accounts[4]",
      'NA1410 accounts[3]("B").users.u.connectionTypes',
      'NA4020 accounts[4]("B").operator',
    ]);
    assert.match(reason, /the same name as accounts\[3\]/);
  });

  it("should report keys of accounts that are outputs without a value, of which Pulumi would generate others", async () => {
    const missing = pulumi.output(undefined) as unknown as pulumi.Output<string>;
    const operator = new Operator("KO", { seed: missing, signer: missing });
    const a = new Account("A", { operator, seed: missing, users: { u: { publicKey: missing } } });
    const b = new Account("B", { operator, publicKey: missing, roles: { r: { seed: missing } } });
    const reasons = await Promise.all([operator, a, b].map(({ gate }) => reasonOf(gate)));
    assert.deepEqual(reasons.map(codesAndPathsIn), [
      ["NA4052 seed", "NA4052 signer"],
      ["NA4052 users.u.publicKey", "NA4052 seed"],
      ["NA4052 roles.r.seed", "NA4052 publicKey"],
    ]);
  });

  it("should deploy nothing of a cluster when one of its accounts is invalid", async () => {
    const operator = new Operator("KO");
    const a = new Account("A", { operator, users: { u: { permissions: { publish: { allow: [] } } } } });
    const cluster = new MixedAuthCluster("nats", { operator, accounts: [a] });
    assert.match((await reasonOf(a.gate)) ?? "", /users\.u\.permissions\.publish\.allow = \[\]/);
    await Promise.allSettled([valueOf(cluster.network), valueOf(cluster.checked)]);
    assert.deepEqual(
      registered.filter(({ type }) => type.includes("docker")).map(({ name }) => name),
      [],
    );
  });

  it("should open while a preview does not know the diagnostics", async () => {
    const operator = new Operator("KO");
    const unknown = pulumi.output(new Promise<string>(() => undefined)) as unknown as { isKnown: Promise<boolean> };
    unknown.isKnown = Promise.resolve(false);
    const gate = validate("it", operator, [unknown as unknown as pulumi.Output<never>]);
    assert.equal(await reasonOf(gate), undefined);
  });

  it("should keep the secretness of a value", async () => {
    const open = Promise.resolve();
    assert.equal(await pulumi.isSecret(afterGate(open, pulumi.secret("s"))), true);
    assert.equal(await pulumi.isSecret(afterGate(open, "s")), false);
    assert.equal(await valueOf(afterGate(open, pulumi.output(keyOf("user", "x")))), keyOf("user", "x"));
  });

  it("should reject with its own reason first, and with the reason of another gate when it is open itself", async () => {
    const closed = (why: string): Gate => Promise.reject(new pulumi.ResourceError(why, undefined));
    assert.equal(await reasonOf(waitForGates(closed("own"), [closed("other")])), "own");
    assert.equal(await reasonOf(waitForGates(Promise.resolve(), [Promise.resolve(), closed("other")])), "other");
    assert.equal(await reasonOf(waitForGates(Promise.resolve(), [])), undefined);
  });
});
