import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { namesIn, unlessMissing } from "./files";
import { LOG_FILE } from "./layout";

/** A position in a log from which later lines can be read, also when the server begins another file. */
export interface LogMark {
  /** The inode of the current file; undefined when there was none. */
  readonly file: number | undefined;
  readonly size: number;
}

/** The beginning of a log. */
export const LOG_START: LogMark = { file: undefined, size: 0 };

/** Returns the current end of the log of a place. */
export async function getLogMark(place: string): Promise<LogMark> {
  const found = await unlessMissing(stat(join(place, LOG_FILE)));
  return found === undefined ? LOG_START : { file: found.ino, size: found.size };
}

/** Reads the lines that were written since a position. */
export async function readLinesSince(place: string, { file, size }: LogMark): Promise<string[]> {
  const names = ((await namesIn(place)) ?? []).filter((name) => name.startsWith(LOG_FILE));
  // Names of renamed files sort by the time at which they were begun; the current file is the last one.
  const inOrder = [...names.filter((name) => name !== LOG_FILE).sort(), LOG_FILE].map((name) => join(place, name));
  const inodes = await Promise.all(inOrder.map(async (path) => (await unlessMissing(stat(path)))?.ino));
  // If it is not found, all files are newer: it did not exist, or the server has removed it, as it does with old files.
  const first = file === undefined ? -1 : inodes.indexOf(file);
  const texts = inOrder
    .slice(Math.max(first, 0))
    .map((path, index) => readFrom(path, index === 0 && first >= 0 ? size : 0));
  return (await Promise.all(texts))
    .join("")
    .split(/\r?\n/)
    .filter((line) => line !== "");
}

async function readFrom(path: string, start: number): Promise<string> {
  return (await unlessMissing(text(createReadStream(path, { start })))) ?? "";
}

/** Opens the log of a place for what a server prints outside of its log: an invalid configuration, or a crash. */
export function openLog(place: string) {
  return open(join(place, LOG_FILE), "a", 0o600);
}
