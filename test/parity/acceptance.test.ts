import assert from "node:assert/strict";
import fc from "fast-check";
import { keyPath } from "../../provider/diagnostics/diagnostic";
import { matchesAny, createReasonLookup } from "../../provider/parity/acceptance";
import { hostileText } from "../support/arbitraries";

/** The claims that an acceptance matches. */
function matchClaims(acceptance: string, ...claims: string[]): string[] {
  const findReason = createReasonLookup({ [acceptance]: "because" });
  const found = claims.filter((claim) => findReason(claim) === "because");
  assert.equal(matchesAny(acceptance, new Set(claims)), found.length > 0);
  return found;
}

describe("an acceptance", () => {
  it("should match only the claim of the same name", () => {
    const [own, other] = ["A.users.test.times", "A.users.test2.times"];
    assert.deepEqual(matchClaims(own, own, other, "A.users.test.times.zone", "B.users.test.times"), [own]);
  });

  it("should match every name when a * is in place of a name", () => {
    const claims = ["A.users.test.times", 'A.users["a b"].times', 'A.users["\\"].x"].times'];
    const others = [
      "A.users.times",
      "A.users.test.bearer",
      "A.users.a.b.times",
      "B.users.test.times",
      "A.roles.r.times",
    ];
    assert.deepEqual(matchClaims("A.users.*.times", ...claims, ...others), claims);
  });

  it("should match only one claim when the * is part of a name", () => {
    for (const name of ["x.*", "*", ".*.", '".*']) {
      const own = `${keyPath("A.users", name)}.times`;
      assert.deepEqual(matchClaims(own, own, "A.users.x.times", 'A.users["x.foo"].times'), [own]);
    }
  });

  it("should prefer the reason of an exact name to that of a pattern", () => {
    const findReason = createReasonLookup({ "A.users.*.times": "of all", "A.users.test.times": "of one" });
    assert.deepEqual(["A.users.test.times", "A.users.u.times", "constructor"].map(findReason), [
      "of one",
      "of all",
      undefined,
    ]);
  });

  it("should match any name when a * is in its place", () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        const claim = `${keyPath("A.users", name)}.times`;
        assert.deepEqual(matchClaims("A.users.*.times", claim), [claim]);
        assert.deepEqual(matchClaims(claim, claim), [claim]);
      }),
    );
  });
});
