import assert from "node:assert/strict";
import fc from "fast-check";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import { clusterDiagnostics } from "../../../provider/model/cluster/cluster";
import { formatDiagnostic, shown } from "../../../provider/model/form/diagnostics";
import { seedOf } from "../../support/keys";

/** What is said of an account that no compiler has seen, without the lists of keys that there are. */
function problems(account: object): string[] {
  const said = accountDiagnostics({ name: "A", ...account }).map(formatDiagnostic);
  return said.map((line) => line.replace(/keys are `[^.]*`/, "keys are …"));
}

const user = (permissions: unknown) => ({ users: { u: { permissions } } });
const exported = (entry: object) => ({ exports: [{ subject: "s", type: "service", ...entry }] });

const OF_PERMISSIONS = "is no key that is known here; the keys are …. Correct the key, or leave it out.";

describe("the shape of an account", () => {
  for (const [account, ...said] of [
    [
      user({ pub: { allow: ["a"] } }),
      "users.u.permissions.pub: is no key that is known here; the keys are …. Here it is called `publish`.",
    ],
    [
      exported({ private: true }),
      "exports[0].private: is no key that is known here; the keys are …. Here it is called `importers`.",
    ],
    [
      { users: { u: { private: true } } },
      "users.u.private: is no key that is known here; the keys are …. Correct the key, or leave it out.",
    ],
    [user({ toString: { allow: ["a"] } }), `users.u.permissions.toString: ${OF_PERMISSIONS}`],
    [
      user({ publish: { alow: ["a"], allow: ["a b"] } }),
      "users.u.permissions.publish.alow: is no key that is known here; the keys are …. Correct the key, or leave it out.",
      'users.u.permissions.publish.allow[0] = "a b": contains white space or NUL; a subject contains neither. Write a subject such as `orders.*.new` or `orders.>`.',
    ],
    [
      user({ publish: ["x"] }),
      'users.u.permissions.publish = ["x"]: is not an object; its keys are …. Write an object with some of these keys.',
    ],
    [
      user({ publish: { allow: "foo" }, subscribe: { deny: ["a", 5, null, undefined] } }),
      'users.u.permissions.publish.allow = "foo": is not a list. Write a list, in square brackets.',
      "users.u.permissions.subscribe.deny[1] = 5: is not a text. Write a text, in quotes.",
      "users.u.permissions.subscribe.deny[2] = null: is not a text. Write a text, in quotes.",
      "users.u.permissions.subscribe.deny[3]: is missing; it is a text. Write a text, in quotes.",
    ],
    [
      user(null),
      "users.u.permissions = null: is not an object; its keys are …. Write an object with some of these keys.",
    ],
    [
      { users: { u: { permission: {} } } },
      "users.u.permission: is no key that is known here; the keys are …. Correct the key, or leave it out.",
    ],
    [{ users: [] }, "users = []: is not an object with a key for each name. Write an object whose keys are names."],
    [
      { limits: { connectons: 3 } },
      "limits.connectons: is no key that is known here; the keys are …. Correct the key, or leave it out.",
    ],
    [{ limits: 3 }, "limits = 3: is not an object; its keys are …. Write an object with some of these keys."],
    [{ exports: {} }, "exports = {…}: is not a list. Write a list, in square brackets."],
    [
      exported({ latencie: {}, latency: { sampling: 1 } }),
      "exports[0].latencie: is no key that is known here; the keys are …. Correct the key, or leave it out.",
      "exports[0].latency.results: is missing; it is a text. Write a text, in quotes.",
    ],
    [
      { imports: [{ account: "B", type: "stream", local: "x" }] },
      "imports[0].local: is no key that is known here; the keys are …. Correct the key, or leave it out.",
      "imports[0].subject: is missing; it is a text. Write a text, in quotes.",
    ],
    [{ description: ["x"] }, 'description = ["x"]: is not a text. Write a text, in quotes.'],
    [{ name: 5 }, "name = 5: is not a text. Write a text, in quotes."],
    [
      { description: "half \ud83d" },
      'description = "half \\ud83d": is not valid Unicode, since it has half of a pair of surrogates; texts are written as UTF-8. Write the whole character, or take the half out.',
    ],
    [
      { tags: "a:b", users: { u: { permissions: { publish: { allow: ["{{account-tag(a)}}"] } } } } },
      'tags = "a:b": is not a list. Write a list, in square brackets.',
    ],
  ] as [object, ...string[]][]) {
    it(`should be refused when it is ${JSON.stringify(account)}`, () => {
      assert.deepEqual(problems(account), said);
    });
  }

  it("should be refused, and never be the end of the program, whatever stands in a place", () => {
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
        const found = accountDiagnostics(account);
        assert.ok(found.map(formatDiagnostic).every((line) => line !== ""));
        clusterDiagnostics([
          account,
          { name: "B", users: { u: {} }, imports: [{ account: "A", subject: "s", type: "stream" }] },
        ]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("should be refused where it stands, and nowhere else, when a type is none", () => {
    const type = Symbol("none") as unknown as "stream";
    const accounts = [
      { name: "A", users: { u: {} }, exports: [{ subject: "s", type }] },
      { name: "B", imports: [{ account: "A", subject: "s", type }] },
    ];
    assert.equal(accounts.flatMap(accountDiagnostics).length, 2);
    assert.deepEqual(clusterDiagnostics(accounts), []);
  });

  it("should be told in a message that one can read, however long its names are", () => {
    const name = "n\ud83d".repeat(50_000);
    const lines = problems({ users: { [name]: { permissions: { publish: { allow: [name] } } } } });
    assert.ok(lines.length > 0 && lines.every((line) => line.length < 1_000 && line.isWellFormed()));
  });

  it("should not show a seed that stands where it should not", () => {
    const seed = seedOf("user", "misplaced");
    const said = problems({ users: { u: seed }, exports: [seed], limits: { payload: seed } }).join("\n");
    assert.equal(said.includes(seed.slice(2, 30)), false);
    assert.match(said, /^users\.u = "\(a seed\)": is not an object/);
  });

  it("should not show a seed that is the name of something, or begins a line", () => {
    const seed = seedOf("user", "misplaced");
    const named = problems({ users: {}, revocations: { [seed]: 1 } }).join("\n");
    const begun = problems({ users: { [seed]: 5, u: `\n${seed}` } }).join("\n");
    assert.equal(
      [named, begun].some((said) => said.includes(seed.slice(2, 30))),
      false,
    );
    assert.match(named, /^revocations\.\(a seed\): is the key of nobody/);
  });
});

describe("shown", () => {
  it("should show what JSON has no word for", () => {
    const values = [NaN, 5n, Symbol("s"), undefined, true];
    assert.deepEqual(values.map(shown), ["NaN", "5", "Symbol(s)", "null", "true"]);
  });
});
