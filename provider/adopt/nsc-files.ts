import { readdirSync, readFileSync, statSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic";
import { Unreadable } from "../diagnostics/unreadable";

/** Returns whether a path is that of a file. */
export function isFile(path: string): boolean {
  return status(path)?.isFile() === true;
}

/** Returns whether a path is that of a folder. */
export function isFolder(path: string): boolean {
  return status(path)?.isDirectory() === true;
}

/** Returns whether a path exists. */
export function exists(path: string): boolean {
  return status(path) !== undefined;
}

function status(path: string): Stats | undefined {
  return unlessMissing(path, ["ENOENT", "ENOTDIR"], () => statSync(path));
}

/** Reads a file; undefined if it does not exist. */
export function readText(path: string): string | undefined {
  return unlessMissing(path, ["ENOENT"], () => readFileSync(path, "utf8"));
}

/** Returns the names in a folder and its subfolders, sorted; none if it does not exist. */
export function listAll(folder: string): readonly string[] {
  return (
    unlessMissing(folder, ["ENOENT"], () => readdirSync(folder, { encoding: "utf8", recursive: true }))?.sort() ?? []
  );
}

/**
 * Reads from the file system; undefined if the path does not exist.
 *
 * @param missing the error codes of a path that does not exist
 * @throws Unreadable for other errors: what cannot be read must not look missing, since the state loses a missing seed
 */
function unlessMissing<T>(path: string, missing: readonly string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (missing.includes(code)) {
      return undefined;
    }
    const remedy = "Let the user who runs the program read it, or remove it.";
    throw new Unreadable(path, { code: "NA3005", problem: `cannot be read (${code})`, remedy }, { cause: error });
  }
}

/** The names in a folder of an nsc store that belong there, and diagnostics for the others. */
interface Listing {
  readonly names: readonly string[];
  readonly ignored: readonly Diagnostic[];
}

/** Lists a folder, without hidden files; empty when there is none. */
export function listFolder(folder: string, belongs: (name: string) => boolean): Listing {
  const all = isFolder(folder) ? listNames(folder).filter((name) => !name.startsWith(".")) : [];
  const others = all.filter((name) => !belongs(name)).sort();
  return { names: all.filter(belongs).sort(), ignored: others.map((name) => unexpected(join(folder, name))) };
}

function listNames(folder: string): readonly string[] {
  return unlessMissing(folder, ["ENOENT"], () => readdirSync(folder)) ?? [];
}

function unexpected(path: string): Diagnostic {
  const problem = "is not part of an nsc store, or its JWT is missing; it is ignored";
  return { code: "NA3042", path, problem, remedy: "Remove it, or restore the JWT with nsc." };
}
