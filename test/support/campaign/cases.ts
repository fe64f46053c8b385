import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An input on which something once went wrong, kept for ever. */
export type Case<Input> = {
  /** What went wrong, for people. */
  readonly found: readonly string[];
} & Input;

/** Every case of a folder, by the name of its file. */
export function readCases<Input>(folder: string): Readonly<Record<string, Case<Input>>> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  return Object.fromEntries(names.sort().map((name) => [name, readCase(join(folder, name)) as Case<Input>]));
}

/** The case in a file. */
export function readCase(path: string): Case<unknown> {
  return JSON.parse(readFileSync(path, "utf8")) as Case<unknown>;
}

/** Keeps a case; the same input always in the same file. @returns the path of the file */
export function keepCase(folder: string, input: object, found: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(input)).digest("hex").slice(0, 12);
  const path = join(folder, `${digest}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${JSON.stringify({ found, ...input }, undefined, 2)}\n`);
  return path;
}
