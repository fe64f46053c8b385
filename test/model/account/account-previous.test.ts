import assert from "node:assert/strict";
import type { Account } from "../../../provider/model/account/account";
import { accountPrevious, holdingAt } from "../../../provider/model/account/account-previous";
import { effectiveUsers } from "../../../provider/model/account/effective-users";

const NOW = Date.UTC(2027, 0, 1) / 1000;
const KEY = "A";

const account = (users: Account["users"], more: Partial<Account> = {}): Account => ({
  name: KEY,
  publicKey: KEY,
  users,
  ...more,
});

describe("the keys of an account that were replaced", () => {
  it("should be told by user and by role, of those alone that have any", () => {
    const before = account(
      { a: { publicKey: "Ua1", signingKey: "Aa1" }, b: { publicKey: "Ub1", signingKey: "Ar1", role: "r" } },
      { roles: { r: { signingKey: "Ar1" }, s: { signingKey: "As1" } } },
    );
    const rotation = { version: 2 };
    const after = account(
      {
        a: { publicKey: "Ua1", signingKey: "Aa1" },
        b: { publicKey: "Ub2", signingKey: "Ar2", role: "r", rotation },
        c: { publicKey: "Uc1", signingKey: "Ac1" },
      },
      { roles: { r: { signingKey: "Ar2", rotation }, s: { signingKey: "As1" } } },
    );
    assert.deepEqual(accountPrevious(before, after, NOW), {
      users: { b: [{ publicKey: "Ub1", until: "changed" }] },
      roles: { r: [{ signingKey: "Ar1", until: "changed" }] },
    });
    assert.deepEqual(accountPrevious(undefined, after, NOW), {});
    assert.deepEqual(accountPrevious(before, before, NOW), {});
  });

  it("should be those of users and roles of any name", () => {
    for (const name of ["constructor", "toString", "__proto__"]) {
      const of = (version: number) => {
        const user = { publicKey: `U${version}`, signingKey: `A${version}`, rotation: { version } };
        return account({ [name]: user }, { roles: { [name]: { signingKey: `AR${version}` } } });
      };
      const previous = accountPrevious(of(1), of(2), NOW);
      assert.deepEqual(Object.entries(previous.users ?? {}), [
        [name, [{ publicKey: "U1", signingKey: "A1", until: "changed" }]],
      ]);
      assert.deepEqual(
        effectiveUsers({ ...of(2), previous }).map(({ publicKey }) => publicKey),
        ["U2", "U1"],
      );
      assert.deepEqual(accountPrevious(account({}), of(1), NOW), {});
    }
  });

  it("should be let in by the static server when everyone's older JWTs are revoked, and not when theirs are, too", () => {
    const of = (version: number, issuedAt: number) =>
      account({ u: { publicKey: `U${version}`, signingKey: `A${version}`, issuedAt, rotation: { version } } });
    const previous = accountPrevious(of(1, 100), of(2, 200), NOW);
    const keys = (moment: number) =>
      effectiveUsers({ ...of(2, 200), previous, revocations: { "*": moment } }).map(({ publicKey }) => publicKey);
    assert.deepEqual([keys(99), keys(100), keys(200)], [["U2", "U1"], ["U2"], []]);
  });

  it("should be the same whether a version is a number or its text", () => {
    const of = (version: string | number) =>
      account({ u: { publicKey: "U2", signingKey: "A2", rotation: { version } } });
    const previous = { users: { u: [{ publicKey: "U1", signingKey: "A1", until: "changed" as const }] } };
    assert.deepEqual(accountPrevious({ ...of(2), previous }, of("2"), NOW), previous);
  });
});

describe("the users of an account as one of its servers lists them", () => {
  it("should have what they may do by each of their keys, with templates filled in for that key", () => {
    const permissions = { publish: { allow: ["{{name()}}.{{subject()}}"] } };
    const users = { u: { publicKey: "U2", signingKey: "A2", permissions } };
    const keys = [
      { publicKey: "U1", signingKey: "A1", until: "changed" as const },
      { publicKey: "U2", signingKey: "A0", until: 1 },
    ];
    assert.deepEqual(
      effectiveUsers(account(users, { previous: { users: { u: keys } } })).map(({ publicKey, previous, access }) => [
        publicKey,
        previous ?? false,
        access.permissions?.publish?.allow,
      ]),
      [
        ["U2", false, ["u.U2"]],
        ["U1", true, ["u.U1"]],
      ],
    );
  });

  it("should be those alone whose credentials hold", () => {
    const user = { publicKey: "U", signingKey: "A" };
    const users = {
      always: user,
      ended: { ...user, expires: "2027-01-01" },
      ending: { ...user, expires: "2027-01-01T00:00:01Z" },
      later: { ...user, notBefore: "2027-01-01T00:00:01Z" },
      since: { ...user, notBefore: "2027-01-01" },
    };
    assert.deepEqual(Object.keys(holdingAt(NOW, account(users)).users), ["always", "ending", "since"]);
  });
});
