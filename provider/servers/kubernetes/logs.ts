import { parseLoadedDigest, saysReady } from "../log";
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
  return (await readLinesAfter(client, pod, line)).map(({ text }) => text);
}

async function readLinesAfter(client: NamespaceClient, pod: string, line: LogLine | undefined): Promise<LogLine[]> {
  const lines = await readLines(client, pod, line === undefined ? {} : { sinceTime: line.time });
  return lines.filter(({ time }) => line === undefined || sortable(time) > sortable(line.time));
}

/** The log of a start of a server. It is read bit by bit: Kubernetes keeps the latest part of a long one. */
export class StartLog {
  /** Whether the server is ready. */
  isReady = false;
  /** The digest of the configuration that it has loaded last; undefined if unknown. */
  loaded: string | undefined;
  #last: LogLine | undefined;

  /** @param container the id of the container, of which each start has another one */
  constructor(
    private readonly client: NamespaceClient,
    private readonly pod: string,
    readonly container: string | undefined,
  ) {}

  /** Reads the lines that were logged since the last call. */
  async read(): Promise<void> {
    const lines = await readLinesAfter(this.client, this.pod, this.#last);
    const texts = lines.map(({ text }) => text);
    this.isReady ||= saysReady(texts);
    this.loaded = parseLoadedDigest(texts) ?? this.loaded;
    this.#last = lines.at(-1) ?? this.#last;
  }
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
