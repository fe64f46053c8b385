import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Nkey, Operator, type AccountArgs, type OperatorArgs } from "../../provider";
import { allOpen, behind, valid, type Gate } from "../../provider/components/validation";
import { engineFindings } from "../../provider/components/cluster/docker-engine";
import {
  addressDiagnostics,
  argsDiagnostics,
  type MixedAuthClusterArgs,
} from "../../provider/components/cluster/cluster-args";
import { clusterFindings } from "../../provider/components/cluster/cluster-model";
import { formatDiagnostics } from "../../provider/model/form/diagnostics";
import { closingGates, reasonOf } from "../support/gates";
import { keyOf, seedOf } from "../support/keys";
import { registered, valueOf } from "../support/mocks";

describe("gates of components", () => {
  closingGates();

  it("should report the problems of each component, all of each at once, and register nothing behind them", async () => {
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
    assert.deepEqual(
      ofA.split("\n").map((line) => line.trim().split(/[=:]/)[0]?.trim()),
      [
        'account "A" has 5 problems',
        '- users[""]',
        "- exports[0].subject",
        "- limits.connections",
        "- seed",
        "- users.u.publicKey",
      ],
    );
    assert.equal(ofB, undefined, "what is wrong between accounts, the cluster says");
    assert.equal(reasons.join().includes(wrong), false);
    await Promise.allSettled([valueOf(a.jwt), valueOf(operator.jwt)]);
    assert.deepEqual(
      registered.filter(({ type }) => type.endsWith(":Nkey")).map(({ name }) => name),
      [],
    );
  });

  it("should refuse what no compiler would let through, and not crash of it", async () => {
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
    assert.deepEqual(
      reasons.map((reason) =>
        reason
          ?.split("\n")
          .slice(1)
          .map((line) => line.trim().split(/[=:]/)[0]?.trim()),
      ),
      [
        [
          "- export",
          "- users.one.permission",
          "- users.one.sed",
          "- users.three",
          "- users.four",
          "- imports[0].account",
          "- imports[2]",
          "- key",
          "- users.two.permissions.pub",
          "- users.five.permissions.publish",
          "- exports",
          "- limits.connectons",
          "- imports[0].subject",
          "- users.five.publicKey",
        ],
        ["- operator", "- name", "- users", "- imports", "- exports[0]"],
        ["- users", "- limits", "- description", "- seed"],
      ],
    );
    assert.equal(reasons.join().includes(seed.slice(2, 30)), false);
    await Promise.allSettled([valueOf(cluster.network), valueOf(cluster.configs.static)]);
    assert.deepEqual(
      registered.filter(({ type }) => type.includes("docker")).map(({ name }) => name),
      [],
    );
    const none = new Account("none", undefined as unknown as AccountArgs);
    assert.match((await reasonOf(none.gate)) ?? "", /is missing; it is an object/);
  });

  it("should refuse arguments of an operator that are none", async () => {
    const args = { sytemAccount: {}, systemAccount: ["SYS"], name: 5 };
    const reason = (await reasonOf(new Operator("KO", args as unknown as OperatorArgs).gate)) ?? "";
    assert.deepEqual(
      reason.split("\n").map((line) => line.trim().split(/[=:]/)[0]?.trim()),
      ["operator 5 has 3 problems", "- sytemAccount", "- systemAccount", "- name"],
    );
  });

  it("should say everything that only the cluster can tell, its name and ports included", async () => {
    const operator = new Operator("KO");
    const a = new Account("A", { operator, users: { u: {} } });
    const imports = [{ account: a, subject: "x", type: "stream" as const }];
    const b = new Account("B", { operator, name: "A", imports });
    const args = { operator, accounts: [a, b], static: { clientPort: 4223, clusterPort: 0 } };
    const gate = valid("cluster", operator, clusterFindings("a b", args));
    const lines = (await reasonOf(gate))?.split("\n").map((line) => line.trim().split(/ = |: /)[0]) ?? [];
    assert.deepEqual(lines.slice(1).sort(), [
      "- accounts[1]",
      '- accounts[1]("A").imports[0].subject',
      "- name",
      "- static.clientPort",
      "- static.clusterPort",
    ]);
  });

  it("should say which key is given twice when users or accounts are given the same one, by seed or by public key", async () => {
    const operator = new Operator("KO");
    const seed = pulumi.secret(seedOf("user", "shared"));
    const publicKey = keyOf("user", "shared");
    const account = seedOf("account", "shared");
    const a = new Account("A", { operator, seed: account, users: { one: { seed }, two: { publicKey } } });
    const b = new Account("B", { operator, seed: account, users: { three: { publicKey } } });
    const gate = valid("cluster", operator, clusterFindings("nats", { operator, accounts: [a, b] }));
    const reason = (await reasonOf(gate)) ?? "";
    assert.deepEqual(
      reason
        .split("\n")
        .slice(1)
        .map((line) => line.trim().split("; ")[0]),
      [
        `- accounts[0]("A").users.two = "${publicKey}": is the key of accounts[0]("A").users.one already`,
        `- accounts[1]("B").seed = "${keyOf("account", "shared")}": is the key of accounts[0]("A").seed already`,
        `- accounts[1]("B").users.three = "${publicKey}": is the key of accounts[0]("A").users.one already`,
      ],
    );
    assert.equal(reason.includes(account), false);
  });

  it("should say that one key is given to two accounts, and that a key is not one of an account or has a seed beside it", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const key = new Nkey("key", { kind: "account" });
    const a = new Account("A", { operator, key });
    const b = new Account("B", { operator, key });
    const c = new Account("C", { operator, key: new Nkey("other", { kind: "account" }) });
    const gate = valid("cluster", operator, clusterFindings("nats", { operator, accounts: [a, b, c] }));
    const publicKey = await valueOf(key.publicKey);
    assert.deepEqual(((await reasonOf(gate)) ?? "").replace(publicKey, "A…").split("\n").slice(1), [
      '  - accounts[1]("B").key = "A…": is the key of accounts[0]("A").key already; each account and each user has a key of its own. Give another key, or leave it out to have one made.',
    ]);
    const userKey = new Nkey("user-key", { kind: "user" });
    const d = new Account("D", { operator, key: userKey, seed: seedOf("account", "beside") });
    assert.deepEqual(((await reasonOf(d.gate)) ?? "").split("\n").slice(1), [
      '  - key.kind = "user": is the kind of the key; an account has one of the kind "account". Give an `Nkey` of that kind.',
      "  - seed: stands beside a key, which has a seed of its own. Give one of the two.",
    ]);
  });

  it("should say that the key given to an account as `key` is another's, too, once it is known", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const seed = seedOf("account", "shared");
    const a = new Account("A", { operator, key: new Nkey("key", { kind: "account", seed }) });
    const b = new Account("B", { operator, seed });
    const gate = valid("cluster", operator, clusterFindings("nats", { operator, accounts: [a, b] }));
    assert.match(
      (await reasonOf(gate)) ?? "",
      /has 1 problem:\n {2}- accounts\[1\]\("B"\)\.seed = "A[^"]+": is the key of accounts\[0\]\("A"\)\.key/,
    );
  });

  it("should refuse an account that another operator signs, which the operator server would not accept", async () => {
    const [one, two] = [new Operator("one", { systemAccount: { users: { sys: {} } } }), new Operator("two")];
    const accounts = [new Account("A", { operator: one }), new Account("B", { operator: two })];
    const gate = valid("cluster", one, clusterFindings("nats", { operator: one, accounts }));
    assert.deepEqual(((await reasonOf(gate)) ?? "").split("\n").slice(1), [
      "  - accounts[1](\"B\").operator: is another operator than the cluster's, and its server trusts no other. Give the account the cluster's operator, or leave it out.",
    ]);
  });

  it("should refuse what a cluster's arguments do not have, since a default would take its place in silence", () => {
    const args = { operator: 1, accounts: [], static: { clientPrt: 4222 }, chek: "skip", check: "never" };
    const found = argsDiagnostics(args as unknown as MixedAuthClusterArgs);
    assert.deepEqual(
      found.map(({ path }) => path),
      ["chek", "static.clientPrt", "check"],
    );
  });

  it("should deploy nothing of a cluster when one of its accounts is wrong", async () => {
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

  it("should refuse a Docker Engine over SSH, named by the program or by the environment alone", async () => {
    const { DOCKER_HOST } = process.env;
    try {
      process.env.DOCKER_HOST = "ssh://somebody@somewhere";
      const found = await valueOf(pulumi.all(engineFindings(undefined)));
      assert.match(formatDiagnostics("it", found.flat()), /DOCKER_HOST = "ssh:.*is reached over SSH/);
    } finally {
      process.env.DOCKER_HOST = DOCKER_HOST;
      if (DOCKER_HOST === undefined) {
        delete process.env.DOCKER_HOST;
      }
    }
  });

  it("should refuse an address with a zone, for which the address of a route has no place", () => {
    assert.match(formatDiagnostics("it", addressDiagnostics("fe80::1%eth0")), /bindAddress = "fe80::1%eth0"/);
    assert.deepEqual(addressDiagnostics("fe80::1"), []);
  });

  it("should open when what a preview does not know yet is all that could be wrong", async () => {
    const operator = new Operator("KO");
    const unknown = pulumi.output(new Promise<string>(() => undefined)) as unknown as { isKnown: Promise<boolean> };
    unknown.isKnown = Promise.resolve(false);
    const gate = valid("it", operator, [unknown as unknown as pulumi.Output<never>]);
    assert.equal(await reasonOf(gate), undefined);
  });

  it("should let a value through as secret as it was", async () => {
    const open = Promise.resolve();
    assert.equal(await pulumi.isSecret(behind(open, pulumi.secret("s"))), true);
    assert.equal(await pulumi.isSecret(behind(open, "s")), false);
    assert.equal(await valueOf(behind(open, pulumi.output(keyOf("user", "x")))), keyOf("user", "x"));
  });

  it("should say its own reason first when others are closed, too, and another's when it is open itself", async () => {
    const closed = (why: string): Gate => Promise.reject(new pulumi.ResourceError(why, undefined));
    assert.equal(await reasonOf(allOpen(closed("own"), [closed("other")])), "own");
    assert.equal(await reasonOf(allOpen(Promise.resolve(), [Promise.resolve(), closed("other")])), "other");
    assert.equal(await reasonOf(allOpen(Promise.resolve(), [])), undefined);
  });
});
