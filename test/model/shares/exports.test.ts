import assert from "node:assert/strict";
import { exportsDiagnostics } from "../../../provider/model/shares/export-checks";
import { normalizeExports, type Export } from "../../../provider/model/shares/exports";
import { codesAndPaths } from "../../support/diagnostics";
import { keyOf } from "../../support/keys";

const service = (terms: object = {}): Export => ({ subject: "a.*.b", type: "service", ...terms });
const stream = (terms: object = {}): Export => ({ subject: "a.*.b", type: "stream", ...terms });

describe("exportsDiagnostics", () => {
  for (const [entry, ...found] of [
    [stream({ responseType: "stream" }), "NA1501 [0].responseType"],
    [stream({ responseThreshold: "1s" }), "NA1501 [0].responseThreshold"],
    [stream({ latency: { sampling: 1, results: "r" } }), "NA1501 [0].latency"],
    [stream({ allowTrace: true }), "NA1501 [0].allowTrace"],
    [service({ responseType: "Singleton" }), "NA1003 [0].responseType"],
    [service({ responseThreshold: "1x" }), "NA1006 [0].responseThreshold"],
    [service({ responseThreshold: 0 }), "NA1007 [0].responseThreshold"],
    [service({ responseThreshold: "-1s" }), "NA1006 [0].responseThreshold"],
    [service({ responseType: "chunked", latency: { sampling: 1, results: "r" } }), "NA1502 [0].latency"],
    ...[0, 101, 1.5, "1"].map((sampling): [Export, string] => [
      service({ latency: { sampling, results: "r" } }),
      "NA1008 [0].latency.sampling",
    ]),
    [service({ latency: { sampling: 1, results: "a..b" } }), "NA1101 [0].latency.results"],
    [service({ latency: { sampling: 1, results: "r.>" } }), "NA1503 [0].latency.results"],
    [service({ latency: { sampling: 1, results: "a.x.b" } }), "NA1503 [0].latency.results"],
    ...[0, 1, 3, 4, 1.5, -1, "2"].map((position): [Export, string] => [
      service({ accountTokenPosition: position }),
      "NA1504 [0].accountTokenPosition",
    ]),
    [stream({ subject: "a.*b" }), "NA1101 [0].subject"],
    [service({ accountTokenPosition: 2, importers: ["B"] }), "NA1505 [0].importers"],
    [stream({ importers: [], revocations: { "*": "2026-02-31T12:00:00Z" } }), 'NA1312 [0].revocations["*"]'],
    [stream({ revocations: { "*": 1 } }), "NA1506 [0].revocations"],
    [
      stream({ importers: [], revocations: { B: 1, "*": "yesterday" } }),
      "NA1331 [0].revocations.B",
      'NA1312 [0].revocations["*"]',
    ],
    [stream({ infoUrl: "example.org" }), "NA1010 [0].infoUrl"],
    [stream({ description: "x".repeat(8_193) }), "NA1009 [0].description"],
  ] as [Export, ...string[]][]) {
    it(`should report ${found.join(", ")} for ${JSON.stringify(entry).slice(0, 100)}`, () => {
      assert.deepEqual(codesAndPaths(exportsDiagnostics([entry])), found);
    });
  }

  it("should report overlapping exports of one type", () => {
    const exports = [service(), stream({ subject: "a.>" }), service({ subject: "a.x.b" }), service()];
    assert.deepEqual(codesAndPaths(exportsDiagnostics(exports)), ["NA1507 [2].subject", "NA1507 [3].subject"]);
  });

  it("should accept exports that use every property", () => {
    const info = { name: "n", description: "d", infoUrl: "https://example.org/a?b=%20#c", advertise: true };
    const all = { ...info, accountTokenPosition: 2 };
    assert.deepEqual(
      exportsDiagnostics([
        service({ ...all, responseType: "stream", responseThreshold: "1.5h", allowTrace: true }),
        service({ subject: "measured", latency: { sampling: "headers", results: "a.x" } }),
        stream({ ...all, allowTrace: false }),
        stream({
          subject: "private",
          importers: ["B"],
          revocations: { "*": "2026-03-01T12:00:00+01:00", [keyOf("account", "X")]: 0 },
        }),
      ]),
      [],
    );
  });
});

describe("normalizeExports", () => {
  it("should omit default values", () => {
    const entry = service({ responseType: "singleton", advertise: false, allowTrace: false, name: undefined });
    assert.deepEqual(normalizeExports([entry]), [{ subject: "a.*.b", type: "service" }]);
  });

  it("should keep an empty list of importers, and convert timestamps to seconds", () => {
    const revocations = { "*": "2026-03-01T12:00:00+01:00" };
    assert.deepEqual(normalizeExports([service({ importers: [], revocations })]), [
      service({ importers: [], revocations: { "*": 1_772_362_800 } }),
    ]);
  });

  it("should write equal durations in one way", () => {
    const times = [90, "1m30s", "90000ms"].map((responseThreshold) =>
      normalizeExports([service({ responseThreshold })]),
    );
    assert.deepEqual(times, [times[0], times[0], times[0]]);
  });
});
