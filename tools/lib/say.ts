/** An error that a person can act on: what happened and what to do. It is shown without a stack trace. */
export class ToolError extends Error {
  constructor(
    what: string,
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(what, options);
  }
}

let write = (line: string): void => {
  console.log(line);
};

/** From now on everything said here goes to stderr: stdout belongs to the command that is run. */
export function leaveStdout(): void {
  write = (line) => {
    console.error(line);
  };
}

/** Says what is about to happen, before it happens. */
export function say(text: string): void {
  write(`· ${text}`);
}

/** Says more of what was said last. */
export function detail(text: string): void {
  write(`  ${text}`);
}

/** `850 ms`, `12.3 s` or `4 min 40 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

const HEARTBEAT_MS = 30_000;

/**
 * Announces a long step, shows every half minute that it still goes on, and says at the end how long it took.
 *
 * @param what what is done, and roughly how long it takes
 * @param work the step
 * @param progress one more word for each sign of life, such as a count
 */
export async function longStep<T>(what: string, work: () => Promise<T>, progress?: () => string): Promise<T> {
  say(what);
  const begin = performance.now();
  const elapsed = () => duration(performance.now() - begin);
  const heartbeat = setInterval(() => {
    write(`  … ${elapsed()}${progress === undefined ? "" : `, ${progress()}`}`);
  }, HEARTBEAT_MS);
  try {
    const result = await work();
    write(`  done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}

/** The message of whatever was thrown, with its causes on one line. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${reason(error.cause)}`;
}
