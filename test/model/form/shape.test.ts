import assert from "node:assert/strict";
import fc from "fast-check";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import { clusterDiagnostics } from "../../../provider/model/cluster/cluster";
import { formatDiagnostic, display } from "../../../provider/diagnostics/diagnostic";
import { isRecord, mapOf, stringShape } from "../../../provider/model/form/shape";
import { codesAndPaths } from "../../support/diagnostics";
import { seedOf } from "../../support/keys";
import { runs } from "../../support/seed";

/** The diagnostics of an account that did not pass the compiler. */
const check = (account: object) => accountDiagnostics({ name: "A", ...account });
const messages = (account: object) => check(account).map(formatDiagnostic);

const user = (permissions: unknown) => ({ users: { u: { permissions } } });
const exported = (entry: object) => ({ exports: [{ subject: "s", type: "service", ...entry }] });

describe("the shape of an account", () => {
  for (const [account, ...expected] of [
    [user({ pub: { allow: ["a"] } }), "NA1001 users.u.permissions.pub"],
    [exported({ private: true }), "NA1001 exports[0].private"],
    [{ users: { u: { private: true } } }, "NA1001 users.u.private"],
    [user({ toString: { allow: ["a"] } }), "NA1001 users.u.permissions.toString"],
    [
      user({ publish: { alow: ["a"], allow: ["a b"] } }),
      "NA1001 users.u.permissions.publish.alow",
      "NA1101 users.u.permissions.publish.allow[0]",
    ],
    [user({ publish: ["x"] }), "NA1003 users.u.permissions.publish"],
    [
      user({ publish: { allow: "foo" }, subscribe: { deny: ["a", 5, null, undefined] } }),
      "NA1003 users.u.permissions.publish.allow",
      "NA1003 users.u.permissions.subscribe.deny[1]",
      "NA1003 users.u.permissions.subscribe.deny[2]",
      "NA1002 users.u.permissions.subscribe.deny[3]",
    ],
    [user(null), "NA1003 users.u.permissions"],
    [{ users: { u: { permission: {} } } }, "NA1001 users.u.permission"],
    [{ users: [] }, "NA1003 users"],
    [{ limits: { connectons: 3 } }, "NA1001 limits.connectons"],
    [{ limits: 3 }, "NA1003 limits"],
    [{ exports: {} }, "NA1003 exports"],
    [
      exported({ latencie: {}, latency: { sampling: 1 } }),
      "NA1001 exports[0].latencie",
      "NA1002 exports[0].latency.results",
    ],
    [
      { imports: [{ account: "B", type: "stream", local: "x" }] },
      "NA1001 imports[0].local",
      "NA1002 imports[0].subject",
    ],
    [{ description: ["x"] }, "NA1003 description"],
    [{ name: 5 }, "NA1003 name"],
    [{ description: "half \ud83d" }, "NA1004 description"],
    [{ tags: "a:b", users: { u: { permissions: { publish: { allow: ["{{account-tag(a)}}"] } } } } }, "NA1003 tags"],
  ] as [object, ...string[]][]) {
    it(`should be rejected when it is ${JSON.stringify(account)}`, () => {
      assert.deepEqual(codesAndPaths(check(account)), expected);
    });
  }

  it("should never cause an exception, whatever value a property has", () => {
    const anyValue = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true });
    const places = [
      (value: unknown) => ({ users: value }),
      (value: unknown) => ({ users: { u: value } }),
      (value: unknown) => user(value),
      (value: unknown) => user({ publish: value }),
      (value: unknown) => user({ publish: { allow: value } }),
      (value: unknown) => ({ exports: value }),
      (value: unknown) => exported({ latency: value }),
      (value: unknown) => ({ imports: [value] }),
      (value: unknown) => ({ limits: value }),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...places), anyValue, (place, value) => {
        const account = { name: "A", ...place(value) } as AccountDeclaration;
        assert.ok(messages(account).every((line) => line !== ""));
        clusterDiagnostics([
          account,
          { name: "B", users: { u: {} }, imports: [{ account: "A", subject: "s", type: "stream" }] },
        ]);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it("should be rejected once, in its own account, when a type is invalid", () => {
    const type = Symbol("invalid") as unknown as "stream";
    const accounts = [
      { name: "A", users: { u: {} }, exports: [{ subject: "s", type }] },
      { name: "B", imports: [{ account: "A", subject: "s", type }] },
    ];
    assert.equal(accounts.flatMap(accountDiagnostics).length, 2);
    assert.deepEqual(clusterDiagnostics(accounts), []);
  });

  it("should be rejected with a readable message when names are long", () => {
    const name = "n\ud83d".repeat(50_000);
    const lines = messages({ users: { [name]: { permissions: { publish: { allow: [name] } } } } });
    assert.ok(lines.length > 0 && lines.every((line) => line.length < 1_000 && line.isWellFormed()));
  });

  it("should be rejected without showing a seed when the seed is a value", () => {
    const seed = seedOf("user", "misplaced");
    const found = messages({ users: { u: seed }, exports: [seed], limits: { payload: seed } }).join("\n");
    assert.equal(found.includes(seed.slice(2, 30)), false);
    assert.ok(found.startsWith('users.u = "(a seed)": '));
  });

  it("should be rejected without showing a seed when the seed is a name, or begins a line", () => {
    const seed = seedOf("user", "misplaced");
    const names = messages({ users: {}, revocations: { [seed]: 1 } }).join("\n");
    const lines = messages({ users: { [seed]: 5, u: `\n${seed}` } }).join("\n");
    assert.equal(
      [names, lines].some((found) => found.includes(seed.slice(2, 30))),
      false,
    );
    assert.ok(names.startsWith("revocations.(a seed): "));
  });
});

describe("names that objects inherit", () => {
  const ownKey = (key: string) => Object.fromEntries([[key, {}]]);
  const assigned = (value: unknown) => {
    const map: object = { u: {} };
    Object.setPrototypeOf(map, value as object);
    return map;
  };

  for (const part of ["users", "roles"]) {
    for (const key of ["__proto__", "toString"]) {
      it(`should be rejected when a key of ${part} is ${key}`, () => {
        assert.deepEqual(codesAndPaths(check({ [part]: ownKey(key) })), [`NA1013 ${part}.${key}`]);
      });
    }

    it(`should be rejected when __proto__ was assigned to ${part}`, () => {
      assert.deepEqual(codesAndPaths(check({ [part]: assigned({}) })), [`NA1013 ${part}.__proto__`]);
      assert.deepEqual(codesAndPaths(check({ [part]: assigned({ x: {} }) })), [`NA1013 ${part}.__proto__`]);
      assert.deepEqual(codesAndPaths(check({ [part]: assigned(new Map()) })), [`NA1003 ${part}`]);
    });

    for (const key of ["constructor", "hasOwnProperty", "valueOf"]) {
      it(`should be accepted when a key of ${part} is ${key}`, () => {
        assert.deepEqual(check({ [part]: ownKey(key) }), []);
      });
    }
  }

  it("should not make a role of that name exist", () => {
    const missing = check({ users: { u: { role: "constructor" } }, roles: {} });
    assert.deepEqual(
      missing.map(({ path }) => path),
      ["users.u.role"],
    );
  });
});

describe("mapOf", () => {
  it("should accept plain objects only", () => {
    const values = [{}, Object.create(null), new Map(), new Date(0), [], "a", null];
    assert.deepEqual(values.map(isRecord), [true, true, false, false, false, false, false]);
    assert.deepEqual(
      values.map((value) => mapOf(stringShape)(value, "").length),
      [0, 0, 1, 1, 1, 1, 1],
    );
  });
});

describe("display", () => {
  it("should show values that JSON does not support", () => {
    const values = [NaN, 5n, Symbol("s"), undefined, true];
    assert.deepEqual(values.map(display), ["NaN", "5", "Symbol(s)", "null", "true"]);
  });
});
