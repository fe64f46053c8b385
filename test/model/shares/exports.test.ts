import assert from "node:assert/strict";
import { formatDiagnostic } from "../../../provider/model/form/diagnostics";
import { exportsDiagnostics } from "../../../provider/model/shares/export-checks";
import { normalExports, type Export } from "../../../provider/model/shares/exports";
import { keyOf } from "../../support/keys";

const service = (terms: object = {}): Export => ({ subject: "a.*.b", type: "service", ...terms });
const stream = (terms: object = {}): Export => ({ subject: "a.*.b", type: "stream", ...terms });

function problems(...exports: Export[]): string[] {
  return exportsDiagnostics(exports).map(formatDiagnostic);
}

describe("exportsDiagnostics", () => {
  for (const [entry, ...found] of [
    [stream({ responseType: "stream" }), /^\[0\]\.responseType: only a service answers/],
    [stream({ responseThreshold: "1s" }), /^\[0\]\.responseThreshold: only a service has a time to answer/],
    [stream({ allowTrace: true }), /^\[0\]\.allowTrace: only a service/],
    [
      service({ responseType: "Singleton" }),
      /^\[0\]\.responseType = "Singleton": is no type of response; the types are "singleton"/,
    ],
    [service({ responseThreshold: "1x" }), /^\[0\]\.responseThreshold = "1x": is no length of time/],
    [service({ responseThreshold: 0 }), /^\[0\]\.responseThreshold = 0: is no time at all/],
    [service({ responseThreshold: "-1s" }), /^\[0\]\.responseThreshold = "-1s": is no length of time/],
    [
      service({ responseType: "chunked", latency: { sampling: 1, results: "r" } }),
      /^\[0\]\.latency: is measured of a service with one reply only/,
    ],
    [
      service({ latency: { sampling: 1, results: "a.x.b" } }),
      /^\[0\]\.latency\.results = "a\.x\.b": is a service of the account \(exports\[0\]\)/,
    ],
    ...[0, 1, 3, 4, 1.5, -1, "2"].map((position): [Export, RegExp] => [
      service({ accountTokenPosition: position }),
      /^\[0\]\.accountTokenPosition = .*: is not the position of a "\*" in "a\.\*\.b"/,
    ]),
    [
      stream({ subject: "a.*b" }),
      /^\[0\]\.subject = "a\.\*b": has the token "\*b", which the servers half take for a "\*"/,
    ],
    [service({ accountTokenPosition: 2, importers: ["B"] }), /^\[0\]\.importers: stands beside `accountTokenPosition`/],
    [
      stream({ importers: [], revocations: { "*": "2026-02-31T12:00:00Z" } }),
      /^\[0\]\.revocations\["\*"\] = "2026-02-31T12:00:00Z": is no moment/,
    ],
    [stream({ revocations: { "*": 1 } }), /^\[0\]\.revocations: revokes activations of a public export/],
    [
      stream({ importers: [], revocations: { B: 1, "*": "yesterday" } }),
      /^\[0\]\.revocations\.B: is the key of nobody: it is a public key that begins with A/,
      /^\[0\]\.revocations\["\*"\] = "yesterday": is no moment/,
    ],
    [stream({ infoUrl: "example.org" }), /^\[0\]\.infoUrl = "example\.org": is no absolute URL/],
    [stream({ description: "x".repeat(8_193) }), /^\[0\]\.description = .*: is longer than 8192 bytes/],
  ] as [Export, ...RegExp[]][]) {
    it(`should say what is wrong with ${JSON.stringify(entry).slice(0, 100)}`, () => {
      const said = problems(entry);
      assert.equal(said.length, found.length, said.join("\n"));
      found.forEach((expected, index) => {
        assert.match(said[index] ?? "", expected);
      });
    });
  }

  it("should find nothing when an export says all that it may", () => {
    const info = { name: "n", description: "d", infoUrl: "https://example.org/a?b=%20#c", advertise: true };
    const all = { ...info, accountTokenPosition: 2 };
    assert.deepEqual(
      problems(
        service({ ...all, responseType: "stream", responseThreshold: "1.5h", allowTrace: true }),
        service({ subject: "measured", latency: { sampling: "headers", results: "a.x" } }),
        stream({ ...all, allowTrace: false }),
        stream({
          subject: "private",
          importers: ["B"],
          revocations: { "*": "2026-03-01T12:00:00+01:00", [keyOf("account", "X")]: 0 },
        }),
      ),
      [],
    );
  });
});

describe("normalExports", () => {
  it("should leave out what holds without it", () => {
    const entry = service({ responseType: "singleton", advertise: false, allowTrace: false, name: undefined });
    assert.deepEqual(normalExports([entry]), [{ subject: "a.*.b", type: "service" }]);
  });

  it("should keep an empty list of importers, which is not the same as none, and write moments in seconds", () => {
    const revocations = { "*": "2026-03-01T12:00:00+01:00" };
    assert.deepEqual(normalExports([service({ importers: [], revocations })]), [
      service({ importers: [], revocations: { "*": 1_772_362_800 } }),
    ]);
  });

  it("should write a time in one way", () => {
    const times = [90, "1m30s", "90000ms"].map((responseThreshold) => normalExports([service({ responseThreshold })]));
    assert.deepEqual(times, [times[0], times[0], times[0]]);
  });
});
