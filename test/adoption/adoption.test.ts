import assert from "node:assert/strict";
import { campaign } from "../support/campaign/campaign";
import { readCases } from "../support/campaign/cases";
import { CASES, EXPERIMENT, type Draft } from "./experiment";

/** Enough to detect a regression. `npm run adoption` tries more originals and other seeds. */
const DECISIONS = 3_000;
/** Generates the same originals in every run, so that only a change of the code can cause a failure. */
const FIXED_SEED = 1;

describe("adoption", () => {
  let counted = { inputs: 0, decisions: 0 };

  after(() => {
    const { inputs, decisions } = counted;
    console.log(
      `    ${decisions} decisions on ${inputs} generated originals were the same after adoption, or named (seed ${FIXED_SEED})`,
    );
  });

  it("should grant nothing new, and lose nothing without naming it, when stores and configurations are generated", async function () {
    this.timeout(120_000);
    const report = await campaign({ decisions: DECISIONS, seed: FIXED_SEED }, EXPERIMENT);
    assert.deepEqual(report.mismatches, []);
    counted = report;
  });

  for (const [name, draft] of Object.entries(readCases<Draft>(CASES))) {
    it(`should grant and lose nothing when a former difference is repeated, ${name}`, async function () {
      this.timeout(60_000);
      assert.deepEqual((await EXPERIMENT.attempt(draft)).mismatches, []);
    });
  }
});
