import type Docker from "dockerode";

/** A line of a container's log, with the engine's time stamp, which identifies later lines. */
export interface LogLine {
  readonly time: string;
  readonly text: string;
}

/** The lines of a log to read: all, the last ones, or those after another line. */
export interface LogRange {
  readonly tail?: number;
  readonly after?: LogLine;
}

/** Bytes of the header of each frame of output of a container without a terminal. */
const FRAME_HEADER = 8;

/** Reads lines of a container's log. Time stamps are the engine's, independent of this machine's clock. */
export async function readLog(container: Docker.Container, { tail, after }: LogRange): Promise<LogLine[]> {
  const output = await container.logs({
    stdout: true,
    stderr: true,
    timestamps: true,
    follow: false,
    ...(tail === undefined ? {} : { tail }),
    ...(after === undefined ? {} : { since: Math.floor(Date.parse(after.time) / 1000) }),
  });
  const lines = removeFrames(output).map(parseLine);
  return after === undefined ? lines : lines.filter(({ time }) => time > after.time);
}

/** Returns the texts of lines. */
export function getTexts(lines: readonly LogLine[]): string[] {
  return lines.map(({ text }) => text);
}

function parseLine(line: string): LogLine {
  const space = line.indexOf(" ");
  return { time: line.slice(0, space), text: line.slice(space + 1) };
}

/** Returns the lines of both output streams in their order, without the engine's frames. */
function removeFrames(output: Buffer): string[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at + FRAME_HEADER <= output.length;) {
    const length = output.readUInt32BE(at + FRAME_HEADER - 4);
    pieces.push(output.subarray(at + FRAME_HEADER, at + FRAME_HEADER + length));
    at += FRAME_HEADER + length;
  }
  return Buffer.concat(pieces)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}
