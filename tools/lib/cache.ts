import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot } from "./cache-root";
import { identity, isAlive } from "./processes";
import { withLock } from "./lock";

/** `linux-x64`: part of the name of a part that runs here, since a home on a network drive may serve several machines. */
export const platform = `${process.platform}-${process.arch}`;

const DRAFT = /^draft-(\d+-\d+)-/;

/** Removes what a killed build left behind. */
async function sweepDrafts(parts: string): Promise<void> {
  for (const name of await readdir(parts)) {
    const owner = DRAFT.exec(name)?.[1];
    if (owner !== undefined && !isAlive(owner)) await rm(join(parts, name), { recursive: true, force: true });
  }
}

/** The folder of a part, when it is in the cache. */
export function inCache(name: string): string | undefined {
  const folder = join(cacheRoot(), "parts", name);
  return existsSync(folder) ? folder : undefined;
}

/**
 * The folder of a part in the cache, made when it is not there. It is made under another name and then renamed, so a part
 * is there whole or not at all, whatever gets killed.
 *
 * @param name the part with its version and its platform
 * @param make fills the folder that it is given
 * @returns the folder
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
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
      // Where there is no lock someone may have been faster; theirs is as good.
      if (!existsSync(folder)) await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
  return folder;
}
