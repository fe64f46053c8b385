import { rmdir } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { removeFolder } from "./files";
import { STATE_FOLDER } from "./layout";
import { stopProcess } from "./stop";
import { runningServers } from "./table";

/** The folder for the state of programs of this user. */
export function stateHome(): string {
  const { XDG_STATE_HOME: given } = process.env;
  return given !== undefined && isAbsolute(given) ? given : join(homedir(), ".local/state");
}

/** Takes the folder of a cluster away with everything in it: first the servers that run there, known to a state or not. */
export async function removeCluster(cluster: string): Promise<void> {
  const own = runningServers().filter(({ place }) => place.startsWith(`${cluster}/`));
  await Promise.all(own.map(stopProcess));
  await removeFolder(cluster);
  if (basename(dirname(cluster)) === STATE_FOLDER) {
    // The folder of all clusters: it stays when it holds another one, or was never made.
    await rmdir(dirname(cluster)).catch(() => undefined);
  }
}
