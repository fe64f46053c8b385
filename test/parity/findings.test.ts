import assert from "node:assert/strict";
import { parityDiagnostics, parityWarning } from "../../provider/parity/findings";
import type { ParityMode, ParityReport } from "../../provider/parity/report";
import type { ParityRow } from "../../provider/parity/rows";
import { summaryOf } from "../../provider/parity/summary";

const EXACT: ParityRow = { name: "A.users.test", class: "E", static: "users[].nkey", operator: "sub" };
const NETWORKS: ParityRow = {
  name: "A.users.test.sourceNetworks",
  class: "N",
  value: '["10.0.0.0/8"]',
  operator: "src",
  severity: "security",
  consequence: "A/test may connect from 10.0.0.0/8 only: the static server cannot check this",
};
const TIMES: ParityRow = { ...NETWORKS, name: 'A.users["a b"].times', value: "09:00", consequence: "by day only" };
const HARMLESS: ParityRow = { ...NETWORKS, name: "A.limits.data", severity: "harmless" };

function report(mode: ParityMode, rows: readonly ParityRow[]): ParityReport {
  return { mode, rows, summary: summaryOf(rows) };
}

describe("the findings of a parity report", () => {
  it("should be all losses of security at once, each with path, value and what to do, when the mode is strict", () => {
    const found = parityDiagnostics(report("strict", [EXACT, NETWORKS, TIMES, HARMLESS]), {});
    assert.deepEqual(found, [
      {
        path: "A.users.test.sourceNetworks",
        value: '["10.0.0.0/8"]',
        problem: "A/test may connect from 10.0.0.0/8 only: the static server cannot check this",
        remedy:
          'Leave it out, or accept it with a reason: `parity: { accept: { "A.users.test.sourceNetworks": "…" } }`.',
      },
      {
        path: 'A.users["a b"].times',
        value: "09:00",
        problem: "by day only",
        remedy: 'Leave it out, or accept it with a reason: `parity: { accept: { "A.users[\\"a b\\"].times": "…" } }`.',
      },
    ]);
  });

  it("should be none, and a warning of each by name, when the mode is lenient", () => {
    const lenient = report("lenient", [EXACT, NETWORKS, TIMES, HARMLESS]);
    assert.deepEqual(parityDiagnostics(lenient, {}), []);
    const lines = (parityWarning(lenient) ?? "").split("\n");
    assert.equal(lines.length, 3);
    assert.match(lines[0] ?? "", /^2 claims/);
    assert.match(lines[1] ?? "", /^ {2}- A\.users\.test\.sourceNetworks = \["10\.0\.0\.0\/8"\]: A\/test may connect/);
  });

  it("should be none when each loss is accepted, in either mode", () => {
    for (const mode of ["strict", "lenient"] as const) {
      const accepted = report(mode, [EXACT, { ...NETWORKS, accepted: "private network" }, HARMLESS]);
      assert.deepEqual(parityDiagnostics(accepted, { accept: { [NETWORKS.name]: "private network" } }), []);
      assert.equal(parityWarning(accepted), undefined);
    }
  });

  for (const mode of ["strict", "lenient"] as const) {
    it(`should be an error with the nearest name when an acceptance names no loss, in ${mode} mode`, () => {
      const accepted = report(mode, [EXACT, { ...NETWORKS, accepted: "x" }, { ...TIMES, accepted: "x" }, HARMLESS]);
      const accept = { "A.users.tset.sourceNetworks": "x", "A.users.test": "x", "A.limits.data": "x" };
      const found = parityDiagnostics(accepted, { accept });
      assert.deepEqual(
        found.map(({ path, problem }) => [path, problem]),
        [
          [
            'parity.accept["A.users.tset.sourceNetworks"]',
            'names no claim that needs acceptance; the nearest that does is "A.users.test.sourceNetworks"',
          ],
          [
            'parity.accept["A.users.test"]',
            'names a claim that needs no acceptance; the nearest that does is "A.users.test.sourceNetworks"',
          ],
          [
            'parity.accept["A.limits.data"]',
            'names a claim that needs no acceptance; the nearest that does is "A.users.test.sourceNetworks"',
          ],
        ],
      );
    });
  }

  it("should say that nothing needs acceptance when something is accepted where nothing is lost", () => {
    const [found] = parityDiagnostics(report("strict", [EXACT]), { accept: { "A.users.test.times": "x" } });
    assert.equal(found?.problem, "names no claim that needs acceptance; nothing here does");
  });

  it("should ask for a reason when an acceptance has none", () => {
    const [found] = parityDiagnostics(report("strict", [{ ...NETWORKS, accepted: " " }]), {
      accept: { [NETWORKS.name]: " " },
    });
    assert.equal(found?.problem, "gives no reason");
  });
});
