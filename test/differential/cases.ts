import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AccountDeclaration } from "../../provider/model/account/account";

/** A model on which something once went wrong, kept for ever. */
export interface Case {
  /** What went wrong, for people. */
  readonly found: readonly string[];
  readonly accounts: readonly AccountDeclaration[];
}

const FOLDER = join(__dirname, "cases");

/** Every case, by the name of its file. */
export function readCases(): Readonly<Record<string, Case>> {
  const names = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith(".json")) : [];
  return Object.fromEntries(names.sort().map((name) => [name, readCase(join(FOLDER, name))]));
}

/** The case in a file. */
export function readCase(path: string): Case {
  return JSON.parse(readFileSync(path, "utf8")) as Case;
}

/** Keeps a case; the same model always in the same file. @returns the path of the file */
export function keepCase(kept: Case): string {
  const digest = createHash("sha256").update(JSON.stringify(kept.accounts)).digest("hex").slice(0, 12);
  const path = join(FOLDER, `${digest}.json`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path, `${JSON.stringify(kept, undefined, 2)}\n`);
  return path;
}
