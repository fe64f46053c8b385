import assert from "node:assert/strict";
import {
  parseTimestamp,
  normalizeRevocations,
  revocationsDiagnostics,
  type Timestamp,
} from "../../../provider/model/keys/revocations";
import { codesAndPaths } from "../../support/diagnostics";
import { keyOf } from "../../support/keys";

const KEY = keyOf("user", "gone");
const NOON = Date.UTC(2026, 2, 3, 12) / 1000;

describe("the timestamp of a revocation", () => {
  for (const moment of [NOON, "2026-03-03T12:00:00Z", "2026-03-03T12:00Z", "2026-03-03T13:00:00+01:00"]) {
    it(`should be valid, and the same second, when it is ${moment}`, () => {
      assert.deepEqual(revocationsDiagnostics({ [KEY]: moment }, "U"), []);
      assert.deepEqual(normalizeRevocations({ [KEY]: moment }), { [KEY]: NOON });
    });
  }

  const wrong: unknown[] = ["2026-02-31T12:00:00Z", "2026-03-03", "2026-03-03T12:00:00", "soon", "", -1, 0.5, null];
  for (const moment of wrong as Timestamp[]) {
    it(`should be invalid when it is ${JSON.stringify(moment)}`, () => {
      assert.equal(parseTimestamp(moment), undefined);
      assert.deepEqual(codesAndPaths(revocationsDiagnostics({ [KEY]: moment }, "U")), [`NA1312 ${KEY}`]);
    });
  }
});

describe("the key of a revocation", () => {
  it("should be a public key of the right kind, or `*`", () => {
    const account = keyOf("account", "gone");
    assert.deepEqual(revocationsDiagnostics({ [KEY]: NOON, "*": NOON }, "U"), []);
    assert.deepEqual(revocationsDiagnostics({ [account]: NOON, "*": NOON }, "A"), []);
    assert.deepEqual(codesAndPaths(revocationsDiagnostics({ [account]: NOON, B: NOON }, "U")), [
      `NA1331 ${account}`,
      "NA1331 B",
    ]);
  });
});
