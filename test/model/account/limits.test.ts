import assert from "node:assert/strict";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { normalizeAccount, type AccountDeclaration } from "../../../provider/model/account/account";
import { codesAndPaths } from "../../support/diagnostics";
import { keyOf } from "../../support/keys";

const stream = (subject: string) => ({ subject, type: "stream" as const });

function problems(account: Partial<AccountDeclaration>): string[] {
  return codesAndPaths(accountDiagnostics({ name: "A", ...account }));
}

describe("the limits of an account", () => {
  it("should have one problem when the limit is invalid, and none about exceeding it", () => {
    for (const limit of [NaN, -1, "x".repeat(5_000)]) {
      const limits = { exports: limit as number };
      assert.deepEqual(problems({ limits, exports: [stream("a")] }), ["NA1008 limits.exports"]);
    }
  });

  it("should have a problem for everything that exceeds them", () => {
    assert.deepEqual(
      problems({
        limits: { imports: 0, exports: 1, wildcardExports: false, disallowBearer: true },
        exports: [stream("a"), stream("b.*")],
        imports: [{ account: "B", ...stream("c") }],
        roles: { "a role": { bearer: true } },
        users: { u: { bearer: true }, v: { role: "a role" } },
      }),
      [
        "NA1604 exports",
        "NA1604 imports",
        "NA1604 exports[1].subject",
        "NA1604 users.u.bearer",
        'NA1604 roles["a role"].bearer',
      ],
    );
  });

  it("should be valid when nothing exceeds them", () => {
    const limits = {
      imports: 1,
      exports: 1,
      wildcardExports: false,
      disallowBearer: true,
      data: "1GiB",
      payload: "1KiB",
    };
    const imports = [{ account: "B", ...stream("c.>") }];
    assert.deepEqual(problems({ limits, exports: [stream("a")], imports, users: { u: { bearer: false } } }), []);
  });

  it("should have sizes in bytes and no defaults when normalized", () => {
    const limits = { payload: "1KiB", wildcardExports: true, disallowBearer: false };
    const account = { name: "A", publicKey: keyOf("account", "A"), users: {} };
    assert.deepEqual(normalizeAccount({ ...account, limits }).limits, { payload: 1_024 });
    assert.equal(normalizeAccount({ ...account, limits: { wildcardExports: true } }).limits, undefined);
  });

  it("should be numbers and sizes that servers support", () => {
    const limits = {
      imports: -1,
      exports: 0.5,
      data: "1KB",
      payload: "4GiB",
      wildcardExports: "no" as unknown as boolean,
    };
    assert.deepEqual(problems({ limits }), [
      "NA1008 limits.payload",
      "NA1005 limits.data",
      "NA1008 limits.imports",
      "NA1008 limits.exports",
      "NA1003 limits.wildcardExports",
    ]);
  });
});
