import assert from "node:assert/strict";
import { normalizeSigningKeys, signingKeysDiagnostics } from "../../../provider/model/keys/signing-keys";
import { formatDiagnostic } from "../../../provider/diagnostics/diagnostic";
import { codesAndPaths } from "../../support/diagnostics";
import { keyOf, seedOf } from "../../support/keys";

const KEY = keyOf("account", "signer");

describe("signing keys", () => {
  it("should be public keys of accounts", () => {
    assert.deepEqual(signingKeysDiagnostics([KEY]), []);
    assert.deepEqual(codesAndPaths(signingKeysDiagnostics([keyOf("user", "u"), KEY, "", KEY.slice(1)])), [
      "NA1302 [0]",
      "NA1302 [2]",
      "NA1302 [3]",
    ]);
  });

  it("should not be seeds, which are never displayed", () => {
    const seed = seedOf("account", "signer");
    const texts = [seed, seed.slice(0, -1), ` ${seed}`, seed.toLowerCase()];
    const found = signingKeysDiagnostics(texts);
    assert.deepEqual(codesAndPaths(found), ["NA1304 [0]", "NA1304 [1]", "NA1302 [2]", "NA1302 [3]"]);
    assert.equal(found.map(formatDiagnostic).join().toUpperCase().includes(seed.slice(2, 20)), false);
  });

  it("should be sorted, without duplicates, in their normal form", () => {
    const other = keyOf("account", "other");
    assert.deepEqual(normalizeSigningKeys([KEY, other, KEY]), [KEY, other].sort());
    assert.equal(normalizeSigningKeys([]), undefined);
  });
});
