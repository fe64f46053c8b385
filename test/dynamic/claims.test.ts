import assert from "node:assert/strict";
import { readToken, tokenSize } from "../../provider/jwt/sign";
import { provider } from "../../provider/dynamic/account-claims";
import type { SignedAccount } from "../../provider/dynamic/checks/account";
import { keyOf, seedOf } from "../support/keys";
import { Engine, failureCodes, UNKNOWN, unfolded } from "../support/life-cycle";

const SIGNER = seedOf("operator", "signing");
const ID = keyOf("account", "A");

/** A user of an account's claims. */
function user(name: string, permissions?: object) {
  return { publicKey: keyOf("user", name), signingKey: keyOf("account", name), permissions };
}

const ROLES = {
  reader: { signingKey: keyOf("account", "reader"), permissions: { subscribe: { allow: ["b", "a"] }, publish: {} } },
  writer: { signingKey: keyOf("account", "writer") },
};

const ACCOUNT = {
  name: "A",
  publicKey: ID,
  users: { b: user("b"), a: user("a", { publish: { allow: ["y", "x", "y"] }, subscribe: {} }) },
  exports: [
    { subject: "two", type: "service" },
    { subject: "one", type: "stream" },
  ],
  imports: [{ account: keyOf("account", "B"), subject: "s", type: "stream" }],
  limits: {},
  roles: ROLES,
  signer: SIGNER,
};

/** The paths of failures. The codes of what the model checks are asserted where the model is tested. */
function pathsOf(failures: readonly string[]): string[] {
  return failureCodes(failures).map((failure) => failure.replace(/^\S+ /, ""));
}

/** The account in inputs that were checked. */
function accountIn(inputs: object): Partial<SignedAccount> {
  const { account, accountKeys, accountImports, ...rest } = unfolded(inputs);
  assert.ok([account, accountKeys, accountImports].every((text) => typeof text === "string"));
  delete rest.accountKeyLists;
  return rest;
}

