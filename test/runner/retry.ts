import type { RunResult } from "./summary";

/** How many files are run again at most: when more of them fail, something is broken. */
const MAX_FILES = 6;

const isOfMainVersion = ({ node }: RunResult) => node === undefined;

/**
 * Takes the results of files out of a list that have failures and are to run again, alone: none if there are too many. Those of
 * other versions of Node.js stay.
 */
export function takeFailed(results: RunResult[]): RunResult[] {
  const failed = results.filter((result) => result.failed > 0 && isOfMainVersion(result));
  if (failed.length > MAX_FILES) return [];
  for (const result of failed) results.splice(results.indexOf(result), 1);
  return failed;
}

/** Finds the first results of files that passed when they ran again. */
export function findUnstable(firstResults: readonly RunResult[], results: readonly RunResult[]): RunResult[] {
  const passed = results.filter((result) => result.failed === 0 && result.passed > 0 && isOfMainVersion(result));
  const files = new Set(passed.map(({ file }) => file));
  return firstResults.filter(({ file }) => files.has(file));
}
