import type { LogRange, NamespaceClient } from "./client";

/** A line of a container's log, with its time stamp. */
export interface LogLine {
  readonly time: string;
  readonly text: string;
}

/** Reads lines of the log of a pod's server. */
export async function readLines(client: NamespaceClient, pod: string, range: LogRange = {}): Promise<LogLine[]> {
  return (await client.readLog(pod, range)).map(parseLine);
}

/** Returns the last line of the log; undefined if there is none. */
export async function readLastLine(client: NamespaceClient, pod: string): Promise<LogLine | undefined> {
  return (await readLines(client, pod, { tailLines: 1 })).at(-1);
}

/** Reads the texts after a line; all if it is undefined. */
export async function readTextsAfter(
  client: NamespaceClient,
  pod: string,
  line: LogLine | undefined,
): Promise<string[]> {
  const lines = await readLines(client, pod, line === undefined ? {} : { sinceTime: line.time });
  return lines.filter(({ time }) => line === undefined || sortable(time) > sortable(line.time)).map(({ text }) => text);
}

function parseLine(line: string): LogLine {
  const space = line.indexOf(" ");
  return { time: line.slice(0, space), text: line.slice(space + 1) };
}

const NANOSECOND_DIGITS = 9;

/** Returns a time stamp in a form in which later ones sort later: its fraction ends without zeros. */
function sortable(time: string): string {
  const [seconds = "", fraction = ""] = time.replace(/Z$/, "").split(".");
  return `${seconds}.${fraction.padEnd(NANOSECOND_DIGITS, "0")}`;
}
