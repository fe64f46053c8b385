import { duration } from "../../tools/lib/terminal";
import type { FileResult } from "./messages";

/** The outcome of one test file on one version of Node.js. */
export interface RunResult extends FileResult {
  /** Version of Node.js, unless it is the main one, which runs all tests. */
  readonly node?: string;
}

/** Tests that could not run, and the reason. */
export interface Skipped {
  readonly count: number;
  readonly reason: string;
}

/** Outcome of a run. */
export interface Outcome {
  readonly results: readonly RunResult[];
  /** The first results of files that ran again. */
  readonly firstResults: readonly RunResult[];
  /** Those of them that passed then. */
  readonly unstable: readonly RunResult[];
  readonly skipped: readonly Skipped[];
  /** Output of `npm run lint`. Undefined when it passed or did not run. */
  readonly lint?: string;
  readonly milliseconds: number;
  readonly workers: number;
  /** How busy this machine was. */
  readonly load: string;
  readonly seed: number;
}

const SLOWEST = 10;

/** Returns the name of a file for the output. */
export function nameOf({ file, node }: RunResult): string {
  return node === undefined ? file : `${file} (Node.js ${node})`;
}

function sum(results: readonly RunResult[], count: (result: RunResult) => number): number {
  return results.reduce((total, result) => total + count(result), 0);
}

function failures({ results, firstResults, lint }: Outcome): string[] {
  const ofLint = lint === undefined ? [] : ["Failure: npm run lint", lint];
  const before = firstResults.flatMap((result) => [
    `Failures in ${nameOf(result)}, before it ran again:`,
    result.failures,
  ]);
  const ofTests = results
    .filter(({ failed }) => failed > 0)
    .flatMap((result) => [`Failures in ${nameOf(result)}:`, result.failures]);
  return [...before, ...ofTests, ...ofLint];
}

function slowest(results: readonly RunResult[]): string[] {
  const sorted = results.toSorted((one, other) => other.milliseconds - one.milliseconds).slice(0, SLOWEST);
  return sorted.map((result) => `${duration(result.milliseconds).padStart(13)}  ${nameOf(result)}`);
}

/** Returns how long the unit tests took on each other version of Node.js. */
function repeated(results: readonly RunResult[]): string[] {
  const versions = [...new Set(results.flatMap(({ node }) => node ?? []))].sort();
  return versions.map((version) => {
    const all = results.filter(({ node }) => node === version);
    return `Unit tests on Node.js ${version}: ${duration(sum(all, ({ milliseconds }) => milliseconds))}`;
  });
}

/** Returns the summary of a run. Its last line is `N passed, N failed`. */
export function summary(outcome: Outcome): string {
  const { results, unstable, skipped, lint, milliseconds, workers, load, seed } = outcome;
  const passed = sum(results, (result) => result.passed);
  const failed = sum(results, (result) => result.failed) + (lint === undefined ? 0 : 1);
  const left = sum(results, (result) => result.skipped) + skipped.reduce((total, { count }) => total + count, 0);
  return [
    ...failures(outcome),
    ...skipped.map(({ count, reason }) => `${count} skipped: ${reason}`),
    ...unstable.map((result) => `Unstable: ${nameOf(result)} failed, and passed when it ran again`),
    `Slowest of ${results.length} suites:`,
    ...slowest(results),
    ...repeated(results),
    `Total: ${duration(milliseconds)} on ${workers} workers, ${load}. Repeat random tests with SEED=${seed}.`,
    "",
    `${passed} passed, ${failed} failed${left === 0 ? "" : `, ${left} skipped`}`,
  ].join("\n");
}

/** Returns the output for a completed file. */
export function block(result: RunResult): string {
  const counts = [
    `${result.passed} passed`,
    ...(result.failed > 0 ? [`${result.failed} FAILED`] : []),
    ...(result.skipped > 0 ? [`${result.skipped} skipped`] : []),
  ];
  return `${nameOf(result)}: ${counts.join(", ")} (${duration(result.milliseconds)})\n${result.output.replace(/^\n+/, "").trimEnd()}\n`;
}
