import assert from "node:assert/strict";
import fc from "fast-check";
import { formatLines, parseLines } from "../../../provider/model/users/set-text";
import { formatUsers, parseUser, setUsersDiagnostics, type SetUser } from "../../../provider/model/users/set-users";

describe("the text of a set", () => {
  it("should keep names with every kind of character", () => {
    const lines = fc.array(
      fc.tuple(fc.string({ unit: "binary", minLength: 1 }), fc.constantFrom("", "x", '{"a":" \\n"}')),
    );
    fc.assert(
      fc.property(lines, (all) => {
        const named = new Map(all);
        assert.deepEqual(Object.fromEntries(parseLines(formatLines(named))), Object.fromEntries(named));
      }),
    );
  });

  it("should have one line for each user, whatever the name", () => {
    const names = ["a\nb", "\u2028", '"', "\\", " ", "a b", "#", "日本", "constructor", "-"];
    assert.equal(formatLines(names.map((name) => [name, ""] as const)).split("\n").length, names.length + 1);
  });

  it("should not depend on the order of users and tags", () => {
    const users: [string, SetUser][] = [
      ["b", { tags: ["y", "x", "y"] }],
      ["a", { expires: "2030-01-01" }],
    ];
    const text = formatUsers(new Map(users));
    assert.equal(formatUsers(new Map(users.toReversed())), text);
    assert.deepEqual(parseUser(parseLines(text).get("b")), { tags: ["x", "y"] });
  });

  it("should be checked for thousands of wrong users in a moment", () => {
    const users = new Map(Array.from({ length: 10_000 }, (_, index) => [`d-${index}`, { tags: [" "] }] as const));
    const start = performance.now();
    const found = setUsersDiagnostics(users, "r", { name: "A", roles: {}, others: new Map() });
    assert.equal(found.length, 10_000);
    assert.ok(performance.now() - start < 5_000);
  });
});
