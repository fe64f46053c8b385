/** An error with a remedy, which is printed without a stack trace. */
export class ToolError extends Error {
  constructor(
    what: string,
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(what, options);
  }
}

/** The error for tests that this machine cannot run, which is not a failure of theirs. */
export class Unavailable extends ToolError {
  /** The exit code of the command. */
  static readonly exitCode = 69;
}

/** Prepares something without which tests cannot run. @throws Unavailable when it cannot be prepared */
export async function unlessUnavailable<T>(prepare: () => Promise<T>): Promise<T> {
  try {
    return await prepare();
  } catch (error) {
    throw error instanceof ToolError ? new Unavailable(error.message, error.remedy, { cause: error }) : error;
  }
}

let write = (line: string): void => {
  console.log(line);
};

/** Prints to stderr from now on: stdout belongs to the command that is run. */
export function printToStderr(): void {
  write = (line) => {
    console.error(line);
  };
}

/** Prints a step before it starts. */
export function say(text: string): void {
  write(`· ${text}`);
}

/** Prints a detail of the last step. */
export function detail(text: string): void {
  write(`  ${text}`);
}

/** Formats a duration, such as `850 ms`, `12.3 s` or `4 min 40 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

const HEARTBEAT_MS = 30_000;

/**
 * Runs a long step: prints it, prints its progress every half minute, and prints at the end how long it took.
 *
 * @param what the step, and roughly how long it takes
 * @param work runs the step
 * @param progress describes the progress, such as a count
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

/** Returns the message of a thrown value, with its causes, on one line. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${reason(error.cause)}`;
}
