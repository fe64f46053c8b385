import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot } from "./cache-root";
import { identity, isAlive } from "./processes";
import { withLock } from "./lock";
import { isOwned, removeOwned } from "./owned";

/** Suffix of the names of executable parts, such as `linux-x64`: several machines can share a home folder. */
export const platform = `${process.platform}-${process.arch}`;

const DRAFT = /^draft-(\d+-\d+)-/;

/** Removes the folders of builds that were killed. */
async function sweepDrafts(parts: string): Promise<void> {
  for (const name of await readdir(parts)) {
    const owner = DRAFT.exec(name)?.[1];
    const draft = join(parts, name);
    if (owner !== undefined && !isAlive(owner) && isOwned(draft)) await removeOwned(draft);
  }
}

/** Returns the folder of a part, or undefined when it is not in the cache. */
export function findCached(name: string): string | undefined {
  const folder = join(cacheRoot(), "parts", name);
  return existsSync(folder) ? folder : undefined;
}

/**
 * Returns the folder of a part in the cache, and creates it where it is missing. It is created under another name and then
 * renamed, so that a part is complete even if a build was killed.
 *
 * @param name the part with its version and platform
 * @param make fills an empty folder
 * @returns the folder
 */
export async function ensureCached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const parts = join(cacheRoot(), "parts");
  const folder = join(parts, name);
  if (existsSync(folder)) return folder;
  await mkdir(parts, { recursive: true, mode: 0o700 });
  await withLock(`part ${name}`, async () => {
    if (existsSync(folder)) return;
    await sweepDrafts(parts);
    const draft = await mkdtemp(join(parts, `draft-${identity()}-`));
    try {
      await make(draft);
      // Without a lock another process may have been faster; its result is equivalent.
      if (!existsSync(folder)) await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
  return folder;
}
