import { lstat, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ServerError } from "../errors";
import { isSecretFile } from "../../config/secret-files";
import type { ConfigFiles } from "../server";

/** Files and folders are accessible to this user only. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** The endings of configuration files and of their drafts, and the beginning of folders in which configurations are tested. */
const CONFIG_FILE = ".conf";
const DRAFT = ".draft";
const TRIAL = "trial-";

/** Creates a folder, and its missing parents. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE });
}

/** Writes the files of a configuration, each atomically: a reader finds the old or the new text. */
export async function putFiles(folder: string, files: ConfigFiles): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await writeFile(path + DRAFT, content, { mode: FILE_MODE, flush: true });
    await rename(path + DRAFT, path);
  }
  // A private key that no configuration names must not stay.
  const unused = ((await namesIn(folder)) ?? []).filter((name) => isSecretFile(name) && !Object.hasOwn(files, name));
  await Promise.all(unused.map((name) => removeEntry(join(folder, name))));
}

/** Reads the files of a configuration. @returns undefined when the folder does not exist */
export async function getFiles(folder: string): Promise<ConfigFiles | undefined> {
  const names = await namesIn(folder);
  if (names === undefined) {
    return undefined;
  }
  const found = names.filter((name) => name.endsWith(CONFIG_FILE) || isSecretFile(name));
  return Object.fromEntries(
    await Promise.all(found.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

/** Returns the names of the entries of a folder, or undefined when it does not exist. */
export function namesIn(folder: string): Promise<string[] | undefined> {
  return unlessMissing(readdir(folder));
}

/** Runs a function with a temporary folder that contains some files. */
export async function withTrialFolder<T>(
  place: string,
  files: ConfigFiles,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(place, TRIAL));
  try {
    await putFiles(folder, files);
    return await work(folder);
  } finally {
    await removeEntry(folder);
  }
}

/** Removes the drafts and tests of killed updates: only one update works on a place at a time. */
export async function removeUnfinished(place: string): Promise<void> {
  const unfinished = ((await namesIn(place)) ?? []).filter((name) => name.startsWith(TRIAL) || name.endsWith(DRAFT));
  await Promise.all(unfinished.map((name) => removeEntry(join(place, name))));
}

/**
 * Verifies that a path is a folder of this user, or does not exist, before something in it is stopped or deleted.
 *
 * @throws ServerError when it is a link, is not a folder or belongs to another user
 */
export async function checkOwnFolder(path: string): Promise<void> {
  const found = await unlessMissing(lstat(path));
  if (found === undefined) {
    return;
  }
  if (!found.isDirectory()) {
    throw new ServerError("NA5009", `${path} is not a folder, so it was not deleted`);
  }
  if (found.uid !== process.geteuid?.()) {
    throw new ServerError(
      "NA5009",
      `${path} belongs to the user with the id ${found.uid}, so it was not deleted. Run the update as that user`,
    );
  }
}

/** Removes a folder of this user with its contents. Does nothing if it does not exist. @throws see {@link checkOwnFolder} */
export async function removeOwnFolder(path: string): Promise<void> {
  await checkOwnFolder(path);
  await removeEntry(path);
}

/** Removes a file, a link or a folder with its contents, without following links. */
function removeEntry(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

/** Returns the result, or undefined when the file or folder does not exist. */
export async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
