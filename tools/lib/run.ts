import { spawn } from "node:child_process";
import type { SpawnOptions } from "node:child_process";
import { throwIfInterrupted, withSignals } from "./interrupt";
import { ToolError } from "./terminal";

/** Options of a command. */
export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Ends the command after this many milliseconds. */
  timeout?: number;
  /** Receives each chunk of stderr. */
  onStderr?: (text: string) => void;
  /** Runs the command after a signal as well, for clean-up. */
  evenWhenInterrupted?: boolean;
}

/** The exit code and the output of a command. */
export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

function start(command: string, args: string[], options: RunOptions, stdio: SpawnOptions["stdio"]): Promise<Result> {
  const result = { code: 1, stdout: "", stderr: "" };
  return new Promise((resolve, reject) => {
    const { cwd, env, timeout } = options;
    const child = spawn(command, args, {
      stdio,
      env: env ?? process.env,
      ...(cwd !== undefined && { cwd }),
      ...(timeout !== undefined && { timeout }),
    });
    withSignals(child);
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (result.stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      result.stderr += text;
      options.onStderr?.(text);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ ...result, code: code ?? 1 });
    });
  });
}

/**
 * Runs a command and returns its stdout.
 *
 * @throws ToolError with the end of its stderr when the exit code is not zero
 */
export async function capture(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const result = await attempt(command, args, options);
  if (result.code !== 0) {
    const end = result.stderr.trim().split("\n").slice(-20).join("\n");
    throw new ToolError(`\`${[command, ...args].join(" ")}\` failed (exit code ${result.code}):\n${end}`);
  }
  return result.stdout;
}

/** Runs a command. @returns its output and its exit code, which may be other than zero */
export async function attempt(command: string, args: string[], options: RunOptions = {}): Promise<Result> {
  if (options.evenWhenInterrupted !== true) throwIfInterrupted();
  const result = await start(command, args, options, ["ignore", "pipe", "pipe"]);
  if (options.evenWhenInterrupted !== true) throwIfInterrupted();
  return result;
}

/** Runs a command on this terminal. @returns its exit code */
export async function live(command: string, args: string[], options: RunOptions = {}): Promise<number> {
  throwIfInterrupted();
  const { code } = await start(command, args, options, "inherit");
  throwIfInterrupted();
  return code;
}
