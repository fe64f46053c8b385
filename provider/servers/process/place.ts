import { randomBytes } from "node:crypto";
import { readlink, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, namesIn } from "./files";
import { executableOf, PLACE_BYTES, serverFolder } from "./layout";

/**
 * Makes a new place for a server of a cluster, in which nothing runs yet.
 *
 * @param cluster the folder of the cluster
 * @param side which of the cluster's servers it is for
 * @param binary the absolute path of the executable that is to run in it
 * @returns the absolute path of the place
 */
export async function makePlace(cluster: string, side: string, binary: string): Promise<string> {
  const place = join(serverFolder(cluster, side), randomBytes(PLACE_BYTES).toString("hex"));
  await makeFolder(place);
  await linkExecutable(place, binary);
  return place;
}

/** Says which executable runs in a place from its next start on. */
export async function linkExecutable(place: string, binary: string): Promise<void> {
  const draft = `${executableOf(place)}.draft`;
  await rm(draft, { force: true });
  await symlink(binary, draft);
  await rename(draft, executableOf(place));
}

/** The executable that runs in a place from its next start on; an empty text when that cannot be said. */
export async function linkedExecutable(place: string): Promise<string> {
  try {
    return await readlink(executableOf(place));
  } catch {
    return "";
  }
}

/** True when a place is there. */
export async function isPlaceThere(place: string): Promise<boolean> {
  return (await namesIn(place)) !== undefined;
}
