import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { namesIn, unlessMissing } from "./files";
import { LOG_FILE } from "./layout";

/** A moment in a log: what is written afterwards can be read, also when the server begins another file. */
export interface LogMark {
  /** The inode of the file that was written then; undefined when there was none. */
  readonly file: number | undefined;
  readonly size: number;
}

/** This moment in the log of a place. */
export async function markOf(place: string): Promise<LogMark> {
  const found = await unlessMissing(stat(join(place, LOG_FILE)));
  return found === undefined ? { file: undefined, size: 0 } : { file: found.ino, size: found.size };
}

/** The lines that were written since a moment. */
export async function linesSince(place: string, { file, size }: LogMark): Promise<string[]> {
  const names = ((await namesIn(place)) ?? []).filter((name) => name.startsWith(LOG_FILE));
  // Files that were begun later have later names, apart from the one that is written now.
  const inOrder = [...names.filter((name) => name !== LOG_FILE).sort(), LOG_FILE].map((name) => join(place, name));
  const inodes = await Promise.all(inOrder.map(async (path) => (await unlessMissing(stat(path)))?.ino));
  // Without it all were begun since: it was not there yet, or the server has removed it, which it does with old ones.
  const first = file === undefined ? -1 : inodes.indexOf(file);
  const texts = inOrder
    .slice(Math.max(first, 0))
    .map((path, index) => textFrom(path, index === 0 && first >= 0 ? size : 0));
  return (await Promise.all(texts))
    .join("")
    .split(/\r?\n/)
    .filter((line) => line !== "");
}

async function textFrom(path: string, start: number): Promise<string> {
  return (await unlessMissing(text(createReadStream(path, { start })))) ?? "";
}

/** Opens the log of a place for what a server says before and beside its log: that its configuration is bad, or a crash. */
export function openLog(place: string) {
  return open(join(place, LOG_FILE), "a", 0o600);
}
