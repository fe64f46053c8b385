import assert from "node:assert/strict";
import { missingRoleDiagnostics, templateDiagnostics } from "../../../provider/model/users/roles";
import { nameDiagnostics, userDiagnostics } from "../../../provider/model/users/users";
import { codesAndPaths } from "../../support/diagnostics";

describe("a name", () => {
  it("should be valid up to 255 characters", () => {
    assert.deepEqual(
      ["n", "a name", "ü".repeat(255)].flatMap((name) => nameDiagnostics("name", name)),
      [],
    );
  });

  for (const name of ["", " \t", "n".repeat(256)]) {
    it(`should be invalid when it is ${JSON.stringify(name).slice(0, 20)}`, () => {
      assert.deepEqual(codesAndPaths(nameDiagnostics("users.u", name)), ["NA1401 users.u"]);
    });
  }

  it("should be a string of valid Unicode", () => {
    const names = [5, null, "half \ud83d"] as string[];
    assert.deepEqual(
      names.flatMap((name) => nameDiagnostics("name", name)).map(({ path }) => path),
      ["name", "name", "name"],
    );
  });
});

describe("a user", () => {
  it("should have a role, or permissions and limits of its own", () => {
    assert.deepEqual(userDiagnostics({ role: "r", tags: ["a:b"], lifetime: "90d" }), []);
    assert.deepEqual(userDiagnostics({ permissions: {}, connectionTypes: ["STANDARD"] }), []);
    assert.deepEqual(codesAndPaths(userDiagnostics({ role: "r", permissions: {}, limits: {} })), [
      "NA1402 permissions",
      "NA1402 limits",
    ]);
  });

  it("should have a role that its account declares", () => {
    const users = { a: { role: "r" }, b: { role: "R" }, "odd name": { role: "toString" }, c: {} };
    assert.deepEqual(codesAndPaths(missingRoleDiagnostics({ users, roles: { r: {} } })), [
      "NA1403 users.b.role",
      'NA1403 users["odd name"].role',
    ]);
  });

  it("should have the tags that denied templates refer to", () => {
    const permissions = { subscribe: { deny: ["{{tag(tenant)}}.>", "{{account-tag(region)}}.>"] } };
    const users = { tagged: { permissions, tags: ["tenant:blue"] }, untagged: { permissions }, lost: { role: "r" } };
    const found = (tags: string[]) => codesAndPaths(templateDiagnostics({ name: "A", tags, users }));
    assert.deepEqual(found(["region:eu"]), ["NA1404 users.untagged"]);
    assert.deepEqual(found([]), ["NA1404 users.tagged", "NA1404 users.untagged"]);
  });
});
