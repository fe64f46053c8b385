import assert from "node:assert/strict";
import { readToken } from "../../provider/jwt/sign";
import { provider as accountProvider } from "../../provider/resources/account-claims";
import { keyOf, seedOf } from "../support/keys";
import { Engine, UNKNOWN } from "../support/life-cycle";

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

describe("the claims of an account, as a resource", () => {
  const engine = new Engine(accountProvider);

  it("should have the account's key as id, and a token that says what the inputs say", async () => {
    const { id, outs } = await engine.create(ACCOUNT);
    assert.equal(id, ID);
    const token = readToken(outs.jwt);
    assert.deepEqual([token.sub, token.iss, token.name], [ID, keyOf("operator", "signing"), "A"]);
    assert.equal(outs.issuer, token.iss);
  });

  it("should change nothing when the inputs are the same in another order", async () => {
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
    it(`should be signed again in place when what changed is ${what}`, async () => {
      const { id, outs } = await engine.create(ACCOUNT);
      const news = { ...ACCOUNT, ...change };
      assert.deepEqual(await engine.diff(id, outs, news), { changes: true, replaces: [] });
      const updated = await engine.update(id, outs, news);
      assert.notEqual(updated.jwt, outs.jwt);
      assert.deepEqual(await engine.diff(id, updated, news), { changes: false, replaces: [] });
    });
  }

  it("should have the same inputs in a preview when a user, an import or a limit beside is not known yet", async () => {
    const whole = (await engine.check(ACCOUNT)).inputs;
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
    assert.deepEqual(inputs, {
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
    const left = (await engine.check({ ...ACCOUNT, ...unknown })).inputs;
    assert.deepEqual(left, { ...whole, ...unknown });
  });

  it("should be replaced when the account's key changes, and only then", async () => {
    const { id, outs } = await engine.create(ACCOUNT);
    const news = { ...ACCOUNT, publicKey: keyOf("account", "C") };
    assert.deepEqual((await engine.diff(id, outs, news)).replaces, ["publicKey"]);
    assert.deepEqual((await engine.diff(id, outs, { ...news, publicKey: UNKNOWN })).replaces, []);
  });

  it("should report everything that is wrong at once, and no word of the seed", async () => {
    const seed = seedOf("user", "wrong");
    const { failures } = await engine.check({
      ...ACCOUNT,
      name: "",
      exports: [{ subject: "a b", type: "service" }],
      limits: { payload: -1 },
      signer: seed,
    });
    assert.equal(failures.length, 4);
    assert.deepEqual(
      failures.map((reason) => reason.split(/[ :]/)[0]),
      ["name", "exports[0].subject", "limits.payload", "signer"],
    );
    assert.equal(failures.join().includes(seed), false);
  });

  it("should report keys of another kind, and everything in users, roles and imports that servers would not take", async () => {
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
    assert.deepEqual(
      failures.map((reason) =>
        reason
          .replace(/(: is |: an ).*/, "")
          .replace(wrong, "O…")
          .replace(ID, "A…")
          .replace(keyOf("user", "wrong"), "U…"),
      ),
      [
        "limit",
        'publicKey = "O…"',
        'users.u.publicKey = "A…"',
        'users.u.signingKey = "O…"',
        "users.u.permissions.pub",
        "users.u.permissions.publish.allow = []",
        "users.v.publicKey = (not shown: it may be a seed)",
        "users.w.signingKey",
        'roles.r.signingKey = "O…"',
        "roles.r.permissions.publish.allow = []",
        'roles[" "] = " "',
        'roles[" "].signingKey',
        'imports[3].subject = "t": overlaps with the local subject of imports[2], which is of the same account. Give one of them another `localSubject`.',
        'imports[0].account = "U…"',
      ],
    );
  });

  it("should report keys of who decides about clients that are none, and users of nobody", async () => {
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
        failures.map((reason) => reason.split(/[ :]/)[0]),
        places.map((place) => `authorization.${place}`),
      );
    }
    assert.deepEqual((await engine.check({ ...ACCOUNT, authorization: later })).failures, []);
  });

  it("should refuse an import from itself, which its key tells", async () => {
    const imports = [{ account: ID, subject: "s", type: "stream" }];
    const { failures } = await engine.check({ ...ACCOUNT, imports });
    assert.match(failures.join("\n"), /^imports\[0\]\.account = "A[A-Z2-7]+": is the importing account itself/);
    assert.equal(failures.length, 1);
  });

  it("should report inputs that are no account at all", async () => {
    const { failures } = await engine.check({ users: ["u"], roles: 1, exports: {}, imports: {}, limits: [], name: 5 });
    assert.deepEqual(
      failures.map((reason) => reason.split(/[ :]/)[0]),
      ["publicKey", "signer", "name", "exports", "limits", "users", "roles", "imports"],
    );
    const unknown = { users: UNKNOWN, roles: UNKNOWN, exports: UNKNOWN, imports: UNKNOWN, __provider: "p" };
    assert.deepEqual((await engine.check({ ...ACCOUNT, ...unknown })).failures, []);
  });

  it("should skip what is not known yet, check the rest, and leave the unknown as it is", async () => {
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
