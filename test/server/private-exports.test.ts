import assert from "node:assert/strict";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { clusterDiagnostics } from "../../provider/model/cluster/cluster";
import { NOTHING, type Decisions } from "../support/decisions";
import type { Way } from "../support/ends";
import { codesAndPaths } from "../support/diagnostics";
import { arriving, flowsOf } from "../support/flows";
import { keyOf } from "../support/keys";
import { filesOf, freeListeners, newPair, withPair } from "../support/pair";
import type { Side } from "../support/sides";
import { ISSUED_AT, worldOf } from "../support/world";

const SUBJECTS = ["answers.x", "news.x", "news.y", "open", "back", "closed", "mine.x"];

/** An account with private exports; a friend who may import them, and has one for the account in return; a stranger. */
function accounts(terms: object = {}): AccountDeclaration[] {
  return [
    {
      name: "exporter",
      exports: [
        { subject: "answers.*", type: "service", importers: ["friend"], ...terms },
        { subject: "news.>", type: "stream", importers: ["friend", "exporter"], ...terms },
        { subject: "open", type: "stream" },
        { subject: "closed", type: "service", importers: [] },
      ],
      imports: [{ account: "friend", subject: "back", type: "service" }],
      users: { all: {} },
    },
    {
      name: "friend",
      exports: [{ subject: "back", type: "service", importers: ["exporter"] }],
      imports: [
        { account: "exporter", subject: "answers.x", type: "service", localSubject: "mine.x" },
        { account: "exporter", subject: "news.x", type: "stream" },
        { account: "exporter", subject: "open", type: "stream" },
      ],
      users: { all: {} },
    },
    {
      name: "stranger",
      imports: [{ account: "exporter", subject: "open", type: "stream" }],
      users: { all: {} },
    },
  ];
}

const users = ["exporter/all", "friend/all", "stranger/all"];
const WAYS: readonly Way[] = [
  ["static", "static"],
  ["operator", "operator"],
  ["static", "operator"],
  ["operator", "static"],
];

/** What crosses between accounts on one way. */
function between(flows: Decisions): string[] {
  const arrivals = Object.entries(flows).filter(([, received]) => received !== NOTHING);
  return arrivals.map(([what]) => what).filter((what) => !/^(.*)\/all publishes .*, \1\/all receives$/.test(what));
}

const crossing = (from: string, subject: string, to: string) => arriving(`${from}/all`, subject, `${to}/all`);

describe("private exports", () => {
  it("should be usable only by the named importers, on both servers and across the route", async () => {
    const model = accounts();
    assert.deepEqual([...model.flatMap(accountDiagnostics), ...clusterDiagnostics(model)], []);
    const world = await worldOf(model);
    await withPair(world, async (pair) => {
      for (const way of WAYS) {
        assert.deepEqual(between(await flowsOf(pair, world, way, users, SUBJECTS)).sort(), [
          crossing("exporter", "back", "friend"),
          crossing("exporter", "news.x", "friend"),
          crossing("exporter", "open", "friend"),
          crossing("exporter", "open", "stranger"),
          crossing("friend", "mine.x", "exporter"),
        ]);
      }
    });
  });

  for (const subject of ["answers.x", "closed"]) {
    it(`should be refused by both servers when an account imports ${subject} and is not named`, async () => {
      const [exporter, friend, stranger] = accounts();
      assert.ok(exporter !== undefined && friend !== undefined && stranger !== undefined);
      const imports = [...(stranger.imports ?? []), { account: "exporter", subject, type: "service" } as const];
      const model = [exporter, friend, { ...stranger, imports }];
      assert.match(JSON.stringify(clusterDiagnostics(model)), /"NA1523"/);
      const world = await worldOf(model);
      const pair = await newPair(await freeListeners());
      const put = (side: Side) => pair.servers[side].put(filesOf(side, world, pair.listeners));
      try {
        await assert.rejects(
          pair.servers.static.try(filesOf("static", world, pair.listeners)),
          /Error adding service import .* not authorized/,
        );
        await put("operator");
        await pair.servers.operator.start();
        const flows = between(await flowsOf(pair, world, ["operator", "operator"], users, SUBJECTS));
        assert.equal(flows.includes(crossing("stranger", subject, "exporter")), false);
        assert.equal(flows.includes(crossing("exporter", "open", "stranger")), true);
      } finally {
        pair.stop();
      }
    });
  }

  it("should fail validation when the position of a key decides instead, as it does on both servers", async () => {
    const position = { importers: ["friend"], accountTokenPosition: 2 };
    const [answers, news] = ["answers.*", "news.*"];
    const imports = [
      { account: "exporter", subject: "answers.{{account-subject()}}", type: "service", localSubject: "mine.x" },
      { account: "exporter", subject: "news.{{account-subject()}}", type: "stream", localSubject: "news.x" },
    ] as const;
    const model: AccountDeclaration[] = [
      {
        name: "exporter",
        exports: [
          { subject: answers, type: "service", ...position },
          { subject: news, type: "stream", ...position },
        ],
        users: { all: {} },
      },
      // The stranger is not an importer, and has no activation.
      { name: "stranger", imports, users: { all: {} } },
    ];
    const found = codesAndPaths([...model.flatMap(accountDiagnostics), ...clusterDiagnostics(model)]);
    assert.ok(found.includes("NA1505 exports[0].importers"), found.join());
    const key = keyOf("account", "stranger");
    const world = await worldOf(model);
    await withPair(world, async (pair) => {
      for (const way of WAYS) {
        const subjects = ["mine.x", "news.x", `news.${key}`, `answers.${key}`];
        const flows = await flowsOf(pair, world, way, ["exporter/all", "stranger/all"], subjects);
        assert.deepEqual(between(flows).sort(), [
          crossing("exporter", `news.${key}`, "stranger"),
          crossing("stranger", "mine.x", "exporter"),
        ]);
      }
    });
  });

  for (const [what, moment, holds] of [
    ["when the activation was issued", ISSUED_AT, false],
    ["before the activation was issued", ISSUED_AT - 1, true],
  ] as const) {
    it(`should ${holds ? "" : "not "}be allowed by the operator server when everything is revoked until ${what}`, async () => {
      const world = await worldOf(accounts({ revocations: { "*": moment } }));
      await withPair(world, async (pair) => {
        const flows = between(await flowsOf(pair, world, ["operator", "operator"], users, SUBJECTS));
        assert.equal(flows.includes(crossing("exporter", "news.x", "friend")), holds);
        assert.equal(flows.includes(crossing("friend", "mine.x", "exporter")), holds);
      });
    });
  }
});
