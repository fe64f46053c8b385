import assert from "node:assert/strict";
import type { Account } from "../../../provider/model/account/account";
import { getPreviousAccountKeys, withValidUsers } from "../../../provider/model/account/previous-account-keys";
import { getEffectiveUsers } from "../../../provider/model/account/effective-users";

const NOW = Date.UTC(2027, 0, 1) / 1000;
const KEY = "A";

const account = (users: Account["users"], more: Partial<Account> = {}): Account => ({
  name: KEY,
  publicKey: KEY,
  users,
  ...more,
});

describe("accountPrevious", () => {
  it("should return replaced keys by user and role, for those that have any", () => {
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
    assert.deepEqual(getPreviousAccountKeys(before, after, NOW), {
      users: { b: [{ publicKey: "Ub1", until: "changed" }] },
      roles: { r: [{ signingKey: "Ar1", until: "changed" }] },
    });
    assert.deepEqual(getPreviousAccountKeys(undefined, after, NOW), {});
    assert.deepEqual(getPreviousAccountKeys(before, before, NOW), {});
  });

  it("should return no keys of a user that becomes a bearer: their JWTs are not secret", () => {
    const rotation = { version: 2 };
    const expires = "2028-01-01T00:00:00Z";
    const previous = { users: { a: [{ publicKey: "Ua0", signingKey: "Aa0", until: "changed" as const }] } };
    const before = account({ a: { publicKey: "Ua1", signingKey: "Aa1", rotation, expires } }, { previous });
    for (const after of [
      account({ a: { publicKey: "Ua1", signingKey: "Aa2", rotation, expires, bearer: true } }),
      account({ a: { publicKey: "Ua2", signingKey: "Aa2", rotation: { version: 3 }, bearer: true } }),
      account(
        { a: { publicKey: "Ua1", signingKey: "Ar", rotation, role: "r" } },
        { roles: { r: { signingKey: "Ar", bearer: true } } },
      ),
    ]) {
      assert.deepEqual(getPreviousAccountKeys(before, after, NOW), {});
    }
    const bearer = account(
      { a: { publicKey: "Ua1", signingKey: "Aa1", rotation, expires, bearer: true } },
      { previous },
    );
    assert.deepEqual(getPreviousAccountKeys(bearer, bearer, NOW), previous);
    assert.deepEqual(getPreviousAccountKeys(bearer, before, NOW), previous);
  });

  it("should accept users and roles of any name", () => {
    for (const name of ["constructor", "toString", "__proto__"]) {
      const of = (version: number) => {
        const user = { publicKey: `U${version}`, signingKey: `A${version}`, rotation: { version } };
        return account({ [name]: user }, { roles: { [name]: { signingKey: `AR${version}` } } });
      };
      const previous = getPreviousAccountKeys(of(1), of(2), NOW);
      assert.deepEqual(Object.entries(previous.users ?? {}), [
        [name, [{ publicKey: "U1", signingKey: "A1", until: "changed" }]],
      ]);
      assert.deepEqual(
        getEffectiveUsers({ ...of(2), previous }).map(({ publicKey }) => publicKey),
        ["U2", "U1"],
      );
      assert.deepEqual(getPreviousAccountKeys(account({}), of(1), NOW), {});
    }
  });

  it("should stay in the static configuration until a revocation of all users covers their JWTs", () => {
    const of = (version: number, issuedAt: number) =>
      account({ u: { publicKey: `U${version}`, signingKey: `A${version}`, issuedAt, rotation: { version } } });
    const previous = getPreviousAccountKeys(of(1, 100), of(2, 200), NOW);
    const keys = (moment: number) =>
      getEffectiveUsers({ ...of(2, 200), previous, revocations: { "*": moment } }).map(({ publicKey }) => publicKey);
    assert.deepEqual([keys(99), keys(100), keys(200)], [["U2", "U1"], ["U2"], []]);
  });

  it("should take a version for the same when it is a number or its string", () => {
    const of = (version: string | number) =>
      account({ u: { publicKey: "U2", signingKey: "A2", rotation: { version } } });
    const previous = { users: { u: [{ publicKey: "U1", signingKey: "A1", until: "changed" as const }] } };
    assert.deepEqual(getPreviousAccountKeys({ ...of(2), previous }, of("2"), NOW), previous);
  });
});

describe("the users in a static configuration", () => {
  it("should have their access with each of their keys, with templates expanded for that key", () => {
    const permissions = { publish: { allow: ["{{name()}}.{{subject()}}"] } };
    const users = { u: { publicKey: "U2", signingKey: "A2", permissions } };
    const keys = [
      { publicKey: "U1", signingKey: "A1", until: "changed" as const },
      { publicKey: "U2", signingKey: "A0", until: 1 },
    ];
    assert.deepEqual(
      getEffectiveUsers(account(users, { previous: { users: { u: keys } } })).map(({ publicKey, previous, access }) => [
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

  it("should be only those whose credentials are valid", () => {
    const user = { publicKey: "U", signingKey: "A" };
    const users = {
      always: user,
      ended: { ...user, expires: "2027-01-01" },
      ending: { ...user, expires: "2027-01-01T00:00:01Z" },
      later: { ...user, notBefore: "2027-01-01T00:00:01Z" },
      since: { ...user, notBefore: "2027-01-01" },
    };
    assert.deepEqual(Object.keys(withValidUsers(NOW, account(users)).users), ["always", "ending", "since"]);
  });
});
