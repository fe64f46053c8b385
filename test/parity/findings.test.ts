import assert from "node:assert/strict";
import { codesAndPaths } from "../support/diagnostics";
import { parityDiagnostics, parityWarnings } from "../../provider/parity/findings";
import type { ParityMode, ParityReport } from "../../provider/parity/report";
import type { ParityRow } from "../../provider/parity/rows";
import { summarize } from "../../provider/parity/summary";

const EXACT: ParityRow = { name: "A.users.test", class: "E", static: "users[].nkey", operator: "sub" };
const NETWORKS: ParityRow = {
  name: "A.users.test.sourceNetworks",
  class: "N",
  value: '["10.0.0.0/8"]',
  operator: "src",
  severity: "security",
  consequence: "A/test may connect only from 10.0.0.0/8; the static server cannot enforce this",
};
const TIMES: ParityRow = { ...NETWORKS, name: 'A.users["a b"].times', value: "09:00", consequence: "by day only" };
const HARMLESS: ParityRow = { ...NETWORKS, name: "A.limits.data", severity: "harmless" };

function report(mode: ParityMode, rows: readonly ParityRow[]): ParityReport {
  return { mode, rows, summary: summarize(rows) };
}

describe("parityDiagnostics and parityWarnings", () => {
  it("should report every security gap, with its value, consequence and how to accept it, when the mode is strict", () => {
    const found = parityDiagnostics(report("strict", [EXACT, NETWORKS, TIMES, HARMLESS]), {});
    assert.deepEqual(codesAndPaths(found), [`NA2001 ${NETWORKS.name}`, `NA2001 ${TIMES.name}`]);
    assert.deepEqual(
      found.map(({ value, problem }) => [value, problem]),
      [NETWORKS, TIMES].map(({ value, consequence }) => [value, consequence]),
    );
    for (const { path, remedy } of found) {
      assert.ok(remedy.includes(`{ accept: { ${JSON.stringify(path)}: "…" } }`), remedy);
    }
  });

  it("should warn of every security gap when the mode is lenient", () => {
    const lenient = report("lenient", [EXACT, NETWORKS, TIMES, HARMLESS]);
    assert.deepEqual(parityDiagnostics(lenient, {}), []);
    const [warning = "", ...others] = parityWarnings(lenient);
    const lines = warning.split("\n");
    assert.deepEqual(others, []);
    assert.equal(lines.length, 3);
    assert.match(lines[0] ?? "", /^2 /);
    assert.match(
      lines[1] ?? "",
      /^ {2}- A\.users\.test\.sourceNetworks = \["10\.0\.0\.0\/8"\]: A\/test .* \[NA2001\]$/,
    );
  });

  it("should report a claim with which the servers do not work, in either mode, whether it is accepted or not", () => {
    const unusable: ParityRow = { ...NETWORKS, severity: "unusable" };
    for (const mode of ["strict", "lenient"] as const) {
      const found = parityDiagnostics(report(mode, [EXACT, unusable]), { accept: { [NETWORKS.name]: "x" } });
      assert.deepEqual(codesAndPaths(found), [
        `NA2015 ${NETWORKS.name}`,
        'NA2002 parity.accept["A.users.test.sourceNetworks"]',
      ]);
    }
  });

  it("should warn of a claim that depends on a version that is not known, in either mode", () => {
    for (const mode of ["strict", "lenient"] as const) {
      const dependent = report(mode, [{ ...EXACT, since: "2.12.0", consequence: "before nats-server 2.12.0: …" }]);
      assert.deepEqual(parityDiagnostics(dependent, {}), []);
      const [warning = ""] = parityWarnings(dependent);
      assert.match(warning, /\n {2}- A\.users\.test: .*2\.12\.0.* \[NA2016\]$/);
    }
  });

  it("should report nothing when every security gap is accepted, in either mode", () => {
    for (const mode of ["strict", "lenient"] as const) {
      const accepted = report(mode, [EXACT, { ...NETWORKS, accepted: "private network" }, HARMLESS]);
      assert.deepEqual(parityDiagnostics(accepted, { accept: { [NETWORKS.name]: "private network" } }), []);
      assert.deepEqual(parityWarnings(accepted), []);
    }
  });

  for (const mode of ["strict", "lenient"] as const) {
    it(`should report an acceptance of no security gap, with the nearest name, in ${mode} mode`, () => {
      const accepted = report(mode, [EXACT, { ...NETWORKS, accepted: "x" }, { ...TIMES, accepted: "x" }, HARMLESS]);
      const accept = { "A.users.tset.sourceNetworks": "x", "A.users.test": "x", "A.limits.data": "x" };
      const found = parityDiagnostics(accepted, { accept });
      assert.deepEqual(codesAndPaths(found), [
        'NA2002 parity.accept["A.users.tset.sourceNetworks"]',
        'NA2002 parity.accept["A.users.test"]',
        'NA2002 parity.accept["A.limits.data"]',
      ]);
      assert.ok(found.every(({ problem }) => problem.includes('"A.users.test.sourceNetworks"')));
    });
  }

  it("should report an acceptance when there is no security gap at all", () => {
    const found = parityDiagnostics(report("strict", [EXACT]), { accept: { "A.users.test.times": "x" } });
    assert.deepEqual(codesAndPaths(found), ['NA2002 parity.accept["A.users.test.times"]']);
  });

  it("should report an acceptance without a reason", () => {
    const found = parityDiagnostics(report("strict", [{ ...NETWORKS, accepted: " " }]), {
      accept: { [NETWORKS.name]: " " },
    });
    assert.deepEqual(codesAndPaths(found), ['NA2003 parity.accept["A.users.test.sourceNetworks"]']);
  });
});
