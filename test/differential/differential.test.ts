import assert from "node:assert/strict";
import { Oracle } from "../oracle/oracle";
import { campaign } from "../support/campaign/campaign";
import { readCases } from "../support/campaign/cases";
import { CASES, experiment, type KeptModel } from "./experiment";

/** Enough to detect a regression. `npm run differential` tries more models and other seeds. */
const DECISIONS = 5_000;
/** Generates the same models in every run, so that only a change of the code can cause a failure. */
const FIXED_SEED = 1;

describe("the differential test", () => {
  let counted = { inputs: 0, decisions: 0, skipped: {} };
  let oracle: Oracle;

  before(() => {
    oracle = new Oracle();
  });

  after(() => {
    oracle.end();
    const { inputs, decisions } = counted;
    console.log(`    ${decisions} decisions on ${inputs} generated models were as they must be (seed ${FIXED_SEED})`);
  });

  it("should match the reference on both servers, separate and linked, when models are generated", async function () {
    this.timeout(120_000);
    const report = await campaign({ decisions: DECISIONS, seed: FIXED_SEED }, experiment(oracle));
    assert.deepEqual(report.mismatches, []);
    counted = report;
  });

  for (const [name, { found, ...input }] of Object.entries(readCases<KeptModel>(CASES))) {
    it(`should match the reference when a former mismatch is repeated, ${name}: ${found[0] ?? ""}`, async () => {
      assert.deepEqual((await experiment(oracle).attempt(input)).mismatches, []);
    });
  }
});
