import assert from "node:assert/strict";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { covers, hasWildcard } from "../../provider/model/subjects/subjects";
import { around, decisionsOn, questionsOn, type Decisions } from "../support/decisions";
import { DOCUMENTATION } from "../support/documentation";
import type { Way } from "../support/ends";
import { flowsOf } from "../support/flows";
import { withPair } from "../support/pair";
import { worldOf } from "../support/world";

/** Subjects that need care somewhere: in a configuration, in a token, in a wildcard. */
const ODD_ACCOUNT: AccountDeclaration = {
  name: 'odd "account" # { include',
  users: {
    all: {},
    deny: { permissions: { publish: { deny: ["secret.>", "*.hidden"] }, subscribe: { deny: ["secret.>", "a.b"] } } },
    inside: {
      permissions: {
        publish: { allow: ["a.>", "$JS.API.>", "q.*.r"], deny: ["a.b", "a.*.c", "q.x.r"] },
        subscribe: { allow: ["a.>", "_INBOX.>"], deny: ["a.b.>", "a.*.c"] },
      },
    },
    quoting: {
      permissions: {
        publish: {
          allow: ['say."hello"', "#no.comment", "$HOME.x", "{brace}.}", "include./etc/passwd", "back\\slash"],
        },
        subscribe: { allow: ["über.ñ.日本", "it's.*", "a=b", "a:b", "[1,2]", "true", "12", "1k", "//x", "(x)"] },
      },
    },
    queues: {
      permissions: {
        publish: { deny: [">"] },
        subscribe: {
          allow: ["work.> workers", "open.*", "wild.x *", "tree.x v1.>"],
          deny: ["open.* closed", "work.stop"],
        },
      },
    },
    nothing: { permissions: { publish: { deny: [">"] }, subscribe: { deny: [">"] } } },
  },
};

const SHARES: readonly AccountDeclaration[] = [
  {
    name: "exporter",
    exports: [
      { subject: "service.one", type: "service" },
      { subject: "service.any.*", type: "service" },
      { subject: "service.all.>", type: "service" },
      { subject: "stream.one", type: "stream" },
      { subject: "stream.any.*.x", type: "stream" },
      { subject: "stream.all.>", type: "stream" },
      { subject: "both", type: "stream" },
      { subject: "both", type: "service" },
    ],
    users: { all: {} },
  },
  {
    name: "importer",
    imports: [
      { account: "exporter", subject: "service.one", type: "service", localSubject: "renamed.one" },
      { account: "exporter", subject: "service.any.*", type: "service", localSubject: "any.$1.local" },
      { account: "exporter", subject: "service.all.part.>", type: "service" },
      { account: "exporter", subject: "stream.one", type: "stream" },
      { account: "exporter", subject: "stream.any.*.x", type: "stream", localSubject: "local.$1" },
      { account: "exporter", subject: "stream.all.>", type: "stream", localSubject: "mine.>" },
    ],
    users: { all: {} },
  },
  {
    name: "both ways",
    exports: [{ subject: "back", type: "service" }],
    imports: [
      { account: "exporter", subject: "both", type: "service" },
      { account: "exporter", subject: "both", type: "stream", localSubject: "both.as.stream" },
    ],
    users: { all: {} },
  },
  { name: "bystander", users: { all: {} } },
];

/** The messages of SHARES that cross between accounts: all that is imported, under its local name, and nothing else. */
const EXPECTED_FLOWS = [
  "both ways → exporter: both",
  "exporter → both ways: both.as.stream",
  "exporter → importer: local.x",
  "exporter → importer: mine.other",
  "exporter → importer: mine.x",
  "exporter → importer: mine.x.x",
  "exporter → importer: mine.x.x.y",
  "exporter → importer: stream.one",
  "importer → exporter: service.all.part.other",
  "importer → exporter: service.all.part.x",
  "importer → exporter: service.all.part.x.x",
  "importer → exporter: service.all.part.x.x.y",
  "importer → exporter: service.any.x",
  "importer → exporter: service.one",
];

