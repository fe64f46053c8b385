import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";

/** The outcome of `npm run lint`. */
export interface LintResult {
  readonly passed: boolean;
  readonly milliseconds: number;
  readonly output: string;
}

/** Runs `npm run lint` beside the tests, with the time that they leave. */
export function lint(cwd: string): { readonly result: Promise<LintResult>; kill(): void } {
  const { npm_execpath: npm } = process.env;
  const [command, prefix] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
  const begin = performance.now();
  // A process group of its own, so that all of it can be ended.
  const child = spawn(command, [...prefix, "run", "--silent", "lint"], {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const result = new Promise<LintResult>((resolve) => {
    child.once("error", (error) => {
      resolve({ passed: false, milliseconds: performance.now() - begin, output: error.message });
    });
    child.once("close", (code) => {
      resolve({ passed: code === 0, milliseconds: performance.now() - begin, output });
    });
  });
  return {
    result,
    kill() {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, "SIGKILL");
      }
    },
  };
}
