import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { namesIn } from "./files";
import { isPlace, LOG_FILE } from "./layout";
import { findRunningServers } from "./process-table";

/** Another place of the same server. */
export interface Sibling {
  readonly place: string;
  /** Whether a server was ever started in it. */
  readonly hasRun: boolean;
}

/**
 * Finds the other places of a server of a cluster: those with a folder, and those in which a server still runs although
 * the folder was removed. The place that was used last comes first.
 */
export async function findSiblings(place: string): Promise<Sibling[]> {
  const folder = dirname(place);
  const running = new Set(findRunningServers().map(({ place: path }) => path));
  const paths = ((await namesIn(folder)) ?? []).map((name) => join(folder, name));
  const orphaned = [...running].filter((path) => dirname(path) === folder);
  const others = [...new Set([...paths, ...orphaned])].filter((path) => path !== place && isPlace(path));
  const found = await Promise.all(
    others.map(async (path) => ({
      place: path,
      lastSeen: running.has(path) ? Infinity : await getLastWriteTime(path),
    })),
  );
  return found
    .sort((a, b) => b.lastSeen - a.lastSeen)
    .map(({ place: path, lastSeen }) => ({ place: path, hasRun: lastSeen > 0 }));
}

/** Returns the time of the last write to the log of a place, in milliseconds since 1970; 0 if there is no log. */
async function getLastWriteTime(place: string): Promise<number> {
  try {
    return (await stat(join(place, LOG_FILE))).mtimeMs;
  } catch {
    return 0;
  }
}
