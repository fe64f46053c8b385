import { randomBytes } from "node:crypto";
import { readlink, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { ServerError } from "../errors";
import { makeFolder, namesIn } from "./files";
import { findForeignControl } from "./foreign-control";
import { executableOf, PLACE_BYTES, serverFolder } from "./layout";

/**
 * Creates a new place for a server of a cluster, in which nothing runs yet.
 *
 * @param cluster the folder of the cluster
 * @param name the name of the server
 * @param binary the absolute path of the executable
 * @returns the absolute path of the place
 * @throws ServerError when another user could change it
 */
export async function makePlace(cluster: string, name: string, binary: string): Promise<string> {
  const place = join(serverFolder(cluster, name), randomBytes(PLACE_BYTES).toString("hex"));
  checkControl(place);
  await makeFolder(place);
  // Another user may have created a part of the path in the meantime.
  checkControl(place);
  await linkExecutable(place, binary);
  return place;
}

function checkControl(place: string): void {
  const problem = findForeignControl(place);
  if (problem !== undefined) {
    const remedy = "Use a folder that only you can change: `target.process.folder`.";
    throw new ServerError("NA5070", `another user could change the servers in ${place}: ${problem}`, [remedy]);
  }
}

/** Sets the executable that runs in a place from the next start on. */
export async function linkExecutable(place: string, binary: string): Promise<void> {
  const draft = `${executableOf(place)}.draft`;
  await rm(draft, { force: true });
  await symlink(binary, draft);
  await rename(draft, executableOf(place));
}

/** Returns the executable that runs in a place from the next start on, or an empty text if there is no link to one. */
export async function readExecutableLink(place: string): Promise<string> {
  try {
    return await readlink(executableOf(place));
  } catch {
    return "";
  }
}

/** True when a place exists. */
export async function placeExists(place: string): Promise<boolean> {
  return (await namesIn(place)) !== undefined;
}
