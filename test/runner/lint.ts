import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";

/** The outcome of `npm run lint`. */
export interface LintResult {
  readonly passed: boolean;
  readonly milliseconds: number;
  readonly output: string;
}

/** Lets other processes go first. Linux weighs sessions before processes, and a process group of its own is a session, too. */
function yieldCores(pid: number): void {
  setPriority(pid, constants.priority.PRIORITY_LOW);
  const session = `/proc/${pid}/autogroup`;
  if (existsSync(session)) writeFileSync(session, String(constants.priority.PRIORITY_LOW));
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
  if (child.pid !== undefined) yieldCores(child.pid);
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
