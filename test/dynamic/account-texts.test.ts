import assert from "node:assert/strict";
import { provider } from "../../provider/dynamic/account-claims";
import type { AccountTexts } from "../../provider/dynamic/state/account-texts";
import { DETAILS } from "../../provider/dynamic/life-cycle/details";
import { packUsers, USERS } from "../../provider/dynamic/state/packed-users";
import { keyOf, seedOf } from "../support/keys";
import { Engine, UNKNOWN } from "../support/life-cycle";

const user = (name: string, allow?: readonly string[]) => ({
  publicKey: keyOf("user", name),
  signingKey: keyOf("account", name),
  permissions: allow && { publish: { allow } },
});

const ROLES = { reader: { signingKey: keyOf("account", "reader") } };

const ACCOUNT = {
  name: "A",
  publicKey: keyOf("account", "A"),
  users: { a: user("a", ["x", "y"]), b: user("b") },
  roles: ROLES,
  exports: [{ subject: "one", type: "stream" }],
  imports: [{ account: keyOf("account", "B"), subject: "s", type: "stream" }],
  signer: seedOf("operator", "signing"),
};

describe("the texts of an account in a preview that does not know some keys", () => {
  const engine = new Engine(provider);
  const texts = async (change: object) => {
    const { inputs } = await engine.check({ ...ACCOUNT, ...change });
    return inputs as Partial<AccountTexts>;
  };
  /** The lines of a text that another one does not have. */
  const added = (before = "", after = "") => after.split("\n").filter((line) => !before.split("\n").includes(line));
  const unknownUser = { publicKey: UNKNOWN, signingKey: UNKNOWN, issuedAt: UNKNOWN, expires: UNKNOWN };

  it("should show one more permission as one more line, with a new user and a new issuer", async () => {
    const { account, accountKeys } = await texts({});
    const users = {
      a: user("a", ["x", "y", "z"]),
      b: { ...user("b"), ...unknownUser },
      new: unknownUser,
    };
    const changed = await texts({ users, signer: UNKNOWN });
    assert.deepEqual(added(account, changed.account), ['users.a.permissions.publish.allow "z"', "users.new {}"]);
    assert.notEqual(accountKeys, UNKNOWN);
    assert.equal(changed.accountKeys, UNKNOWN);
    assert.match(changed.accountImports ?? "", /^imports /);
  });

  it("should be the same for many users, of which the program states the known parts beside one text", async () => {
    const names = Array.from({ length: 60 }, (_, index) => `u${index}`);
    const known = Object.fromEntries(names.map((name) => [name, user(name, ["x"])]));
    const { users: _users, ...account } = ACCOUNT;
    const packed = await engine.check({ ...account, [USERS]: packUsers(known) });
    const plain = await engine.check({ ...account, users: known });
    assert.deepEqual(packed, plain);
    assert.equal(typeof Reflect.get(plain.inputs, USERS), "string");
    assert.ok(!JSON.stringify(Reflect.get(plain.inputs, DETAILS)).includes("u59"));

    const users: typeof known = { ...known, u0: { ...user("u0", ["x", "z"]), ...unknownUser } };
    const stated = { ...account, [USERS]: UNKNOWN, [DETAILS]: { unknownUsers: users } };
    const before = plain.inputs;
    const [partly, whole] = [await engine.check(stated, before), await engine.check({ ...account, users }, before)];
    assert.deepEqual(partly, whole);
    assert.equal(Reflect.get(partly.inputs, USERS), UNKNOWN);
    const texts = [before, partly.inputs].map((inputs) => (inputs as Partial<AccountTexts>).account);
    assert.deepEqual(added(...texts), ['users.u0.permissions.publish.allow "z"']);

    const { id, outs } = await engine.create({ ...account, users: known });
    assert.deepEqual((await provider.diff?.(id, outs, plain.inputs))?.changes, false);
    assert.deepEqual((await provider.diff?.(id, outs, partly.inputs))?.changes, true);
    // Users that leave are revoked, although the keys of others are unknown.
    const { u1: _u1, ...left } = users;
    const roles = { reader: { signingKey: keyOf("account", "u1") } };
    const held = (await engine.check({ ...account, roles, users: known })).inputs;
    const removed = { ...account, roles, [USERS]: UNKNOWN, [DETAILS]: { unknownUsers: left } };
    assert.deepEqual(Object.keys(Reflect.get((await engine.check(removed, held)).inputs, "revoked") as object), [
      keyOf("user", "u1"),
    ]);
  });

  it("should accept the inputs of earlier versions, which had many users as an object", async () => {
    const names = Array.from({ length: 60 }, (_, index) => `u${index}`);
    const users = Object.fromEntries(names.map((name) => [name, user(name)]));
    const { inputs } = await engine.check({ ...ACCOUNT, users });
    const { [USERS]: _text, [DETAILS]: details, ...visible } = inputs as unknown as Record<string, unknown>;
    const stored = JSON.parse(JSON.stringify(users)) as object;
    const former = { ...visible, [DETAILS]: { ...(details as object), users: stored } } as unknown as typeof inputs;
    assert.deepEqual((await engine.check({ ...ACCOUNT, users }, former)).inputs, inputs);
    const { id, outs } = await engine.create({ ...ACCOUNT, users });
    assert.equal((await provider.diff?.(id, outs, former))?.changes, false);
  });

  it("should show the other terms when a role, a signing key, a service or an imported account is new", async () => {
    const before = await texts({});
    const changed = await texts({
      limits: { data: 1 },
      roles: { ...ROLES, new: { signingKey: UNKNOWN } },
      signingKeys: [keyOf("account", "held"), UNKNOWN],
      authorization: { users: ["a"], issuer: UNKNOWN, allowedAccounts: [UNKNOWN] },
      imports: [{ account: UNKNOWN, subject: "s", type: "stream", token: UNKNOWN }],
    });
    assert.deepEqual(added(before.account, changed.account), [
      "authorization.allowedAccounts 1",
      'authorization.users "a"',
      "limits.data 1",
      "roles.new {}",
    ]);
    assert.deepEqual([changed.accountKeys, changed.accountImports], [UNKNOWN, UNKNOWN]);
    assert.equal(changed.accountKeyLists, "signingKeys 2\n");
  });

  it("should name other accounts where the program does, in an order that does not depend on keys", async () => {
    const [one, two] = ["B", "C"].map((account) => ({
      account,
      subject: "s",
      type: "stream",
      localSubject: account,
    }));
    const known = (entry: object, account: string) => ({ ...entry, account });
    const named = { imports: [one, two], allowedAccounts: ["C"] };
    const found = await Promise.all(
      [
        [known(one ?? {}, UNKNOWN), known(two ?? {}, keyOf("account", "C"))],
        [known(one ?? {}, keyOf("account", "B")), known(two ?? {}, keyOf("account", "C"))],
      ].map((imports) => texts({ imports, named })),
    );
    assert.equal(found[0]?.account, found[1]?.account);
    assert.match(found[0]?.account ?? "", /^imports \{"account":"B",/m);
  });

  it("should show revocations with their times, apart from keys and terms", async () => {
    const moment = 1_800_000_000;
    const revocations = { "*": moment };
    const exports = [{ subject: "one", type: "stream", importers: ["B"], revocations }];
    const users = { ...ACCOUNT.users, new: unknownUser };
    const { account, accountKeyLists } = await texts({ revocations, exports, users });
    assert.deepEqual(accountKeyLists?.split("\n"), [
      'exports {"subject":"one","type":"stream","revocations":{"*":"2027-01-15T08:00:00Z"}}',
      'revocations["*"] "2027-01-15T08:00:00Z"',
      "",
    ]);
    assert.doesNotMatch(account ?? "", /revocations/);
    assert.deepEqual((await texts({ revocations: UNKNOWN, users })).accountKeyLists, UNKNOWN);
  });
});
