import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigFiles } from "../server";

/** Files and folders are this user's alone. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** The names of files of a configuration, of a draft of one, and of the folders in which configurations are tried. */
const CONFIG_FILE = ".conf";
const DRAFT = ".draft";
const TRIAL = "trial-";

/** Makes a folder, and those above it that are missing. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE });
}

/** Writes the files of a configuration, each at once: whoever reads one finds the old text or the new one. */
export async function putFiles(folder: string, files: ConfigFiles): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await writeFile(path + DRAFT, content, { mode: FILE_MODE, flush: true });
    await rename(path + DRAFT, path);
  }
}

/** Reads the files of a configuration back. @returns undefined when the folder is not there */
export async function getFiles(folder: string): Promise<ConfigFiles | undefined> {
  const names = await namesIn(folder);
  if (names === undefined) {
    return undefined;
  }
  const found = names.filter((name) => name.endsWith(CONFIG_FILE));
  return Object.fromEntries(
    await Promise.all(found.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

/** The names of what is in a folder, or undefined when it is not there. */
export function namesIn(folder: string): Promise<string[] | undefined> {
  return unlessMissing(readdir(folder));
}

/** Does something with a folder that holds some files, and is gone afterwards. */
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
    await removeFolder(folder);
  }
}

/** Removes the drafts and trials of updates that were killed: only one update works on a place at a time. */
export async function removeUnfinished(place: string): Promise<void> {
  const unfinished = ((await namesIn(place)) ?? []).filter((name) => name.startsWith(TRIAL) || name.endsWith(DRAFT));
  await Promise.all(unfinished.map((name) => removeFolder(join(place, name))));
}

/** Removes a folder with everything in it; nothing happens when it is not there. */
export function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

/** What is read, or undefined when the file or folder is not there. */
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
