import assert from "node:assert/strict";
import {
  areRevoked,
  revokedCredentialsDiagnostics,
  type IssuedCredentials,
} from "../../../provider/model/account/revoked-credentials";
import type { Revocations } from "../../../provider/model/keys/revocations";
import { codesAndPaths } from "../../support/diagnostics";

const NOW = 1_800_000_000;
const USERS: Readonly<Record<string, IssuedCredentials>> = {
  old: { publicKey: "UOLD", issuedAt: NOW - 100 },
  new: { publicKey: "UNEW", issuedAt: NOW - 10 },
  unsigned: { publicKey: undefined, issuedAt: undefined },
};

/** Returns the users whose JWTs are revoked. */
const revoked = (revocations: Revocations) =>
  Object.entries(USERS).flatMap(([name, user]) => (areRevoked(user, revocations, NOW) ? [name] : []));

describe("the credentials that an account revokes", () => {
  for (const [what, revocations, names] of [
    ["before any was issued", { "*": NOW - 101 }, []],
    ["at the second of one", { "*": NOW - 100 }, ["old"]],
    ["at the second of another", { "*": NOW - 10 }, ["old", "new"]],
    ["now", { "*": NOW }, ["old", "new"]],
    ["in the future", { "*": NOW + 1 }, ["old", "new", "unsigned"]],
    ["of one key", { UNEW: NOW + 1, UGONE: NOW }, ["new"]],
    ["of one key and an earlier one of all", { UNEW: NOW - 11, "*": NOW - 50 }, ["old"]],
  ] as [string, Revocations, string[]][]) {
    it(`should be those that were issued until then, for a revocation ${what}`, () => {
      assert.deepEqual(revoked(revocations), names);
    });
  }

  it("should be reported by the revocation that applies to them", () => {
    const find = (revocations: unknown) =>
      codesAndPaths(revokedCredentialsDiagnostics(USERS, revocations as Revocations, NOW));
    assert.deepEqual(find({ UGONE: NOW, UOLD: NOW }), ["NA1411 revocations.UOLD"]);
    assert.deepEqual(find({ "*": NOW, UOLD: NOW }), ['NA1411 revocations["*"]', "NA1411 revocations.UOLD"]);
    assert.deepEqual(find({ "*": "soon" }), []);
    assert.deepEqual(find(null), []);
  });
});
