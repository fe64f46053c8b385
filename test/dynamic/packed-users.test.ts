import assert from "node:assert/strict";
import { accountClaimsProvider } from "../../provider/dynamic/account-claims";
import { DETAILS } from "../../provider/dynamic/life-cycle/details";
import { readToken } from "../../provider/jwt/sign";
import type { User, Users } from "../../provider/model/users/users";
import { keyOf, seedOf } from "../support/keys";
import { Deployed } from "../support/life-cycle";

const START = 1_800_000_000;

interface Outs {
  readonly jwt: string;
  readonly __details: { readonly users: Users | string };
}

describe("the users of an account, in its state", () => {
  let now = START;
  let claims: Deployed<{ account: string }, Outs>;

  beforeEach(() => {
    now = START;
    claims = new Deployed(accountClaimsProvider(() => now)) as unknown as typeof claims;
  });

  function users(count: number, change: Readonly<Record<string, Partial<User>>> = {}): Record<string, User> {
    const names = Array.from({ length: count }, (_, index) => `u${index}`);
    return Object.fromEntries(
      names.map((name): [string, User] => {
        const permissions = { publish: { allow: [`${name}.>`] } };
        const keys = { publicKey: keyOf("user", name), signingKey: keyOf("account", name) };
        return [name, { ...keys, permissions, ...change[name] }];
      }),
    );
  }
  const account = (all: object) => ({
    name: "A",
    publicKey: keyOf("account", "A"),
    signer: seedOf("operator", "signing"),
    users: all,
  });
  const storedUsers = () => claims.outs[DETAILS].users;
  const scopes = () => (readToken(claims.outs.jwt).nats as { signing_keys: object[] }).signing_keys;
  /** The state as an earlier version stored it. */
  const asObject = (all: Users): Outs => ({ ...claims.outs, [DETAILS]: { ...claims.outs[DETAILS], users: all } });

  it("should be one text from 50 users on, and readable before", async () => {
    await claims.up(account(users(49)));
    assert.deepEqual(storedUsers(), users(49));
    const { jwt } = claims.outs;
    await claims.up(account(users(50)));
    assert.equal(typeof storedUsers(), "string");
    assert.ok(!JSON.stringify(claims.outs[DETAILS]).includes(keyOf("user", "u1")));
    assert.equal(scopes().length, 50);
    await claims.up(account(users(49)));
    assert.deepEqual(storedUsers(), users(49));
    assert.equal(readToken(claims.outs.jwt).sub, readToken(jwt).sub);
  });

  it("should stay the same, and keep the JWT, when nothing changes", async () => {
    await claims.up(account(users(60)));
    const { jwt } = claims.outs;
    const stored = storedUsers();
    now += 60;
    assert.equal(await claims.up(account(users(60))), false);
    assert.deepEqual([claims.outs.jwt, storedUsers()], [jwt, stored]);
  });

  it("should be shown by line when one of them changes", async () => {
    await claims.up(account(users(60)));
    const before = claims.inputs.account.split("\n");
    const next = users(60, { u7: { permissions: { publish: { allow: ["u7.>", "all"] } } } });
    const { changes, inputs } = await claims.preview(account(next));
    assert.equal(changes, true);
    const after = inputs.account.split("\n");
    assert.deepEqual(
      after.filter((line) => !before.includes(line)),
      ['users.u7.permissions.publish.allow "all"'],
    );
    assert.deepEqual(
      before.filter((line) => !after.includes(line)),
      [],
    );
    await claims.up(account(next));
    assert.equal(await claims.up(account(next)), false);
    assert.equal(await claims.up(account(users(60))), true);
  });

  it("should be read as an object, which earlier versions stored, and replaced by a text at the next change only", async () => {
    await claims.up(account(users(60)));
    const stored = asObject(users(60));
    const { id, inputs } = claims;
    const provider = accountClaimsProvider(() => now) as never;
    const earlier: typeof claims = Deployed.from(provider, { id, inputs, outs: stored });
    assert.equal(await earlier.up(account(users(60))), false);
    assert.deepEqual(earlier.outs, stored);
    assert.equal(await earlier.up(account(users(61))), true);
    assert.equal(typeof earlier.outs[DETAILS].users, "string");
    assert.equal(await earlier.up(account(users(61))), false);
  });
});
