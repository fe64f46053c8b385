import assert from "node:assert/strict";
import fc from "fast-check";
import { staticConfig } from "../../../provider/config/static";
import type { Listener } from "../../../provider/config/listener";
import { accountClaims } from "../../../provider/jwt/claims";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { normalAccount, type Account, type AccountDeclaration } from "../../../provider/model/account/account";
import { formatDiagnostics } from "../../../provider/model/form/diagnostics";
import { assertGolden } from "../../support/golden";
import { account as anyAccount, hostileText } from "../../support/arbitraries";
import { keyOf } from "../../support/keys";
import { worldOf } from "../../support/world";

const LISTENER: Listener = { serverName: "s", clusterName: "c", clientPort: 4222, clusterPort: 6222 };

/** Every list and every map of a value in another order. */
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
  it("should say that a role is none of the account's also when something else is wrong with its users", () => {
    const users = { u: { permissions: { publish: { allow: ["a b"] } } }, v: { role: "tennant" } };
    const paths = accountDiagnostics({ name: "A", users, roles: { tenant: {} } }).map(({ path }) => path);
    assert.deepEqual(paths, ["users.u.permissions.publish.allow[0]", "users.v.role"]);
  });

  it("should say everything at once, each with path, value, what is allowed and what to do", () => {
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
    const text = formatDiagnostics("account", accountDiagnostics(account));
    assertGolden(__dirname, "account-problems.txt", `${text}\n`);
  });

  it("should let an account use services of others under one subject, and not those of one other", () => {
    const service = (account: string, subject: string) =>
      ({ account, subject, type: "service", localSubject: "x" }) as const;
    const problems = (...imports: ReturnType<typeof service>[]) => accountDiagnostics({ name: "A", imports });
    assert.deepEqual(problems(service("one", "a"), service("two", "b"), service("three", "a")), []);
    assert.equal(problems(service("one", "a"), service("one", "b")).length, 1);
  });

  it("should find nothing when an account says nothing but its name", () => {
    assert.deepEqual(accountDiagnostics({ name: "A" }), []);
  });

  it("should show a value on one line and at a bounded length, whatever the value is", () => {
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

describe("normalAccount", () => {
  it("should be the same when it is done again", () => {
    const normal = normalAccount(FULL);
    assert.deepEqual(normalAccount(normal), normal);
  });

  it("should be the same, to the byte of claims and configuration, when everything is written in another order", () => {
    const model = (account: Account) => ({ operator: "O", systemAccount: account.publicKey, accounts: [account] });
    const claims = JSON.stringify(accountClaims(normalAccount(FULL)));
    const config = staticConfig(model(normalAccount(FULL)), LISTENER);
    fc.assert(
      fc.property(shuffled(FULL), (account) => {
        assert.equal(JSON.stringify(accountClaims(normalAccount(account))), claims);
        assert.equal(staticConfig(model(account), LISTENER), config);
      }),
    );
  });

  it("should hold each subject once", () => {
    const { users } = normalAccount(FULL);
    assert.deepEqual(users.a?.permissions?.publish, { allow: ["a", "b", "c"], deny: ["y", "z"] });
  });

  it("should leave out what says nothing, and survive JSON", async () => {
    await fc.assert(
      fc.asyncProperty(anyAccount("A"), async (declared) => {
        const { model } = await worldOf([{ ...declared, exports: [], imports: [], limits: {} }]);
        const normal = model.accounts.map(normalAccount);
        assert.deepEqual(JSON.parse(JSON.stringify(normal)), normal);
        assert.doesNotMatch(JSON.stringify(normal), /\[\]|"(permissions|publish|subscribe|limits)":\{\}/);
      }),
    );
  });

  it("should change none of its inputs", () => {
    const before = structuredClone(FULL);
    normalAccount(FULL);
    assert.deepEqual(FULL, before);
  });
});
