import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileResult } from "./messages";

const CHECKOUT = join(__dirname, "../..");
/** How long each test file took when this checkout last ran it. */
const MEASURED = join(CHECKOUT, "node_modules/.cache/pulumi-nats-auth/test-durations.json");
/** The same on some other machine, of the longest files alone; where nothing was measured here. */
const TYPICAL = join(__dirname, "durations.json");
/** Expected durations in milliseconds of files that were never measured. */
const UNKNOWN = { stack: 60_000, other: 1_000 };

/** The folders whose tests need no server and no engine. */
const UNIT = [
  "diagnostics",
  "model",
  "nkeys",
  "jwt",
  "config",
  "parity",
  "read",
  "language",
  "languages",
  "adopt",
  "components",
];

type Durations = Readonly<Record<string, number>>;

function read(path: string): Durations {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Durations) : {};
}

/** True for a test that needs neither a server nor an engine. */
function isUnitTest(file: string): boolean {
  return UNIT.some((folder) => file.startsWith(`test/${folder}/`));
}

/** Time limits for large models: they take long, and nothing in them depends on the version of Node.js. */
const LARGE = "test/model/many.test.ts";

/** True for a test that runs again on other versions of Node.js. */
export function isRepeated(file: string): boolean {
  return isUnitTest(file) && file !== LARGE;
}

/** Tests that stop what the tests of other files use. */
const ALONE = ["test/kubernetes/pod-failures.test.ts", "test/kubernetes/silent-node.test.ts"];

/** True for a test that runs alone, after all others. */
export function runsAlone(file: string): boolean {
  return ALONE.includes(file);
}

/** Milliseconds that files are expected to take, by the last measurement. */
export function expectedDuration(): (file: string) => number {
  const durations = { ...read(TYPICAL), ...read(MEASURED) };
  return (file) => durations[file] ?? (file.startsWith("test/stack/") ? UNKNOWN.stack : UNKNOWN.other);
}

/** Keeps how long files took, for the order of the next run. */
export function keepDurations(results: readonly FileResult[]): void {
  const durations = { ...read(MEASURED) };
  for (const { file, milliseconds, failed } of results) if (failed === 0) durations[file] = Math.round(milliseconds);
  mkdirSync(dirname(MEASURED), { recursive: true });
  writeFileSync(MEASURED, JSON.stringify(durations, undefined, 2));
}
