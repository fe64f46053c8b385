/**
 * Runs test files: `main.ts [--grep TEXT] [--retry] [FILES]`. Worker processes run the files, the slowest first: tests with
 * servers wait for more than half of their time. Lint, and the unit tests on other versions of Node.js, run in parallel with
 * the time that they leave. Output is grouped by file. Failures are printed at the end, and
 * the last line is `N passed, N failed`. With `--retry`, a few files with failures run again, alone; the summary lists those that
 * pass then.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inheritorsOf, signalAll, waitUntilGone } from "../../tools/lib/processes";
import { say } from "../../tools/lib/terminal";
import { sweepEngines } from "../../tools/parts/dockerd";
import { MARK } from "../../tools/run-scope";
import { SEED } from "../support/seed";
import { clearKilledHosts } from "../support/engine-hosts";
import { clearKilledRuns } from "../support/stack-engine";
import { findTestFiles, runsByDefault } from "./files";
import { expectedDuration, isRepeated, keepDurations, runsAlone } from "./jobs";
import { lint } from "./lint";
import { measureLoad } from "./machine-load";
import { NEWEST_NODE, nodeExecutable, OTHER_VERSIONS } from "./node-versions";
import { findUnstable, takeFailed } from "./retry";
import { block, summary, type RunResult, type Skipped } from "./summary";
import { Worker, type WorkerOptions } from "./worker-process";

const CHECKOUT = join(__dirname, "../..");
const KILL_TIMEOUT = 10_000;

/** Stands in for lint when lint is not run. */
const NO_LINT: ReturnType<typeof lint> = {
  result: Promise.resolve({ passed: true, milliseconds: 0, output: "" }),
  kill: () => undefined,
};

/** A version of Node.js other than that of this process. */
interface Node {
  readonly version: string;
  readonly executable: string;
}

function workerCount(): number {
  const { WORKERS = "4" } = process.env;
  if (!/^[1-9]\d*$/.test(WORKERS)) throw new Error(`WORKERS must be a whole number, at least 1, not ${WORKERS}`);
  return Number(WORKERS);
}

/** Provides the other versions of Node.js, and reports which cannot be had. */
async function otherNodes(): Promise<{ nodes: Node[]; missing: string[] }> {
  const nodes: Node[] = [];
  const missing: string[] = [];
  for (const version of OTHER_VERSIONS) {
    try {
      nodes.push({ version, executable: await nodeExecutable(version) });
    } catch (error) {
      missing.push(`Node.js ${version} cannot be had for this machine: ${String(error)}`);
    }
  }
  return { nodes, missing };
}

/** Returns files in the order in which they run, the slowest first. */
function slowestFirst(files: readonly string[]): string[] {
  const expected = expectedDuration();
  return files.toSorted((one, other) => expected(other) - expected(one));
}

async function main(): Promise<number> {
  const begin = performance.now();
  const load = measureLoad();
  const { values, positionals } = parseArgs({
    options: { grep: { type: "string", short: "g" }, retry: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const { grep, retry } = values;
  const files = positionals.length > 0 ? findTestFiles(positionals) : findTestFiles(["test"]).filter(runsByDefault);
  await clearKilledRuns();
  await clearKilledHosts();
  const { nodes, missing } = await otherNodes();
  // Test stacks run their programs on the newest version.
  const newest = nodes.at(-1);
  if (newest !== undefined) process.env[NEWEST_NODE] = newest.executable;
  const queue = slowestFirst(files.filter((file) => !runsAlone(file)));
  const last = slowestFirst(files.filter(runsAlone));
  const again: string[] = [];
  const repeated = nodes.map((node) => ({ ...node, files: files.filter(isRepeated) }));
  const results: RunResult[] = [];
  const workers = Math.max(1, Math.min(workerCount(), queue.length));
  say(`${files.length} test files on ${workers} workers, SEED=${SEED}`);

  // When files are given, only these run.
  const linting = positionals.length > 0 ? NO_LINT : lint(CHECKOUT);
  const running = new Set<Worker>();
  onSignals(() => {
    for (const waiting of [queue, last, again, ...repeated.map(({ files }) => files)]) waiting.length = 0;
    linting.kill();
    for (const worker of running) worker.kill();
  });

  /** Runs the files of a queue. */
  async function work(waiting: string[], options: Omit<WorkerOptions, "folder"> = {}, node?: string): Promise<void> {
    const worker = new Worker({ ...options, folder: mkdtempSync(join(tmpdir(), "worker-")) });
    running.add(worker);
    for (let [file] = waiting.splice(0, 1); file !== undefined; [file] = waiting.splice(0, 1)) {
      const result = {
        ...(await worker.run({ file, ...(grep === undefined ? {} : { grep }) })),
        ...(node === undefined ? {} : { node }),
      };
      results.push(result);
      // Omit files that already passed on the main version.
      if (node === undefined || result.failed > 0) console.log(block(result));
    }
    await worker.end();
  }

  await Promise.all([
    ...Array.from({ length: workers }, () => work(queue)),
    // These only compute, so they take the time in which the others wait for servers.
    ...repeated.map(({ files, version, executable }) => work(files, { node: executable, isPatient: true }, version)),
  ]);
  await work(last);
  const firstResults = retry && interrupted === undefined ? takeFailed(results) : [];
  again.push(...firstResults.map(({ file }) => file));
  await work(again);
  const { passed, output } = await linting.result;
  const unit = results.filter(({ file, node }) => node === undefined && isRepeated(file));
  const count = unit.reduce((sum, result) => sum + result.passed, 0);
  const skipped: Skipped[] = missing.map((reason) => ({ count, reason }));
  keepDurations(results.filter(({ node }) => node === undefined));
  console.log(
    summary({
      results,
      firstResults,
      unstable: findUnstable(firstResults, results),
      skipped,
      ...(passed ? {} : { lint: output }),
      milliseconds: performance.now() - begin,
      workers,
      load: load(),
      seed: SEED,
    }),
  );
  return passed && results.every(({ failed }) => failed === 0) ? 0 : 1;
}

let interrupted: NodeJS.Signals | undefined;

/** Stops all tests at the first signal, and cleans up before this process exits. */
function onSignals(stop: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      interrupted ??= signal;
      stop();
    });
  }
}

/** Ends every process that this run started, and removes everything that it created on a Docker Engine. */
async function cleanUp(): Promise<void> {
  const { [MARK]: run } = process.env;
  const left = () => (run === undefined ? [] : inheritorsOf(MARK, (owner) => owner === run));
  signalAll(left(), "SIGKILL");
  await waitUntilGone(left, KILL_TIMEOUT);
  await clearKilledRuns();
  await sweepEngines();
  await clearKilledHosts();
}

main()
  .then(
    (code) => (interrupted === undefined ? code : 1),
    (error: unknown) => {
      console.error(error);
      return 1;
    },
  )
  .then(async (code) => {
    await cleanUp();
    process.exit(code);
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
