import assert from "node:assert/strict";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { normalAccount, type AccountDeclaration } from "../../../provider/model/account/account";
import { formatDiagnostic } from "../../../provider/model/form/diagnostics";
import { keyOf } from "../../support/keys";

const stream = (subject: string) => ({ subject, type: "stream" as const });

function problems(account: Partial<AccountDeclaration>): string[] {
  return accountDiagnostics({ name: "A", ...account }).map(formatDiagnostic);
}

describe("the limits of an account", () => {
  it("should say once, and in few words, what is no limit", () => {
    for (const limit of [NaN, -1, "x".repeat(5_000)]) {
      const found = problems({ limits: { exports: limit as number }, exports: [stream("a")] });
      assert.equal(found.length, 1);
      assert.match(found[0] ?? "", /^limits\.exports = .{1,200}: is not a limit/);
    }
  });

  it("should say what the account says more than they allow", () => {
    assert.deepEqual(
      problems({
        limits: { imports: 0, exports: 1, wildcardExports: false, disallowBearer: true },
        exports: [stream("a"), stream("b.*")],
        imports: [{ account: "B", ...stream("c") }],
        roles: { "a role": { bearer: true } },
        users: { u: { bearer: true }, v: { role: "a role" } },
      }),
      [
        "exports: has 2 elements, and `limits.exports` allows 1. Take it out, or raise the limit.",
        "imports: has 1 elements, and `limits.imports` allows 0. Take it out, or raise the limit.",
        'exports[1].subject = "b.*": has a wildcard, and `limits.wildcardExports` allows none. Take it out, or raise the limit.',
        "users.u.bearer: lets somebody log in with a JWT alone, and `limits.disallowBearer` does not. Take it out, or raise the limit.",
        'roles["a role"].bearer: lets somebody log in with a JWT alone, and `limits.disallowBearer` does not. Take it out, or raise the limit.',
      ],
    );
  });

  it("should allow what is within them", () => {
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

  it("should be in bytes, without what holds anyway", () => {
    const limits = { payload: "1KiB", wildcardExports: true, disallowBearer: false };
    const account = { name: "A", publicKey: keyOf("account", "A"), users: {} };
    assert.deepEqual(normalAccount({ ...account, limits }).limits, { payload: 1_024 });
    assert.equal(normalAccount({ ...account, limits: { wildcardExports: true } }).limits, undefined);
  });

  it("should be numbers and sizes that servers count", () => {
    const limits = {
      imports: -1,
      exports: 0.5,
      data: "1KB",
      payload: "4GiB",
      wildcardExports: "no" as unknown as boolean,
    };
    assert.deepEqual(
      problems({ limits }).map((line) => line.split(" = ")[0]),
      ["limits.payload", "limits.data", "limits.imports", "limits.exports", "limits.wildcardExports"],
    );
  });
});
