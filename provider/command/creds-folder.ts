import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { diagnose, display, formatDiagnostic, type Diagnostic } from "../diagnostics/diagnostic";
import type { CredsKind, StateCreds } from "./state-creds";

/** A folder to which secrets must not be written. */
export class FolderError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
  }
}

/**
 * Writes each user's creds or JWT to the file `<account>/<user>.creds` or `.jwt` of a folder. Folders have mode 0700, files 0600. A file is
 * replaced as a whole, and symbolic links are not followed.
 *
 * @param accounts the names of all accounts of the stack by public key, so that the paths do not depend on the users that are written
 * @returns the paths of other files of this kind in the folder, such as those of users that were removed
 * @throws FolderError when the folder is a link, or others can read it; or when it cannot store a file for each user
 */
export function writeCreds(
  folder: string,
  all: readonly StateCreds[],
  accounts: ReadonlyMap<string, string> = new Map(),
  kind: CredsKind = "creds",
): string[] {
  const root = resolve(folder);
  createFolder(root);
  removeUnfinished(root);
  const byAccount = groupBy(all, ({ accountKey }) => accountKey);
  const names = folderNames([...accounts, ...all.map(({ accountKey, account }) => [accountKey, account] as const)]);
  const written = new Set<string>();
  for (const [account, users] of byAccount) {
    const own = names.get(account) ?? "";
    createFolder(join(root, own));
    writeUsers(join(root, own), users, kind);
    users.forEach(({ name }) => written.add(join(own, fileName(name, kind))));
  }
  return listCreds(root, kind).filter((path) => !written.has(path));
}

/**
 * Writes the files of an account.
 *
 * @throws FolderError when the file system does not distinguish the files of two users
 */
function writeUsers(folder: string, users: readonly StateCreds[], kind: CredsKind): void {
  const owners = new Map<string, string>();
  for (const { name, text } of users) {
    const path = join(folder, fileName(name, kind));
    const other = owners.get(identify(path));
    if (other !== undefined) {
      throw new FolderError(sameFileDiagnostics(path, other, name));
    }
    writeSecret(path, text);
    owners.set(identify(path), name);
  }
}

/** The problem with a file system that does not distinguish the files of two users. */
export function sameFileDiagnostics(path: string, first: string, second: string): Diagnostic[] {
  const problem = `is one file for the users ${display(first)} and ${display(second)}: the file system ignores case`;
  const remedy = "Rename one of them, or use a folder of a file system that distinguishes upper and lower case.";
  return diagnose({ code: "NA1913", path: "--out", value: path, problem, remedy });
}

/** Identifies a file. Those that do not exist have no identity. */
function identify(path: string): string {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? "" : `${found.dev} ${found.ino}`;
}

/** Returns the name of the folder of each account by its public key: two accounts can have the same name. */
function folderNames(accounts: readonly (readonly [key: string, name: string])[]): ReadonlyMap<string, string> {
  const names = new Map(accounts.map(([key, name]) => [key, encodeName(name)]));
  const similar = groupBy(names.values(), (name) => name.toLowerCase());
  return new Map(
    Array.from(names, ([key, name]) => [
      key,
      similar.get(name.toLowerCase())?.length === 1
        ? shorten(name, name)
        : `${name.slice(0, MAX_LENGTH - key.length)}~${key}`,
    ]),
  );
}

function groupBy<T>(list: Iterable<T>, keyOf: (element: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const element of list) {
    const group = groups.get(keyOf(element)) ?? [];
    group.push(element);
    groups.set(keyOf(element), group);
  }
  return groups;
}

/** Lists the files of a kind in the folders of accounts, also those that another run is writing. */
function listCreds(folder: string, kind: CredsKind): string[] {
  return listFiles(folder).filter((path) => path.endsWith(`.${kind}`) || UNFINISHED.test(basename(path)));
}

/** Lists the files in the folders of accounts. */
function listFiles(folder: string): string[] {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => join(name, file)));
}

/** The file that a run writes before it gives it the name of a user. */
const UNFINISHED = /^\.(\d+)\.creds\.new$/;

/** Removes the files that runs left behind because they were killed. */
function removeUnfinished(folder: string): void {
  for (const path of listFiles(folder)) {
    const [, pid] = UNFINISHED.exec(basename(path)) ?? [];
    const found = lstatSync(join(folder, path), { throwIfNoEntry: false });
    if (pid !== undefined && found?.isFile() === true && !isRunning(Number(pid))) {
      rmSync(join(folder, path), { force: true });
    }
  }
}

/** Returns whether another process has a number. Containers often give the same number to each run. */
function isRunning(pid: number): boolean {
  try {
    return pid !== process.pid && process.kill(pid, 0);
  } catch (error) {
    // A process of another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
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
function writeSecret(path: string, text: string): void {
  const temporary = join(dirname(path), `.${process.pid}.creds.new`);
  try {
    rmSync(temporary, { force: true });
    // Fails for anything that exists, also for a link.
    writeFileSync(temporary, text, { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new FolderError(problemOf(path, `cannot be written (${(error as NodeJS.ErrnoException).code ?? ""})`));
  }
}

/** The maximum length of a name without its ending. Names of users are longer if most characters are encoded. */
const MAX_LENGTH = 180;

/**
 * Returns the file name of a user, which depends on its name alone: the name, with `%` and two digits for each byte that some
 * file system does not store as it is. Long names end with a digest.
 */
export function fileName(user: string, kind: CredsKind = "creds"): string {
  return `${shorten(encodeName(user), user)}.${kind}`;
}

function shorten(encoded: string, name: string): string {
  return encoded.length <= MAX_LENGTH ? encoded : `${encoded.slice(0, MAX_LENGTH - 20)}~${digestOf(name)}`;
}

/** Names that Windows reserves, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

function encodeName(name: string): string {
  const bytes = Buffer.from(name);
  const isDevice = DEVICE.test(name);
  const encoded = Array.from(bytes, (byte, index) => {
    const character = String.fromCharCode(byte);
    // Windows drops a dot at the end.
    const isEdge = character === "." && (index === 0 || index === bytes.length - 1);
    const isPlain = /[\w.@+=-]/.test(character) && !isEdge && !(isDevice && index === 0);
    return isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return encoded.join("");
}

function digestOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}
