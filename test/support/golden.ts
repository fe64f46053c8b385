import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Asserts that a text is, to the byte, what lies in a file that people have read and found right. */
export function assertGolden(folder: string, name: string, text: string): void {
  assert.equal(text, readFileSync(join(folder, "golden", name), "utf8"), `golden/${name}`);
}
