import assert from "node:assert/strict";
import {
  momentSeconds,
  normalRevocations,
  revocationsDiagnostics,
  type Moment,
} from "../../../provider/model/keys/revocations";
import { keyOf } from "../../support/keys";

const KEY = keyOf("user", "gone");
const NOON = Date.UTC(2026, 2, 3, 12) / 1000;

describe("the moment of a revocation", () => {
  for (const moment of [NOON, "2026-03-03T12:00:00Z", "2026-03-03T12:00Z", "2026-03-03T13:00:00+01:00"]) {
    it(`should be right, and the same second, when it is ${moment}`, () => {
      assert.deepEqual(revocationsDiagnostics({ [KEY]: moment }, "U"), []);
      assert.deepEqual(normalRevocations({ [KEY]: moment }), { [KEY]: NOON });
    });
  }

  const wrong: unknown[] = ["2026-02-31T12:00:00Z", "2026-03-03", "2026-03-03T12:00:00", "soon", "", -1, 0.5, null];
  for (const moment of wrong as Moment[]) {
    it(`should be refused when it is ${JSON.stringify(moment)}`, () => {
      assert.equal(momentSeconds(moment), undefined);
      const [found] = revocationsDiagnostics({ [KEY]: moment }, "U");
      assert.match(found?.problem ?? "", /^is no moment/);
    });
  }
});
