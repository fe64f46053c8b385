import assert from "node:assert/strict";
import { Oracle } from "../oracle/oracle";
import { campaign } from "./campaign";
import { readCases } from "./cases";
import { tryModel } from "./run";
import { diagnosticsOf } from "./validation";

/** Enough to notice what is broken; `npm run differential` looks for the rest. */
const DECISIONS = 5_000;
const SEED = 1;

describe("the differential test", () => {
  let counted = { models: 0, decisions: 0, refused: 0 };
  let oracle: Oracle;

  before(() => {
    oracle = new Oracle();
  });

  after(() => {
    oracle.end();
    const { models, decisions, refused } = counted;
    console.log(
      `    ${decisions} decisions on ${models} generated models were as they must be; servers refused ${refused}`,
    );
  });

  it("should get the decisions of the reference from both servers, apart and linked, when models are generated", async function () {
    this.timeout(120_000);
    const report = await campaign({ decisions: DECISIONS, seed: SEED }, oracle);
    assert.deepEqual(report.mismatches, []);
    counted = report;
  });

  for (const [name, { found, accounts }] of Object.entries(readCases())) {
    it(`should get them, too, in case ${name}: ${found[0] ?? ""}`, async () => {
      const problems = diagnosticsOf(accounts);
      const mismatches = problems.length > 0 ? [] : (await tryModel(accounts, oracle)).mismatches;
      assert.deepEqual(mismatches, []);
    });
  }
});
