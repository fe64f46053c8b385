import assert from "node:assert/strict";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { normalizeAccount, type Account } from "../../../provider/model/account/account";
import { getAuthorizationKeys } from "../../../provider/model/account/authorization-users";
import { clusterDiagnostics } from "../../../provider/model/cluster/cluster";
import { codesAndPaths } from "../../support/diagnostics";
import { keyOf, seedOf } from "../../support/keys";

const users = { one: {}, two: {} };

function problems(authorization: unknown): string[] {
  const account = { name: "A", users, authorization } as Parameters<typeof accountDiagnostics>[0];
  return codesAndPaths(accountDiagnostics(account));
}

describe("the authorization service of an account", () => {
  for (const [what, authorization, ...expected] of [
    ["it has an empty list of users", { users: [] }, "NA1601 authorization.users"],
    ["it has no users", {}, "NA1002 authorization.users"],
    ["all its users are elsewhere", { users: [keyOf("user", "far")] }, "NA1601 authorization.users"],
    ["a user is unknown", { users: ["one", "x"] }, "NA1602 authorization.users[1]"],
    ["a property is unknown", { users: ["one"], xkeys: "" }, "NA1001 authorization.xkeys"],
    ["accounts are not a list", { users: ["one"], allowedAccounts: "B" }, "NA1003 authorization.allowedAccounts"],
    [
      "an account has an empty name",
      { users: ["one"], allowedAccounts: [""] },
      "NA1003 authorization.allowedAccounts[0]",
    ],
    [
      "any account is one of several",
      { users: ["one"], allowedAccounts: ["B", "*"] },
      "NA1603 authorization.allowedAccounts",
    ],
    [
      "keys are seeds",
      {
        users: ["one"],
        issuer: seedOf("account", "x"),
        xkey: "SXAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      },
      "NA1304 authorization.issuer",
      "NA1302 authorization.xkey",
    ],
  ] as const) {
    it(`should be invalid when ${what}`, () => {
      assert.deepEqual(problems(authorization), expected);
    });
  }

  it("should be valid when a user of the account is the service, with any other properties", () => {
    assert.deepEqual(problems({ users: ["one"], allowedAccounts: "*" }), []);
    const xkey = `X${"A".repeat(55)}`;
    const all = { users: ["two", keyOf("user", "far")], issuer: keyOf("account", "s"), allowedAccounts: ["B"], xkey };
    assert.deepEqual(problems(all), []);
  });

  it("should belong to one account of a cluster only, and allow only accounts of the cluster", () => {
    const accounts = [
      { name: "A", users, authorization: { users: ["one"], allowedAccounts: ["B", "C"] } },
      { name: "B", users, authorization: { users: ["one"] } },
    ];
    assert.deepEqual(codesAndPaths(clusterDiagnostics(accounts)), [
      'NA1703 accounts[0]("A").authorization.allowedAccounts[1]',
      'NA1706 accounts[1]("B").authorization',
    ]);
  });

  it("should be normalized: lists sorted, and no empty list of accounts", () => {
    const account = { name: "A", publicKey: keyOf("account", "A"), users: {} };
    const normal = (authorization: NonNullable<Account["authorization"]>) =>
      normalizeAccount({ ...account, authorization }).authorization;
    assert.deepEqual(normal({ users: ["b", "a", "b"], allowedAccounts: [] }), { users: ["a", "b"] });
    assert.deepEqual(normal({ users: ["a"], allowedAccounts: ["b", "a"] })?.allowedAccounts, ["a", "b"]);
  });

  it("should accept the service with its current key, and with replaced keys that are still valid", () => {
    const [now, before, gone, far] = ["now", "before", "gone", "far"].map((label) => keyOf("user", label));
    const account = {
      users: { service: { publicKey: now ?? "", signingKey: keyOf("account", "s") } },
      authorization: { users: ["service", far ?? ""] },
      previous: { users: { service: [before, gone].map((key) => ({ publicKey: key ?? "", until: 1 })) } },
      revoked: { [gone ?? ""]: { at: 1 } },
    } as unknown as Account;
    assert.deepEqual(getAuthorizationKeys(account), [now, before, far].sort());
  });
});
