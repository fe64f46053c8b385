import assert from "node:assert/strict";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { clusterDiagnostics, clusterNameDiagnostics } from "../../provider/model/cluster/cluster";
import { formatDiagnostic } from "../../provider/diagnostics/diagnostic";
import { decisionsOn, logIn, questionsOn } from "../support/decisions";
import { filesOf, freeListeners, newPair, withPair } from "../support/pair";
import { worldOf } from "../support/world";

/** Returns the diagnostics of accounts as text. */
function problemsOf(accounts: readonly AccountDeclaration[]): string {
  return [...accounts.flatMap(accountDiagnostics), ...clusterDiagnostics(accounts)].map(formatDiagnostic).join("\n");
}

const service = (subject: string) => ({ subject, type: "service" as const });
const stream = (subject: string) => ({ subject, type: "stream" as const });

/** Returns two accounts; the second imports from the first. */
function sharing(
  exports: AccountDeclaration["exports"] & object,
  imports: readonly Omit<(AccountDeclaration["imports"] & object)[number], "account">[],
): AccountDeclaration[] {
  return [
    { name: "A", exports, users: { all: {} } },
    { name: "B", imports: imports.map((entry) => ({ ...entry, account: "A" })), users: { all: {} } },
  ];
}

describe("models that a server refuses", () => {
  const cases: [string, AccountDeclaration[], RegExp, RegExp][] = [
    [
      "a stream is imported twice",
      sharing([stream("a")], [stream("a"), { ...stream("a"), localSubject: "b" }]),
      /imports\[1\]\.subject = "a": .*\[NA1514\]/,
      /stream import already exists/,
    ],
    [
      "a local subject has not all wildcards of the subject",
      sharing([stream("a.*.*")], [{ ...stream("a.*.*"), localSubject: "b.$1" }]),
      /imports\[0\]\.localSubject = "b\.\$1": .*\[NA1511\]/,
      /not using all of the token wildcard/,
    ],
    [
      "a subject with wildcards has a token that looks like a reference",
      sharing([service("$2x.y.>")], [{ ...service("$2x.y.>"), localSubject: "b.>" }]),
      /imports\[0\]\.localSubject = "b\.>": .*\[NA1511\]/,
      /not using all of the token wildcard/,
    ],
    [
      "two accounts use each other's service under one subject",
      [
        { name: "A", exports: [service("a")], imports: [{ ...service("a"), account: "B" }], users: { all: {} } },
        { name: "B", exports: [service("a")], imports: [{ ...service("a"), account: "A" }], users: { all: {} } },
      ],
      /imports\[0\]\.subject = "a": .*\[NA1704\]/,
      /import forms a cycle/,
    ],
    [
      "a stream goes round three accounts",
      ["A", "B", "C"].map((name, index, names) => ({
        name,
        exports: [stream("a.>")],
        imports: [{ ...stream("a.x"), account: names[(index + 1) % 3] ?? "" }],
        users: { all: {} },
      })),
      /imports\[0\]\.subject = "a\.x": .*\[NA1704\]/,
      /import forms a cycle/,
    ],
    [
      "the latency of a service with many replies is measured",
      sharing([{ ...service("a"), responseType: "stream", latency: { sampling: 1, results: "r" } }], []),
      /exports\[0\]\.latency: .*\[NA1502\]/,
      /Error adding service latency sampling .* bad service response type/,
    ],
    [
      "the latency of a service is published to a service",
      sharing([service("b"), { ...service("z"), latency: { sampling: 1, results: "b" } }], []),
      /exports\[1\]\.latency\.results = "b": .*\[NA1503\]/,
      /Error adding service latency sampling/,
    ],
    [
      "the position of the importer's key is not that of a wildcard",
      sharing([{ ...service("a.*.b"), accountTokenPosition: 3 }], []),
      /exports\[0\]\.accountTokenPosition = 3: .*\[NA1504\]/,
      /Error adding service export .* invalid subject/,
    ],
    [
      "an import has not the importer's key where the export demands it",
      sharing([{ ...service("a.*.b"), accountTokenPosition: 2 }], [service("a.c.b")]),
      /imports\[0\]\.subject = "a\.c\.b": .*\[NA1524\]/,
      /Error adding service import .* not authorized/,
    ],
    [
      "a local subject ends otherwise than the subject",
      sharing([service("a.>")], [{ ...service("a.>"), localSubject: "b" }]),
      /imports\[0\]\.localSubject = "b": .*\[NA1511\]/,
      /invalid subject/,
    ],
  ];

  for (const [what, accounts, ours, theirs] of cases) {
    it(`should fail validation, and be refused by the static server, when ${what}`, async () => {
      assert.match(problemsOf(accounts), ours);
      const pair = await newPair(await freeListeners());
      try {
        const files = filesOf("static", await worldOf(accounts), pair.listeners);
        await assert.rejects(pair.servers.static.try(files), theirs);
      } finally {
        pair.stop();
      }
    });
  }

  for (const name of ["a b", " ", "a\tb"]) {
    it(`should fail validation when the cluster is named ${JSON.stringify(name)}`, () => {
      assert.match(clusterNameDiagnostics(name).map(formatDiagnostic).join(), /\[NA1701\]/);
    });
  }

  it("should be refused by both servers when the cluster's name has a space", async () => {
    const pair = await newPair(await freeListeners("a b"));
    const world = await worldOf([]);
    try {
      for (const side of ["static", "operator"] as const) {
        await assert.rejects(pair.servers[side].try(filesOf(side, world, pair.listeners)), /cannot contain spaces/);
      }
    } finally {
      pair.stop();
    }
  });
});

