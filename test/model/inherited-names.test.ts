import assert from "node:assert/strict";
import { accountClaims } from "../../provider/jwt/claims";
import { getPreviousAccountKeys } from "../../provider/model/account/previous-account-keys";
import { getRevokedUsers } from "../../provider/model/account/revoked-users";
import type { Account } from "../../provider/model/account/account";
import { getEffectiveUsers } from "../../provider/model/account/effective-users";
import { getOwn } from "../../provider/model/form/order";

const NOW = 1_800_000_000;

/** Names of properties that every object inherits. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype);

/** An account with a user of its own key, and a user of a role. */
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

describe("getOwn", () => {
  it("should return own properties only", () => {
    for (const name of INHERITED) {
      assert.equal(getOwn({}, name), undefined);
      assert.equal(getOwn(Object.fromEntries([[name, 1]]), name), 1);
    }
  });
});

describe("a user and a role", () => {
  for (const name of INHERITED) {
    it(`should be handled like any other when they are new and named ${name}`, () => {
      const [before, after] = [accountWith("other"), accountWith(name)];
      assert.deepEqual(getPreviousAccountKeys({ ...before, previous: { users: {}, roles: {} } }, after, NOW), {});
      assert.deepEqual(getRevokedUsers(undefined, after, NOW), {});
      const listed = getEffectiveUsers({ ...after, previous: { users: {} } });
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
