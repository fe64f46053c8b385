import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Asserts that a text equals the content of a file that people have reviewed. With `GOLDEN=write` in
 * the environment the file is written instead: read it, and what changed in it, before it is committed.
 */
export function assertGolden(folder: string, name: string, text: string): void {
  const path = join(folder, "golden", name);
  if (process.env.GOLDEN === "write") {
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, "utf8"), `golden/${name}`);
}