describe("the decisions of both servers", () => {
  let counted = 0;

  after(() => {
    console.log(`    ${counted} decisions were the same on both servers`);
  });

  /** Asks both servers, and returns the answer that they agree on. */
  async function agreed(
    accounts: readonly AccountDeclaration[],
    user: string,
    colleague: string,
    subjects: readonly string[],
  ): Promise<Decisions> {
    const world = await worldOf(accounts);
    const questions = questionsOn(subjects);
    return withPair(world, async (pair) => {
      const ofStatic = await decisionsOn(pair, "static", world, user, colleague, questions);
      const ofOperator = await decisionsOn(pair, "operator", world, user, colleague, questions);
      assert.deepEqual(ofStatic, ofOperator);
      counted += Object.keys(ofStatic).length;
      return ofStatic;
    });
  }

  it("should match the documentation for its users", async () => {
    const [system, a, ...others] = DOCUMENTATION;
    assert.ok(system !== undefined && a !== undefined);
    const users = { ...a.users, colleague: {} };
    const subjects = [
      "test",
      "test.x",
      "test.x.y",
      "_R_",
      "_R_.x",
      "_INBOX.x",
      "latency.on.test",
      "tests",
      "_S_",
      "other",
    ];
    const decisions = await agreed([system, { ...a, users }, ...others], "A/test", "A/colleague", subjects);
    const denied = Object.keys(decisions).filter((what) => decisions[what] === "denied");
    assert.deepEqual(
      denied.filter((what) => !what.includes(" in ")),
      [
        "publish latency.on.test",
        "publish tests",
        "publish _S_",
        "publish other",
        "subscribe tests",
        "subscribe _S_",
        "subscribe other",
      ],
    );
  });

  for (const [user, { permissions }] of Object.entries(ODD_ACCOUNT.users ?? {})) {
    const { publish = {}, subscribe = {} } = permissions ?? {};
    const lists = [publish.allow, publish.deny, subscribe.allow, subscribe.deny].flatMap((list) => list ?? []);
    const subjects = [...new Set([...lists, "elsewhere", "_INBOX.x.y"].flatMap(around))];

    it(`should be the same, and match the permissions, when the user is "${user}"`, async () => {
      const name = ODD_ACCOUNT.name;
      const decisions = await agreed([ODD_ACCOUNT], `${name}/${user}`, `${name}/all`, subjects);
      for (const subject of subjects.filter((s) => !hasWildcard(s) && !s.includes(" "))) {
        const matches = (list: readonly string[]) => list.some((pattern) => covers(pattern, subject));
        const may = matches(publish.allow ?? [">"]) && !matches(publish.deny ?? []);
        assert.equal(decisions[`publish ${subject}`], may ? "allowed" : "denied", subject);
      }
    });
  }

  it("should deliver the same messages between accounts on every route, and no others", async () => {
    const world = await worldOf(SHARES);
    const terms = SHARES.flatMap(({ exports = [], imports = [] }) => [...exports, ...imports]);
    const locals = SHARES.flatMap(({ imports = [] }) => imports.flatMap((entry) => entry.localSubject ?? []));
    const named = [...terms.map(({ subject }) => subject), ...locals.map((subject) => subject.replace("$1", "x"))];
    const subjects = [...new Set([...named, "both.as.stream"].flatMap((subject) => around(subject)))];
    const users = SHARES.map(({ name }) => `${name}/all`);
    await withPair(world, async (pair) => {
      const flows = (way: Way) => flowsOf(pair, world, way, users, subjects);
      const local = await flows(["static", "static"]);
      const across = await flows(["static", "operator"]);
      assert.deepEqual(await flows(["operator", "operator"]), local);
      assert.deepEqual(await flows(["operator", "static"]), across);
      counted += 2 * (Object.keys(local).length + Object.keys(across).length);
      assert.deepEqual(betweenAccounts(local), EXPECTED_FLOWS);
    });
  });
});

/** What arrives in another account than it was published in. */
function betweenAccounts(flows: Decisions): string[] {
  const between = Object.entries(flows).flatMap(([what, subjects]) => {
    const [, from = "", to = ""] = /^(.*)\/all publishes .*, (.*)\/all receives$/.exec(what) ?? [];
    const arrived = subjects === "nothing" || from === to ? [] : subjects.split(", ");
    return arrived.map((message) => `${from} → ${to}: ${message.replace(/ by .*/, "")}`);
  });
  return [...new Set(between)].sort();
}
