/**
 * A process that runs test files for the runner in sequence, each with its own mocha instance. Imported modules are loaded
 * once for all files. The output of the tests goes to the runner, which groups it by file.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import { mochaHooks } from "../support/hooks";
import type { Job, WorkerMessage } from "./messages";

const CHECKOUT = join(__dirname, "../..");
const { timeout } = JSON.parse(readFileSync(join(CHECKOUT, ".mocharc.json"), "utf8")) as { timeout: number };

function send(message: WorkerMessage): void {
  process.send?.(message);
}

/** Redirects writes to a stream of this process. @returns a function that restores the stream */
function redirect(stream: NodeJS.WriteStream, write: (text: string) => void): () => void {
  const original = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown) => {
    write(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
  return () => {
    stream.write = original;
  };
}

/** Lists tests as mocha's spec reporter does. The runner prints the failures at the end of the run. */
class ListOfTests extends Mocha.reporters.Spec {
  override epilogue(): void {
    // The runner prints the summary.
  }
}

/** Returns the failures of a file in mocha's format. */
function describeFailures(failures: readonly Mocha.Test[]): string {
  let text = "";
  const restore = redirect(process.stdout, (chunk) => (text += chunk));
  try {
    Mocha.reporters.Base.list([...failures]);
  } finally {
    restore();
  }
  return text;
}

async function runFile(file: string, grep: string | undefined): Promise<void> {
  const begin = performance.now();
  const mocha = new Mocha({
    timeout,
    reporter: ListOfTests,
    rootHooks: mochaHooks,
    color: false,
    ...(grep === undefined ? {} : { grep }),
  });
  mocha.addFile(join(CHECKOUT, file));
  const failures: Mocha.Test[] = [];
  await mocha.loadFilesAsync();
  const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
    const runner = mocha.run(() => {
      resolve(runner.stats);
    });
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test) => failures.push(test));
  });
  const failureText = failures.length === 0 ? "" : describeFailures(failures);
  // Removes its listeners for unhandled rejections: those of several runners would emit the same rejection forever.
  mocha.dispose();
  const { passes: passed = 0, pending: skipped = 0 } = stats ?? {};
  send({
    type: "ended",
    result: {
      file,
      passed,
      // Mocha's statistics omit failed hooks.
      failed: failures.length,
      skipped,
      milliseconds: performance.now() - begin,
      failures: failureText,
    },
  });
}

/** Runs a file. One that cannot be loaded counts as one failure. */
async function runJob({ file, grep }: Job): Promise<void> {
  const begin = performance.now();
  try {
    await runFile(file, grep);
  } catch (error) {
    const failures = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const milliseconds = performance.now() - begin;
    send({ type: "ended", result: { file, passed: 0, failed: 1, skipped: 0, milliseconds, failures } });
  }
}

for (const stream of [process.stdout, process.stderr]) {
  redirect(stream, (text) => {
    send({ type: "output", text });
  });
}
// A resource that a test expects to be rejected can reject an output that nobody reads, also after the file has ended. The output
// then shows it; without a listener, this process would end in the middle of the next file.
process.on("unhandledRejection", (reason) => {
  console.error(reason instanceof Error ? reason.message : reason);
});
process.on("message", (job: Job) => void runJob(job));
// The runner has exited or has run all files. Listeners of `exit` end the servers that a failed test left running.
process.on("disconnect", () => process.exit());
send({ type: "ready" });
