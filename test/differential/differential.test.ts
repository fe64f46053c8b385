import assert from "node:assert/strict";
import { Oracle } from "../oracle/oracle";
import { campaign } from "../support/campaign/campaign";
import { readCases } from "../support/campaign/cases";
import { withCluster } from "../support/pair";
import { SIDES } from "../support/sides";
import { worldOf } from "../support/world";
import { Arena } from "./arena";
import { CASES, experiment, type KeptModel } from "./experiment";
import { namesOf } from "./run";

/** Enough to detect a regression. `npm run differential` tries more models and other seeds. */
const DECISIONS = 5_000;
/** The same for three servers of each mode: the least that is tried at once. */
const DECISIONS_OF_SIX = 1;
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

  it("should match the reference on three linked servers of each mode when models are generated", async function () {
    this.timeout(120_000);
    const report = await campaign(
      { decisions: DECISIONS_OF_SIX, seed: FIXED_SEED },
      experiment(oracle, { servers: 3 }),
    );
    assert.deepEqual(report.mismatches, []);
    assert.ok(report.decisions > 1_000);
  });

  it("should ask each of six servers, and use each on some way, when there are three turns", async () => {
    const world = await worldOf([]);
    await withCluster(world, namesOf(3), async (cluster) => {
      const arena = new Arena([], world, cluster, true);
      const asked: string[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        await arena.onEachMode(SIDES, (server) => Promise.resolve(asked.push(server)));
      }
      assert.deepEqual(asked, ["s1", "o1", "s2", "o2", "s3", "o3"]);
      assert.deepEqual([...new Set(arena.ways().flat())].sort(), ["o1", "o2", "o3", "s1", "s2", "s3"]);
    });
  });

  for (const [name, { found, ...input }] of Object.entries(readCases<KeptModel>(CASES))) {
    it(`should match the reference when a former mismatch is repeated, ${name}: ${found[0] ?? ""}`, async () => {
      assert.deepEqual((await experiment(oracle).attempt(input)).mismatches, []);
    });
  }
});
