import assert from "node:assert/strict";
import fc from "fast-check";
import { renderStaticConfig } from "../../../provider/config/static";
import type { Listener } from "../../../provider/config/listener";
import { accountClaims } from "../../../provider/jwt/claims";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { normalizeAccount, type Account, type AccountDeclaration } from "../../../provider/model/account/account";
import { formatDiagnostics } from "../../../provider/diagnostics/diagnostic";
import { codesAndPaths } from "../../support/diagnostics";
import { account as anyAccount, hostileText } from "../../support/arbitraries";
import { keyOf } from "../../support/keys";
import { worldOf } from "../../support/world";

const LISTENER: Listener = { serverName: "s", clusterName: "c", clientPort: 4222, clusterPort: 6222 };

/** A value with every list and every map in another order. */
function shuffled<T>(value: T): fc.Arbitrary<T> {
  if (Array.isArray(value)) {
    const items = value as unknown[];
    return fc
      .tuple(...items.map((item) => shuffled(item)))
      .chain((parts) => fc.shuffledSubarray(parts, { minLength: parts.length })) as fc.Arbitrary<T>;
  }
  if (typeof value === "object" && value !== null) {
    const entries = fc.tuple(...Object.entries(value).map(([key, item]) => fc.tuple(fc.constant(key), shuffled(item))));
    return entries
      .chain((parts) => fc.shuffledSubarray(parts, { minLength: parts.length }))
      .map((parts) => Object.fromEntries(parts) as T);
  }
  return fc.constant(value);
}

/** An account with something in every list. */
const FULL: Account = {
  name: "full",
  publicKey: keyOf("account", "full"),
  description: "everything",
  users: Object.fromEntries(
    ["b", "a", "10", "9", "ä"].map((name) => [
      name,
      {
        publicKey: keyOf("user", name),
        signingKey: keyOf("account", name),
        permissions: { publish: { allow: ["c", "a", "b", "a"], deny: ["z", "y"] }, subscribe: { allow: ["b q", "b"] } },
      },
    ]),
  ),
  exports: [
    { subject: "b", type: "stream" },
    { subject: "b", type: "service" },
    { subject: "a", type: "service", latency: { sampling: "headers", results: "r" } },
  ],
  imports: [
    { account: keyOf("account", "two"), subject: "b", type: "stream" },
    { account: keyOf("account", "one"), subject: "b", type: "stream", localSubject: "c" },
    { account: keyOf("account", "one"), subject: "a", type: "service" },
  ],
  limits: { payload: 1, connections: 2 },
};

