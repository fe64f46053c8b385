import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, type AccountArgs, type OperatorArgs } from "../../provider";
import { allOpen, behind, valid, type Gate } from "../../provider/components/validation";
import { clusterFindings } from "../../provider/components/cluster-model";
import { keyOf, seedOf } from "../support/keys";
import { mockEngine, registered, valueOf } from "../support/mocks";

/** What a gate fails with, or undefined when it opens. */
function reasonOf(gate: Gate): Promise<string | undefined> {
  return gate.then(
    () => undefined,
    (error: unknown) => {
      assert.ok(error instanceof pulumi.ResourceError);
      return error.message;
    },
  );
}

describe("gates of components", () => {
  // What waits behind a closed gate fails, too, and would be an error of the whole run: here it is what is wanted.
  const ignore = () => undefined;
  let others: NodeJS.UnhandledRejectionListener[];

  beforeEach(async () => {
    others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", ignore);
    await mockEngine();
  });

  afterEach(async () => {
    // Let what is rejected now be rejected before others listen again.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", ignore);
    others.forEach((listener) => process.on("unhandledRejection", listener));
  });

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
          "- imports[0].subject",
          "- limits.connectons",
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
