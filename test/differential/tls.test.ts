import assert from "node:assert/strict";
import { Oracle } from "../oracle/oracle";
import { campaign } from "../support/campaign/campaign";
import { disableTls, enableTls } from "../support/pair-tls";
import { experiment } from "./experiment";

/** Enough to show that encryption changes no decision. */
const DECISIONS = 5_000;
const FIXED_SEED = 2;

describe("the differential test with encrypted clients and routes", () => {
  let oracle: Oracle;

  before(() => {
    oracle = new Oracle();
  });

  after(() => {
    oracle.end();
    disableTls();
  });

  for (const kind of ["server", "mutual"] as const) {
    it(`should match the reference on both servers when TLS is ${kind === "mutual" ? "mutual" : "of the servers"}`, async function () {
      this.timeout(300_000);
      await enableTls(kind);
      const { mismatches, decisions } = await campaign({ decisions: DECISIONS, seed: FIXED_SEED }, experiment(oracle));
      assert.deepEqual(mismatches, []);
      assert.ok(decisions >= DECISIONS);
    });
  }
});
