import assert from "node:assert/strict";
import { signToken } from "../../../provider/jwt/sign";
import { compareTokens } from "../../../provider/servers/deployment/compare";
import { keyOf, pairOf } from "../../support/keys";

/** A JWT with many revocations. */
const tokenWith = (count: number) => {
  const revocations = Object.fromEntries(Array.from({ length: count }, (_, index) => [`U${index}`, index]));
  const nats = { revocations, type: "account", version: 2 };
  return signToken({ sub: keyOf("account", "A"), name: "A", nats }, pairOf("operator", "KO"), { issuedAt: 0 });
};

describe("the comparison of two JWTs", () => {
  it("should take as long for each of many revocations as for few", function () {
    this.timeout(10_000);
    const count = 50_000;
    const [problem = ""] = compareTokens(tokenWith(count), tokenWith(count + 7));
    assert.match(problem, /and 2 more differences/);
  });
});
