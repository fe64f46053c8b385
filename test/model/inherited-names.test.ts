import assert from "node:assert/strict";
import { accountClaims } from "../../provider/jwt/claims";
import { accountPrevious } from "../../provider/model/account/account-previous";
import { accountRevoked } from "../../provider/model/account/account-revoked";
import type { Account } from "../../provider/model/account/account";
import { effectiveUsers } from "../../provider/model/account/effective-users";
import { own } from "../../provider/model/form/order";

const NOW = 1_800_000_000;

/** Names that every object answers to, though nobody wrote them. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype);

/** An account with one user of its own and one of a role. */
function accountWith(name: string): Account {
  return {
    name: "A",
    publicKey: "A",
    users: Object.fromEntries([
      [name, { publicKey: "U1", signingKey: "A1" }],
      ["of role", { publicKey: "U2", signingKey: "A2", role: name }],
    ]),
    roles: Object.fromEntries([[name, { signingKey: "A2", permissions: { publish: { allow: ["a"] } } }]]),
  };
}

describe("what a record has of its own", () => {
  it("should be what was written under a name, and nothing that it inherits", () => {
    for (const name of INHERITED) {
      assert.equal(own({}, name), undefined);
      assert.equal(own(Object.fromEntries([[name, 1]]), name), 1);
    }
  });
});

describe("a user and a role", () => {
  for (const name of INHERITED) {
    it(`should be as any other when they are new and called ${name}`, () => {
      const [before, after] = [accountWith("other"), accountWith(name)];
      assert.deepEqual(accountPrevious({ ...before, previous: { users: {}, roles: {} } }, after, NOW), {});
      assert.deepEqual(accountRevoked(undefined, after, NOW), {});
      const listed = effectiveUsers({ ...after, previous: { users: {} } });
      assert.deepEqual(
        Object.fromEntries(listed.map((user) => [user.publicKey, user.access.permissions?.publish?.allow])),
        { U1: undefined, U2: ["a"] },
      );
      const { signing_keys: keys } = accountClaims({ ...after, previous: { users: {} } }).nats as {
        signing_keys: { key: string; role: string }[];
      };
      assert.deepEqual(
        keys.map(({ key, role }) => [key, role]),
        [
          ["A1", name],
          ["A2", name],
        ],
      );
    });
  }
});
