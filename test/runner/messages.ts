/** A test file that a worker runs. */
export interface Job {
  /** Its path from the checkout. */
  readonly file: string;
  /** Runs only the tests whose full title matches this regular expression. */
  readonly grep?: string;
}

/** The outcome of one test file. */
export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly milliseconds: number;
  /** Everything that the file printed, the list of its tests included. */
  readonly output: string;
  /** The failures with their full titles, messages, differences and stack traces; empty when there are none. */
  readonly failures: string;
}

/** A message from a worker to the runner. */
export type WorkerMessage =
  | { readonly type: "ready" }
  | { readonly type: "output"; readonly text: string }
  | { readonly type: "ended"; readonly result: Omit<FileResult, "output"> };
