import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PAGE, parityPage } from "../../tools/parity-table";

describe("docs/parity.md", () => {
  it("should have the current table; `npm run docs` writes it", () => {
    const page = readFileSync(PAGE, "utf8");
    assert.equal(page, parityPage(page));
    assert.match(page, /\| `A\.users\.\*` \| E \|/);
  });
});
