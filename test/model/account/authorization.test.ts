import assert from "node:assert/strict";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { normalAccount, type Account } from "../../../provider/model/account/account";
import { authorizationKeys } from "../../../provider/model/account/authorization-users";
import { clusterDiagnostics } from "../../../provider/model/cluster/cluster";
import { formatDiagnostic } from "../../../provider/model/form/diagnostics";
import { keyOf, seedOf } from "../../support/keys";

const users = { one: {}, two: {} };

function problems(authorization: unknown): string[] {
  const account = { name: "A", users, authorization } as Parameters<typeof accountDiagnostics>[0];
  return accountDiagnostics(account).map(formatDiagnostic);
}

describe("the authorization of an account by a service", () => {
  for (const [what, authorization, ...expected] of [
    ["its users are none", { users: [] }, /^authorization\.users: names no user of the account/],
    ["it has no users", {}, /^authorization\.users: is missing; it is a list/],
    ["all its users are elsewhere", { users: [keyOf("user", "far")] }, /^authorization\.users: names no user/],
    [
      "a user is a stranger",
      { users: ["one", "x"] },
      /^authorization\.users\[1\] = "x": is no user of the account; its/,
    ],
    ["a key is unknown", { users: ["one"], xkeys: "" }, /^authorization\.xkeys: is no key that is known here/],
    [
      "accounts are no list",
      { users: ["one"], allowedAccounts: "B" },
      /^authorization\.allowedAccounts = "B": is not a l/,
    ],
    ["an account has no name", { users: ["one"], allowedAccounts: [""] }, /^authorization\.allowedAccounts\[0\] = ""/],
    ["any is one of several", { users: ["one"], allowedAccounts: ["B", "*"] }, /: has "\*" among accounts/],
    [
      "keys are seeds",
      {
        users: ["one"],
        issuer: seedOf("account", "x"),
        xkey: "SXAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      },
      /^authorization\.issuer = \(not shown: it may be a seed\): is no public key of an account/,
      /^authorization\.xkey: is no public key that encrypts/,
    ],
  ] as const) {
    it(`should be refused with a reason when ${what}`, () => {
      const found = problems(authorization);
      assert.equal(found.length, expected.length, found.join("\n"));
      expected.forEach((pattern, index) => {
        assert.match(found[index] ?? "", pattern);
      });
    });
  }

  it("should be accepted when a user of the account is the service, whatever else there is", () => {
    assert.deepEqual(problems({ users: ["one"], allowedAccounts: "*" }), []);
    const xkey = `X${"A".repeat(55)}`;
    const all = { users: ["two", keyOf("user", "far")], issuer: keyOf("account", "s"), allowedAccounts: ["B"], xkey };
    assert.deepEqual(problems(all), []);
  });

  it("should be that of one account of a cluster alone, and know only its accounts", () => {
    const accounts = [
      { name: "A", users, authorization: { users: ["one"], allowedAccounts: ["B", "C"] } },
      { name: "B", users, authorization: { users: ["one"] } },
    ];
    assert.deepEqual(clusterDiagnostics(accounts).map(formatDiagnostic), [
      'accounts[0]("A").authorization.allowedAccounts[1] = "C": is not an account of this cluster. Add it to the cluster\'s `accounts`.',
      'accounts[1]("B").authorization: is one more authorization by a service beside that of "A", and the static server asks one alone. Let one service decide about all clients, or leave one of them out.',
    ]);
  });

  it("should be the same in any order, and without accounts that are none", () => {
    const account = { name: "A", publicKey: keyOf("account", "A"), users: {} };
    const normal = (authorization: NonNullable<Account["authorization"]>) =>
      normalAccount({ ...account, authorization }).authorization;
    assert.deepEqual(normal({ users: ["b", "a", "b"], allowedAccounts: [] }), { users: ["a", "b"] });
    assert.deepEqual(normal({ users: ["a"], allowedAccounts: ["b", "a"] })?.allowedAccounts, ["a", "b"]);
  });

  it("should let in the service with the key that it has, and with those before that still work", () => {
    const [now, before, gone, far] = ["now", "before", "gone", "far"].map((label) => keyOf("user", label));
    const account = {
      users: { service: { publicKey: now ?? "", signingKey: keyOf("account", "s") } },
      authorization: { users: ["service", far ?? ""] },
      previous: { users: { service: [before, gone].map((key) => ({ publicKey: key ?? "", until: 1 })) } },
      revoked: { [gone ?? ""]: { at: 1 } },
    } as unknown as Account;
    assert.deepEqual(authorizationKeys(account), [now, before, far].sort());
  });
});
