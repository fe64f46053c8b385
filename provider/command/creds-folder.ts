import { createHash } from "node:crypto";
import { closeSync, lstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { diagnose, formatDiagnostic, type Diagnostic } from "../diagnostics/diagnostic";
import type { StateCreds } from "./state-creds";

/** A folder to which secrets must not be written. */
export class FolderError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
  }
}

/**
 * Writes each user's creds to the file `<account>/<user>.creds` of a folder. Folders have mode 0700, files 0600. A file is
 * replaced as a whole, and symbolic links are not followed.
 *
 * @throws FolderError when the folder is a link, or others can read it
 */
export function writeCreds(folder: string, all: readonly StateCreds[]): void {
  createFolder(folder);
  const byAccount = groupByAccount(all);
  const accounts = fileNames([...byAccount.keys()]);
  for (const [account, users] of byAccount) {
    const own = join(folder, accounts.get(account) ?? "");
    createFolder(own);
    const names = fileNames(users.map(({ name }) => name));
    for (const { name, creds } of users) {
      writeSecret(own, `${names.get(name) ?? ""}.creds`, creds);
    }
  }
}

function groupByAccount(all: readonly StateCreds[]): Map<string, StateCreds[]> {
  const groups = new Map<string, StateCreds[]>();
  for (const one of all) {
    const group = groups.get(one.account) ?? [];
    group.push(one);
    groups.set(one.account, group);
  }
  return groups;
}

function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new FolderError(problemOf(folder, `cannot be created (${(error as NodeJS.ErrnoException).code ?? ""})`));
    }
  }
  const found = lstatSync(folder);
  const problem = found.isSymbolicLink()
    ? "is a symbolic link"
    : !found.isDirectory()
      ? "is not a folder"
      : process.getuid !== undefined && found.uid !== process.getuid()
        ? "belongs to another user"
        : process.platform !== "win32" && (found.mode & 0o077) !== 0
          ? "can be read by others"
          : undefined;
  if (problem !== undefined) {
    throw new FolderError(problemOf(folder, problem));
  }
}

function problemOf(folder: string, problem: string): Diagnostic[] {
  const remedy = "Use a new folder, or one of mode 0700 that is yours.";
  return diagnose({ code: "NA1911", path: "--out", value: folder, problem, remedy });
}

/** Writes a new file, then renames it: a reader never sees a part, and a link in its place is replaced, not followed. */
function writeSecret(folder: string, name: string, text: string): void {
  const temporary = join(folder, `.${name}.${process.pid}`.slice(-200));
  rmSync(temporary, { force: true });
  // Fails for anything that exists, also for a link.
  const file = openSync(temporary, "wx", 0o600);
  try {
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, join(folder, name));
}

/** The maximum length of a file name without its ending. Names of users are longer if most characters are encoded. */
const MAX_LENGTH = 180;

/**
 * Returns a file name for each name: the name, with `%` and two digits for each byte that some file system does not store as
 * it is. Names that differ in upper and lower case only, and long ones, end with a digest.
 */
export function fileNames(names: readonly string[]): ReadonlyMap<string, string> {
  const encoded = names.map((name) => [name, encodeName(name)] as const);
  const counts = new Map<string, number>();
  for (const [, file] of encoded) {
    counts.set(file.toLowerCase(), (counts.get(file.toLowerCase()) ?? 0) + 1);
  }
  return new Map(
    encoded.map(([name, file]) => {
      const isUnique = counts.get(file.toLowerCase()) === 1 && file.length <= MAX_LENGTH;
      return [name, isUnique ? file : `${file.slice(0, MAX_LENGTH - 20)}~${digestOf(name)}`];
    }),
  );
}

function encodeName(name: string): string {
  const bytes = Array.from(Buffer.from(name), (byte, index) => {
    const character = String.fromCharCode(byte);
    const isPlain = /[\w.@+=-]/.test(character) && !(index === 0 && character === ".");
    return isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return bytes.join("");
}

function digestOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}
