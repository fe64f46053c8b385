import { setTimeout as sleep } from "node:timers/promises";

/**
 * Matches a line that a server logs about itself: process, date, time, level, text. Lines with what a client sent begin
 * with the client's address, so that no client can forge the result of a reload.
 */
function ownLine(level: "INF" | "ERR", text: string): RegExp {
  return new RegExp(`^\\[\\d+\\] \\S+ \\S+ \\[${level}\\] ${text}`);
}

const READY = ownLine("INF", "Server is ready$");
const RELOADED = ownLine("INF", "Reloaded server configuration \\((sha256:[0-9a-f]+)\\)$");
const RELOAD_FAILED = ownLine("ERR", "(Failed to reload server configuration.*)");
const CONFIGURATION_FILE = ownLine("INF", "Using configuration file: .* \\((sha256:[0-9a-f]+)\\)$");
const LAME_DUCK = ownLine("INF", "Entering lame duck mode");
/** The output of `nats-server -t` for a valid configuration. */
const VALID = /^nats-server: configuration file .* is valid \((sha256:[0-9a-f]+)\)$/m;

/** The lines that a complaint of a server is limited to. */
const MAX_COMPLAINTS = 10;

/** The result of a reload: the digest of the loaded configuration, or an error; undefined until it is logged. */
export type ReloadOutcome = { readonly digest: string } | { readonly refused: string } | undefined;

/** Finds the result of a reload in lines of a server's log. */
export function parseReloadOutcome(lines: readonly string[]): ReloadOutcome {
  for (const line of lines) {
    const digest = RELOADED.exec(line)?.[1];
    if (digest !== undefined) {
      return { digest };
    }
    const refused = RELOAD_FAILED.exec(line)?.[1];
    if (refused !== undefined) {
      return { refused };
    }
  }
  return undefined;
}

/** True when lines of a server's log report that it is ready. */
export function saysReady(lines: readonly string[]): boolean {
  return lines.some((line) => READY.test(line));
}

/** True when lines of a server's log report that it enters lame duck mode. */
export function saysLameDuck(lines: readonly string[]): boolean {
  return lines.some((line) => LAME_DUCK.test(line));
}

/** Returns the digest of the configuration that a server has loaded last, when it started or by a reload. */
export function parseLoadedDigest(lines: readonly string[]): string | undefined {
  return lines.flatMap((line) => CONFIGURATION_FILE.exec(line)?.[1] ?? RELOADED.exec(line)?.[1] ?? []).at(-1);
}

/** Returns the digest that `nats-server -t` printed, or undefined if it rejected the configuration. */
export function parseTestDigest(output: string): string | undefined {
  return VALID.exec(output)?.[1];
}

/** Returns the last lines of a log that report errors, or the last lines of any kind if none does. */
export function findComplaints(lines: readonly string[]): string[] {
  const errors = lines.filter((line) => /\[(ERR|FTL)\]|nats-server:/.test(line));
  return [...(errors.length > 0 ? errors : lines)].slice(-MAX_COMPLAINTS);
}

/**
 * Calls a function repeatedly until it returns a result.
 *
 * @param ask returns the result, or undefined to be called again
 * @param timeout milliseconds after which it is not called again
 * @param longestPause milliseconds between two calls, after the first ones
 * @returns the result, or undefined after the timeout
 */
export async function waitFor<T>(
  ask: () => Promise<T | undefined>,
  timeout: number,
  longestPause = 250,
): Promise<T | undefined> {
  const deadline = performance.now() + timeout;
  for (let pause = 20; ; pause = Math.min(pause * 1.5, longestPause)) {
    const answer = await ask();
    if (answer !== undefined || performance.now() > deadline) {
      return answer;
    }
    await sleep(pause);
  }
}