describe("accountDiagnostics", () => {
  it("should find an unknown role when there is another problem with a user", () => {
    const users = { u: { permissions: { publish: { allow: ["a b"] } } }, v: { role: "tennant" } };
    const found = codesAndPaths(accountDiagnostics({ name: "A", users, roles: { tenant: {} } }));
    assert.deepEqual(found, ["NA1101 users.u.permissions.publish.allow[0]", "NA1403 users.v.role"]);
  });

  it("should find all problems at once", () => {
    const account: AccountDeclaration = {
      name: " ",
      description: "é".repeat(4_097),
      users: {
        ok: {},
        "not ok": { permissions: { publish: { allow: ["a b", "a..b"], deny: [""] }, subscribe: { allow: [] } } },
        "": {},
      },
      exports: [
        { subject: "a.>.b", type: "service", latency: { sampling: 0, results: "r.*" } },
        { subject: "s", type: "stream", latency: { sampling: 100, results: "r" } },
        { subject: "s", type: "queue" as "stream" },
        { subject: "t.>", type: "service" },
        { subject: "t.a", type: "service" },
      ],
      imports: [
        { account: " ", subject: "x", type: "service" },
        { account: "other", subject: "x", type: "service", localSubject: "x." },
        { account: "other", subject: "y.*", type: "service", localSubject: "z" },
        { account: "third", subject: "x", type: "service" },
        { account: "third", subject: "y", type: "service", localSubject: "x" },
      ],
      limits: { connections: -1, payload: 1.5, subscriptions: NaN, leafNodes: 2 ** 31 },
    };
    assert.deepEqual(codesAndPaths(accountDiagnostics(account)), [
      "NA1401 name",
      'NA1101 users["not ok"].permissions.publish.allow[0]',
      'NA1101 users["not ok"].permissions.publish.allow[1]',
      'NA1101 users["not ok"].permissions.publish.deny[0]',
      'NA1202 users["not ok"].permissions.subscribe.allow',
      'NA1401 users[""]',
      "NA1101 exports[0].subject",
      "NA1008 exports[0].latency.sampling",
      "NA1503 exports[0].latency.results",
      "NA1501 exports[1].latency",
      "NA1003 exports[2].type",
      "NA1507 exports[4].subject",
      "NA1008 limits.connections",
      "NA1008 limits.leafNodes",
      "NA1008 limits.subscriptions",
      "NA1005 limits.payload",
      "NA1009 description",
      "NA1512 imports[0].account",
      "NA1101 imports[1].localSubject",
      "NA1511 imports[2].localSubject",
      "NA1515 imports[4].localSubject",
    ]);
  });

  it("should accept services of different accounts under one local subject, and reject two of the same account", () => {
    const service = (account: string, subject: string) =>
      ({ account, subject, type: "service", localSubject: "x" }) as const;
    const problems = (...imports: ReturnType<typeof service>[]) => accountDiagnostics({ name: "A", imports });
    assert.deepEqual(problems(service("one", "a"), service("two", "b"), service("three", "a")), []);
    assert.equal(problems(service("one", "a"), service("one", "b")).length, 1);
  });

  it("should find nothing when an account has only a name", () => {
    assert.deepEqual(accountDiagnostics({ name: "A" }), []);
  });

  it("should result in messages of one line and a bounded length when a value is hostile", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const users = { [text]: { permissions: { publish: { allow: [` ${text.repeat(50)}`] } } } };
        const message = formatDiagnostics("A", accountDiagnostics({ name: "A", users }));
        assert.ok(message.split("\n").every((line) => line.length < 10_000));
        assert.equal(message.split("\n").length, accountDiagnostics({ name: "A", users }).length + 1);
      }),
    );
  });
});

describe("normalizeAccount", () => {
  it("should change nothing when applied twice", () => {
    const normal = normalizeAccount(FULL);
    assert.deepEqual(normalizeAccount(normal), normal);
  });

  it("should result in the same claims and configuration when everything is in another order", () => {
    const model = (account: Account) => ({ operator: "O", systemAccount: account.publicKey, accounts: [account] });
    const claims = JSON.stringify(accountClaims(normalizeAccount(FULL)));
    const config = renderStaticConfig(model(normalizeAccount(FULL)), LISTENER).text;
    fc.assert(
      fc.property(shuffled(FULL), (account) => {
        assert.equal(JSON.stringify(accountClaims(normalizeAccount(account))), claims);
        assert.equal(renderStaticConfig(model(account), LISTENER).text, config);
      }),
    );
  });

  it("should remove duplicate subjects", () => {
    const { users } = normalizeAccount(FULL);
    assert.deepEqual(users.a?.permissions?.publish, { allow: ["a", "b", "c"], deny: ["y", "z"] });
  });

  it("should leave out what has no effect, and survive JSON", async () => {
    await fc.assert(
      fc.asyncProperty(anyAccount("A"), async (declared) => {
        const { model } = await worldOf([{ ...declared, exports: [], imports: [], limits: {} }]);
        const normal = model.accounts.map(normalizeAccount);
        assert.deepEqual(JSON.parse(JSON.stringify(normal)), normal);
        assert.doesNotMatch(JSON.stringify(normal), /\[\]|"(permissions|publish|subscribe|limits)":\{\}/);
      }),
    );
  });

  it("should not modify its argument", () => {
    const before = structuredClone(FULL);
    normalizeAccount(FULL);
    assert.deepEqual(FULL, before);
  });
});
