import assert from "node:assert/strict";
import { findUnstable, takeFailed } from "../runner/retry";
import { summary, type RunResult } from "../runner/summary";

/** A result with a failure, unless `failed` is 0. */
function result(file: string, failed = 1, node?: string): RunResult {
  const failures = failed === 0 ? "" : `  1) ${file} fails`;
  const counts = { passed: 1, failed, skipped: 0, milliseconds: 1_000 };
  return { file, ...counts, output: "", failures, ...(node === undefined ? {} : { node }) };
}

const summaryOf = (results: RunResult[], firstResults: RunResult[], unstable: RunResult[]) =>
  summary({ results, firstResults, unstable, skipped: [], milliseconds: 1, workers: 1, load: "idle", seed: 1 }).split(
    "\n",
  );

describe("the second run of files with failures", () => {
  it("should be of the failed ones on the main version of Node.js", () => {
    const results = [result("a"), result("b", 0), result("c", 1, "24"), result("d")];
    assert.deepEqual(takeFailed(results), [result("a"), result("d")]);
    assert.deepEqual(results, [result("b", 0), result("c", 1, "24")]);
  });

  it("should not take place when many have failed", () => {
    const results = Array.from({ length: 7 }, (_, index) => result(String(index)));
    assert.deepEqual(takeFailed(results), []);
    assert.equal(results.length, 7);
  });

  it("should count as passed what passes then, and still print every failure", () => {
    const firstResults = [result("a"), result("b"), result("c")];
    // The tests of `c` have all been skipped.
    const results = [result("a", 0), result("a", 1, "24"), result("b"), { ...result("c", 0), passed: 0 }];
    const unstable = findUnstable(firstResults, results);
    assert.deepEqual(unstable, [result("a")]);
    const lines = summaryOf(results, firstResults, unstable);
    const headings = lines.filter((line) => line.startsWith("Failures in "));
    assert.deepEqual(headings, [
      ...["a", "b", "c"].map((file) => `Failures in ${file}, before it ran again:`),
      "Failures in a (Node.js 24):",
      "Failures in b:",
    ]);
    assert.equal(lines.filter((line) => line === "  1) a fails").length, 2);
    assert.ok(lines.includes("Unstable: a failed, and passed when it ran again"));
    assert.equal(lines.at(-1), "3 passed, 2 failed");
  });
});
