import { rmdir } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { checkOwnFolder, removeOwnFolder } from "./files";
import { STATE_FOLDER } from "./layout";
import { stopProcess } from "./stop";
import { findRunningServers } from "./process-table";

/** Returns the folder in which this user's programs keep their state (XDG base directory specification). */
export function getStateHome(): string {
  const { XDG_STATE_HOME: configured } = process.env;
  return configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), ".local/state");
}

/**
 * Removes the folder of a cluster. First stops the servers that run in it, whether or not a state contains them.
 *
 * @throws ServerError when it is a link, is not a folder or belongs to another user
 */
export async function removeCluster(cluster: string): Promise<void> {
  await checkOwnFolder(cluster);
  const own = findRunningServers().filter(({ place }) => place.startsWith(`${cluster}/`));
  await Promise.all(own.map(stopProcess));
  await removeOwnFolder(cluster);
  if (basename(dirname(cluster)) === STATE_FOLDER) {
    // The folder of all clusters. It stays if it contains another one, and may never have been created.
    await rmdir(dirname(cluster)).catch(() => undefined);
  }
}
