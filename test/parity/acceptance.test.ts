import assert from "node:assert/strict";
import fc from "fast-check";
import { keyPath } from "../../provider/model/form/diagnostics";
import { acceptsSome, reasonsOf } from "../../provider/parity/acceptance";
import { hostileText } from "../support/arbitraries";

/** The claims of some kinds that an acceptance is one of. */
function accepted(acceptance: string, ...claims: string[]): string[] {
  const reasonOf = reasonsOf({ [acceptance]: "because" });
  const found = claims.filter((claim) => reasonOf(claim) === "because");
  assert.equal(acceptsSome(acceptance, new Set(claims)), found.length > 0);
  return found;
}

describe("an acceptance", () => {
  it("should be of the claim whose name it is, and of no other one", () => {
    const [own, other] = ["A.users.test.times", "A.users.test2.times"];
    assert.deepEqual(accepted(own, own, other, "A.users.test.times.zone", "B.users.test.times"), [own]);
  });

  it("should be of the claims of all names when there is a * in the place of a name", () => {
    const claims = ["A.users.test.times", 'A.users["a b"].times', 'A.users["\\"].x"].times'];
    const others = [
      "A.users.times",
      "A.users.test.bearer",
      "A.users.a.b.times",
      "B.users.test.times",
      "A.roles.r.times",
    ];
    assert.deepEqual(accepted("A.users.*.times", ...claims, ...others), claims);
  });

  it("should be of one claim alone when the * is a part of a name", () => {
    for (const name of ["x.*", "*", ".*.", '".*']) {
      const own = `${keyPath("A.users", name)}.times`;
      assert.deepEqual(accepted(own, own, "A.users.x.times", 'A.users["x.foo"].times'), [own]);
    }
  });

  it("should say the reason of the claim's own name when there is a pattern, too", () => {
    const reasonOf = reasonsOf({ "A.users.*.times": "of all", "A.users.test.times": "of one" });
    assert.deepEqual(["A.users.test.times", "A.users.u.times", "constructor"].map(reasonOf), [
      "of one",
      "of all",
      undefined,
    ]);
  });

  it("should be of each name there can be when there is a * in its place", () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        const claim = `${keyPath("A.users", name)}.times`;
        assert.deepEqual(accepted("A.users.*.times", claim), [claim]);
        assert.deepEqual(accepted(claim, claim), [claim]);
      }),
    );
  });
});