describe("models on which the servers disagree", () => {
  it("should fail validation when a subject contains the white space U+0085, at which servers split it", async () => {
    const user = { permissions: { subscribe: { allow: ["a\u0085queue"] } } };
    const accounts = [{ name: "A", users: { all: {}, user } }];
    assert.match(problemsOf(accounts), /subscribe\.allow\[0\] = "a\u0085queue": .*\[NA1101\]/);
    const world = await worldOf(accounts);
    await withPair(world, async (pair) => {
      const decisions = await decisionsOn(pair, "static", world, "A/user", "A/all", questionsOn(["a queue"]));
      assert.equal(decisions["subscribe a in queue"], "allowed", "the server takes it for a queue group");
    });
  });

  it("should fail validation when a user's name is too long for the login to the operator server", async () => {
    const name = "n".repeat(2_500);
    const accounts = [{ name: "A", users: { [name]: {} } }];
    assert.match(problemsOf(accounts), /\[NA1401\]/);
    const world = await worldOf(accounts);
    await withPair(world, async (pair) => {
      await (await logIn(pair, "static", world, `A/${name}`)).close();
      await assert.rejects(logIn(pair, "operator", world, `A/${name}`), /maximum control line exceeded/);
    });
  });

  it("should be valid when a user's name has the maximum length in bytes", async () => {
    const name = "\u0001".repeat(255);
    const accounts = [{ name: "A", users: { [name]: {} } }];
    assert.equal(problemsOf(accounts), "");
    const world = await worldOf(accounts);
    await withPair(world, async (pair) => {
      await (await logIn(pair, "operator", world, `A/${name}`)).close();
    });
  });

  for (const [what, accounts] of [
    ["services of one account overlap", sharing([service("a.>")], [service("a.*"), service("a.b")])],
    ["exports overlap as the JWT library sees it", sharing([service("*.*"), service("a.>")], [service("a.b")])],
  ] as const) {
    it(`should fail validation when ${what}, for which the operator server rejects the account`, async () => {
      assert.notEqual(problemsOf(accounts), "");
      const world = await worldOf(accounts);
      await withPair(world, async (pair) => {
        const logins = await Promise.allSettled(["A/all", "B/all"].map((user) => logIn(pair, "operator", world, user)));
        const refused = logins.filter(({ status }) => status === "rejected");
        await Promise.all(logins.map(async (login) => login.status === "fulfilled" && login.value.close()));
        assert.equal(refused.length, 1);
      });
    });
  }
});
