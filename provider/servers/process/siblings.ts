import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { namesIn } from "./files";
import { isPlace, LOG_FILE } from "./layout";
import { runningServers } from "./table";

/** Another place of the same server. */
export interface Sibling {
  readonly place: string;
  /** False when no server was ever started in it. */
  readonly hasRun: boolean;
}

/**
 * The other places of a server of a cluster: those whose folders there are, and those in which a server runs although
 * somebody has removed its folder; the one that runs or ran last first.
 */
export async function siblings(place: string): Promise<Sibling[]> {
  const folder = dirname(place);
  const running = new Set(runningServers().map(({ place: path }) => path));
  const paths = ((await namesIn(folder)) ?? []).map((name) => join(folder, name));
  const lost = [...running].filter((path) => dirname(path) === folder);
  const others = [...new Set([...paths, ...lost])].filter((path) => path !== place && isPlace(path));
  const found = await Promise.all(
    others.map(async (path) => ({ place: path, lastSeen: running.has(path) ? Infinity : await lastWritten(path) })),
  );
  return found
    .sort((a, b) => b.lastSeen - a.lastSeen)
    .map(({ place: path, lastSeen }) => ({ place: path, hasRun: lastSeen > 0 }));
}

/** When the server of a place wrote to its log last, in milliseconds since 1970; 0 when it never did. */
async function lastWritten(place: string): Promise<number> {
  try {
    return (await stat(join(place, LOG_FILE))).mtimeMs;
  } catch {
    return 0;
  }
}