describe("the AccountClaims resource", () => {
  const engine = new Engine(provider);

  it("should have the account's key as id, and a token with the content of the inputs", async () => {
    const { id, outs } = await engine.create(ACCOUNT);
    assert.equal(id, ID);
    const token = readToken(outs.jwt);
    assert.deepEqual([token.sub, token.iss, token.name], [ID, keyOf("operator", "signing"), "A"]);
    assert.equal(outs.issuer, token.iss);
  });

  it("should report users with the same key, of which the program knew only one", async () => {
    const users = {
      a: user("a"),
      b: { ...user("b"), publicKey: keyOf("user", "a") },
      c: { ...user("c"), publicKey: UNKNOWN },
    };
    const { failures } = await engine.check({ ...ACCOUNT, users });
    assert.deepEqual(failureCodes(failures), ["NA1710 users.b.publicKey"]);
    assert.match(failures.join(), /is already used by users\.a\.publicKey/);
  });

  it("should change nothing when the inputs have another order", async () => {
    const { id, outs } = await engine.create(ACCOUNT);
    const { users, exports, ...rest } = ACCOUNT;
    const same = {
      exports: [...exports].reverse(),
      users: { a: { ...users.a, permissions: { publish: { allow: ["x", "y"] } } }, b: users.b },
      ...rest,
      limits: undefined,
      roles: { writer: ROLES.writer, reader: { ...ROLES.reader, permissions: { subscribe: { allow: ["a", "b"] } } } },
    };
    assert.deepEqual(await engine.diff(id, outs, same), { changes: false, replaces: [] });
    assert.equal((await engine.update(id, outs, same)).jwt, outs.jwt);
  });

  for (const [what, change] of [
    ["its name", { name: "A2" }],
    ["its description", { description: "new" }],
    ["a permission", { users: { ...ACCOUNT.users, b: user("b", { publish: { deny: ["x"] } }) } }],
    ["a user who is gone", { users: { b: user("b") } }],
    ["a user's signing key", { users: { ...ACCOUNT.users, b: { ...user("b"), signingKey: keyOf("account", "c") } } }],
    ["an export", { exports: [] }],
    ["an import", { imports: undefined }],
    ["a limit", { limits: { connections: 0 } }],
    ["who decides about clients", { authorization: { users: ["a"], issuer: keyOf("account", "service") } }],
    ["a role", { roles: { reader: { signingKey: keyOf("account", "reader") } } }],
    ["the key that signs", { signer: seedOf("operator", "another") }],
  ] as const) {
    it(`should be signed again in place after a change of ${what}`, async () => {
      const { id, outs } = await engine.create(ACCOUNT);
      const news = { ...ACCOUNT, ...change };
      assert.deepEqual(await engine.diff(id, outs, news), { changes: true, replaces: [] });
      const updated = await engine.update(id, outs, news);
      assert.notEqual(updated.jwt, outs.jwt);
      assert.deepEqual(await engine.diff(id, updated, news), { changes: false, replaces: [] });
    });
  }

  it("should normalize the known inputs when a user, an import or a limit is unknown", async () => {
    const whole = accountIn((await engine.check(ACCOUNT)).inputs);
    const { users, roles, exports, imports } = ACCOUNT;
    const { inputs, failures } = await engine.check({
      ...ACCOUNT,
      users: { ...users, new: { publicKey: UNKNOWN, signingKey: UNKNOWN, permissions: { publish: UNKNOWN } } },
      roles: { ...roles, new: { signingKey: UNKNOWN, permissions: { publish: { allow: ["b", "a"] } } } },
      exports: [...exports, { subject: "zzz", type: "service", description: UNKNOWN }],
      imports: [{ account: UNKNOWN, subject: "z", type: "stream" }, ...imports],
      limits: { connections: UNKNOWN },
    });
    assert.deepEqual(failures, []);
    assert.deepEqual(accountIn(inputs), {
      ...whole,
      users: {
        ...whole.users,
        new: { publicKey: UNKNOWN, signingKey: UNKNOWN, permissions: { publish: UNKNOWN } },
      },
      roles: { ...whole.roles, new: { signingKey: UNKNOWN, permissions: { publish: { allow: ["a", "b"] } } } },
      exports: [...(whole.exports ?? []), { subject: "zzz", type: "service", description: UNKNOWN }],
      imports: [...(whole.imports ?? []), { account: UNKNOWN, subject: "z", type: "stream" }],
      limits: { connections: UNKNOWN },
    });
    const unknown = {
      users: UNKNOWN,
      roles: UNKNOWN,
      exports: [UNKNOWN, ...exports],
      imports: UNKNOWN,
      limits: UNKNOWN,
    };
    const left = accountIn((await engine.check({ ...ACCOUNT, ...unknown })).inputs);
    assert.deepEqual(left, { ...whole, ...unknown });
  });

  it("should show the account as lines in a preview, and nothing else", async () => {
    const { users, publicKey, name, signer } = ACCOUNT;
    const exports = [{ subject: "one", type: "stream" }];
    const { inputs } = await engine.check({ users, publicKey, name, signer, exports });
    const { account, accountKeys, ...others } = inputs as { account?: string; accountKeys?: string };
    assert.deepEqual(account?.split("\n"), [
      'exports {"subject":"one","type":"stream"}',
      'name "A"',
      'users.a.permissions.publish.allow "x"',
      'users.a.permissions.publish.allow "y"',
      "users.b {}",
      "",
    ]);
    assert.deepEqual(accountKeys?.split("\n"), [
      `issuer "${keyOf("operator", "signing")}"`,
      `users.a.publicKey "${keyOf("user", "a")}"`,
      `users.a.signingKey "${keyOf("account", "a")}"`,
      `users.b.publicKey "${keyOf("user", "b")}"`,
      `users.b.signingKey "${keyOf("account", "b")}"`,
      "",
    ]);
    assert.deepEqual(Object.keys(others).sort(), ["__details", "previous", "revoked"]);
  });

  it("should refuse an account whose JWT servers would not decode, whether the keys of users are known or not", async () => {
    const find = async (change: object) => failureCodes((await engine.check({ ...ACCOUNT, ...change })).failures);
    const users = Object.fromEntries(Array.from({ length: 9_000 }, (_, index) => [`u${index}`, user("u")]));
    const unknown = Object.fromEntries(
      Object.entries(users).map(([name, one]) => [name, { ...one, publicKey: UNKNOWN, signingKey: UNKNOWN }]),
    );
    assert.deepEqual(
      await find({ tags: Array.from({ length: 30_000 }, (_, index) => `tag-${index}-of-the-account`) }),
      ["NA1030 jwt"],
    );
    assert.deepEqual(await find({ users: unknown, roles: UNKNOWN, exports: UNKNOWN, imports: UNKNOWN }), [
      "NA1030 jwt",
    ]);
    assert.deepEqual(await find({}), []);
  });

  it("should compute the size of a JWT as it is", async () => {
    const { outs } = await engine.create({ ...ACCOUNT, description: "déjà vu" });
    const { name, sub, nats } = readToken(outs.jwt);
    assert.equal(tokenSize({ name, sub, nats }), outs.jwt.length);
  });

  it("should accept the flat inputs and state of an earlier version", async () => {
    const { id, outs } = await engine.create(ACCOUNT);
    const inputs = accountIn((await engine.check(ACCOUNT)).inputs);
    const state = { ...unfolded(outs), stateVersion: 2 };
    const { inputs: news } = await engine.check(ACCOUNT, inputs);
    assert.deepEqual(news, (await engine.check(ACCOUNT)).inputs);
    assert.equal((await provider.diff?.(id, state as unknown as typeof outs, news))?.changes, false);
    const updated = await provider.update?.(id, state as unknown as typeof outs, news);
    assert.deepEqual(updated?.outs, outs);
  });

  it("should be replaced only when the account's key changes", async () => {
    const { id, outs } = await engine.create(ACCOUNT);
    const news = { ...ACCOUNT, publicKey: keyOf("account", "C") };
    assert.deepEqual((await engine.diff(id, outs, news)).replaces, ["publicKey"]);
    assert.deepEqual((await engine.diff(id, outs, { ...news, publicKey: UNKNOWN })).replaces, []);
  });

  it("should report all problems at once, and no part of the seed", async () => {
    const seed = seedOf("user", "wrong");
    const { failures } = await engine.check({
      ...ACCOUNT,
      name: "",
      exports: [{ subject: "a b", type: "service" }],
      limits: { payload: -1 },
      signer: seed,
    });
    assert.equal(failures.length, 4);
    assert.deepEqual(pathsOf(failures), ["name", "exports[0].subject", "limits.payload", "signer"]);
    assert.equal(failures.join().includes(seed), false);
  });

  it("should report keys of the wrong kind, and everything in users, roles and imports that servers would reject", async () => {
    const wrong = keyOf("operator", "wrong");
    const { failures } = await engine.check({
      ...ACCOUNT,
      publicKey: wrong,
      users: {
        u: { publicKey: keyOf("account", "A"), signingKey: wrong, permissions: { pub: {}, publish: { allow: [] } } },
        v: { publicKey: seedOf("user", "v"), signingKey: UNKNOWN, permissions: { subscribe: { allow: UNKNOWN } } },
        w: { publicKey: UNKNOWN, permissions: { subscribe: { allow: [""] } } },
        x: UNKNOWN,
      },
      roles: { r: { signingKey: wrong, permissions: { publish: { allow: [] } } }, " ": {} },
      imports: [
        { account: keyOf("user", "wrong"), subject: "s", type: "stream" },
        { account: UNKNOWN, subject: "t", type: "service" },
        { account: keyOf("account", "other"), subject: "t", type: "service" },
        { account: keyOf("account", "other"), subject: "t", type: "service" },
      ],
      limit: { connections: 1 },
    });
    assert.deepEqual(pathsOf(failures), [
      "limit",
      "publicKey",
      "users.u.publicKey",
      "users.u.signingKey",
      "users.u.permissions.pub",
      "users.u.permissions.publish.allow",
      "users.v.publicKey",
      "users.w.signingKey",
      "roles.r.signingKey",
      "roles.r.permissions.publish.allow",
      'roles[" "]',
      'roles[" "].signingKey',
      "imports[3].subject",
      "imports[0].account",
    ]);
  });

  it("should report invalid keys of an auth callout, and missing users", async () => {
    const typo = (key: string) => `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
    const far = {
      user: typo(keyOf("user", "far")),
      account: typo(keyOf("account", "far")),
      xkey: `X${"A".repeat(55)}`,
    };
    const later = { users: ["a"], issuer: UNKNOWN, allowedAccounts: [UNKNOWN] };
    for (const [authorization, ...places] of [
      [{ users: ["a", "nobody"], issuer: ID, xkey: "x" }, "xkey", "users[1]"],
      [
        { users: ["a", far.user], issuer: far.account, allowedAccounts: [far.account], xkey: far.xkey },
        ...["users[1]", "allowedAccounts[0]", "issuer", "xkey"],
      ],
      [{ users: ["a"], issuer: ID }, "issuer"],
      [{ users: ["a"] }, "issuer"],
    ] as [object, ...string[]][]) {
      const { failures } = await engine.check({ ...ACCOUNT, authorization });
      assert.deepEqual(
        pathsOf(failures),
        places.map((place) => `authorization.${place}`),
      );
    }
    assert.deepEqual((await engine.check({ ...ACCOUNT, authorization: later })).failures, []);
  });

  it("should reject an import from its own key", async () => {
    const imports = [{ account: ID, subject: "s", type: "stream" }];
    const { failures } = await engine.check({ ...ACCOUNT, imports });
    assert.deepEqual(pathsOf(failures), ["imports[0].account"]);
  });

  it("should report inputs of a wrong shape", async () => {
    const { failures } = await engine.check({ users: ["u"], roles: 1, exports: {}, imports: {}, limits: [], name: 5 });
    assert.deepEqual(pathsOf(failures), [
      "publicKey",
      "signer",
      "name",
      "exports",
      "limits",
      "users",
      "roles",
      "imports",
    ]);
    const unknown = { users: UNKNOWN, roles: UNKNOWN, exports: UNKNOWN, imports: UNKNOWN, __provider: "p" };
    assert.deepEqual((await engine.check({ ...ACCOUNT, ...unknown })).failures, []);
  });

  it("should skip unknown values, check the rest, and leave the unknown ones", async () => {
    const users = {
      known: user("known", { publish: { allow: ["b", "a"] } }),
      unknown: { publicKey: UNKNOWN, signingKey: UNKNOWN },
    };
    const exports = [{ subject: "bad subject", type: "service" }];
    const { inputs, failures } = await engine.check({
      ...ACCOUNT,
      users,
      exports,
      signer: UNKNOWN,
      publicKey: UNKNOWN,
    });
    assert.equal(failures.length, 1);
    assert.deepEqual(
      [inputs.signer, inputs.publicKey, inputs.users],
      [UNKNOWN, UNKNOWN, JSON.parse(JSON.stringify(users))],
    );
  });
});
