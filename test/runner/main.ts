/**
 * Runs test files: `main.ts [--grep TEXT] [FILES]`. Three worker processes run the files, the slowest first: tests with
 * servers wait for a third of their time, so that three of them keep two cores busy. Without files, lint runs in parallel,
 * and the unit tests also run on other versions of Node.js. Output is grouped by file. Failures are printed at the end, and
 * the last line is `N passed, N failed`.
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
import { findTestFiles, needsNoCluster } from "./files";
import { expectedDuration, isRepeated, keepDurations, runsAlone } from "./jobs";
import { lint } from "./lint";
import { measureLoad } from "./machine-load";
import { NEWEST_NODE, nodeExecutable, OTHER_VERSIONS } from "./node-versions";
import { block, summary, type RunResult, type Skipped } from "./summary";
import { Worker } from "./worker-process";

const CHECKOUT = join(__dirname, "../..");
const KILL_TIMEOUT = 10_000;

/** Stands in for lint when lint is not run. */
const NO_LINT: ReturnType<typeof lint> = {
  result: Promise.resolve({ passed: true, milliseconds: 0, output: "" }),
  kill: () => undefined,
};

/** Files that one process runs in sequence, on one version of Node.js. */
interface Batch {
  readonly files: readonly string[];
  readonly milliseconds: number;
  readonly node?: Node;
}

/** A version of Node.js other than that of this process. */
interface Node {
  readonly version: string;
  readonly executable: string;
}

function workerCount(): number {
  const { WORKERS = "3" } = process.env;
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

/** Returns one batch for each file, and one with all unit tests for each other version of Node.js, the slowest first. */
function batchesOf(files: readonly string[], nodes: readonly Node[]): Batch[] {
  const expected = expectedDuration();
  const batches: Batch[] = files.map((file) => ({ files: [file], milliseconds: expected(file) }));
  const unit = files.filter(isRepeated);
  const milliseconds = unit.reduce((sum, file) => sum + expected(file), 0);
  if (unit.length > 0) batches.push(...nodes.map((node) => ({ files: unit, milliseconds, node })));
  return batches.sort((one, other) => other.milliseconds - one.milliseconds);
}

async function main(): Promise<number> {
  const begin = performance.now();
  const load = measureLoad();
  const { values, positionals } = parseArgs({
    options: { grep: { type: "string", short: "g" } },
    allowPositionals: true,
  });
  const files = positionals.length > 0 ? findTestFiles(positionals) : findTestFiles(["test"]).filter(needsNoCluster);
  await clearKilledRuns();
  await clearKilledHosts();
  const { nodes, missing } = await otherNodes();
  // Test stacks run their programs on the newest version.
  const newest = nodes.at(-1);
  if (newest !== undefined) process.env[NEWEST_NODE] = newest.executable;
  const queue = batchesOf(
    files.filter((file) => !runsAlone(file)),
    nodes,
  );
  const results: RunResult[] = [];
  const workers = Math.max(1, Math.min(workerCount(), queue.length));
  say(`${files.length} test files on ${workers} workers, SEED=${SEED}`);

  // When files are given, only these run.
  const linting = positionals.length > 0 ? NO_LINT : lint(CHECKOUT);
  const running = new Set<Worker>();
  onSignals(() => {
    queue.length = 0;
    linting.kill();
    for (const worker of running) worker.kill();
  });

  /** Runs batches until the queue is empty. */
  async function work(folder: string): Promise<void> {
    const own = new Worker({ folder });
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      const { node } = batch;
      const worker = node === undefined ? own : new Worker({ folder, node: node.executable });
      running.add(worker);
      await worker.run({ files: batch.files, ...values }, (result) => {
        const named = node === undefined ? result : { ...result, node: node.version };
        results.push(named);
        // Omit files that already passed on the main version.
        if (node === undefined || result.failed > 0) console.log(block(named));
      });
      if (worker !== own) await worker.end();
    }
    await own.end();
  }

  const folders = Array.from({ length: workers }, () => mkdtempSync(join(tmpdir(), "worker-")));
  await Promise.all(folders.map(work));
  if (interrupted === undefined) {
    queue.push(...batchesOf(files.filter(runsAlone), []));
    await work(folders[0] ?? "");
  }
  const { passed, output } = await linting.result;
  const unit = results.filter(({ file, node }) => node === undefined && isRepeated(file));
  const count = unit.reduce((sum, result) => sum + result.passed, 0);
  const skipped: Skipped[] = missing.map((reason) => ({ count, reason }));
  keepDurations(results.filter(({ node }) => node === undefined));
  console.log(
    summary({
      results,
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
