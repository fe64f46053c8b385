import { existsSync } from "node:fs";
import { readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

/** Removes a cgroup with those in it. They no longer contain a process. */
async function removeTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  }
  await rmdir(folder);
}

/** The folders of a cgroup: one with cgroups v2, one for each controller with v1. */
async function foldersOf(name: string): Promise<string[]> {
  if (!existsSync(ROOT)) return [];
  const controllers = (await readdir(ROOT, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const folders = [ROOT, ...controllers.map((entry) => join(ROOT, entry.name))].map((folder) => join(folder, name));
  return folders.filter((folder) => existsSync(folder));
}

/** Removes a cgroup of the top level with those in it, in every hierarchy. */
export async function removeCgroup(name: string): Promise<void> {
  for (const folder of await foldersOf(name)) await removeTree(folder);
}
