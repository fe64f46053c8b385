import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PAGE, parityPage } from "../../tools/parity-table";

describe("the documentation of parity", () => {
  it("should have the table that the package goes by; `npm run docs` writes it", () => {
    const page = readFileSync(PAGE, "utf8");
    assert.equal(page, parityPage(page));
    assert.match(page, /\| `A\.users\.\*` \| E \|/);
  });
});
