import assert from "node:assert/strict";
import fc from "fast-check";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { formatDiagnostic } from "../../provider/diagnostics/diagnostic";
import { consult } from "../oracle/consult";
import { Oracle } from "../oracle/oracle";
import { FREE_PERMISSIONS, FREE_USER } from "../support/arbitraries";
import { worldOf } from "../support/world";
import { tryModel } from "./run";
import { spoiled } from "./spoiled";
import { differences } from "./trial";
import { diagnosticsOf } from "./validation";

const RUNS = 400;
const MANY = 10_000;

describe("invalid input", () => {
  let oracle: Oracle;

  before(() => {
    oracle = new Oracle();
  });

  after(() => {
    oracle.end();
  });

  it("should get a diagnostic, or have the same meaning on both servers, when any value is anywhere", async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(spoiled, async (accounts) => {
        const problems = diagnosticsOf(accounts).map(formatDiagnostic);
        if (problems.length > 0) {
          assert.ok(problems.every((problem) => problem.length < 4_500 && problem.isWellFormed()));
          return;
        }
        assert.deepEqual((await consult(oracle, await worldOf(accounts), accounts)).flatMap(differences), []);
      }),
      { numRuns: RUNS },
    );
  });

  it("should get a diagnostic when an account is any value", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }), (account) => {
        const declared = { name: "A", users: account, exports: account, imports: account, limits: account };
        const problems = accountDiagnostics(declared as AccountDeclaration).map(formatDiagnostic);
        assert.ok(problems.every((problem) => problem.length > 0));
      }),
      { numRuns: RUNS },
    );
  });

  const list = (make: (index: number) => string) => Array.from({ length: MANY }, (_, index) => make(index));

  for (const [what, user] of [
    ["a user has 10,000 allowed subjects", { permissions: { publish: { allow: list((n) => `a.${n}`) } } }],
    ["a user has 10,000 denied subjects", { permissions: { subscribe: { deny: list((n) => `a.${n}.*`) } } }],
    [
      "a user has subjects of 1,000 wildcards",
      { permissions: { publish: { allow: ["*.".repeat(1_000) + ">", "a.x"] } } },
    ],
  ] as const) {
    it(`should get the same decisions from both servers when ${what}`, async function () {
      this.timeout(60_000);
      const account = { name: "A", users: { [FREE_USER]: { permissions: FREE_PERMISSIONS }, user } };
      assert.deepEqual(diagnosticsOf([account]), []);
      const { mismatches, decisions } = await tryModel([account], oracle);
      assert.deepEqual(mismatches, []);
      assert.ok(decisions > 0);
    });
  }
});
