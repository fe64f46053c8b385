import { setTimeout as sleep } from "node:timers/promises";

/**
 * A line that a server writes of itself: process, date, time, level, text. What a client sent stands in lines, too, but
 * behind the client's address, so that no client can say in a server's name that a reload failed, or came through.
 */
function ownLine(level: "INF" | "ERR", text: string): RegExp {
  return new RegExp(`^\\[\\d+\\] \\S+ \\S+ \\[${level}\\] ${text}`);
}

/** What a server says when it has started, and what it says of a reload. */
const READY = ownLine("INF", "Server is ready$");
const RELOADED = ownLine("INF", "Reloaded server configuration \\((sha256:[0-9a-f]+)\\)$");
const RELOAD_FAILED = ownLine("ERR", "(Failed to reload server configuration.*)");
/** What `nats-server -t` prints of a configuration that it accepts. */
const VALID = /^nats-server: configuration file .* is valid \((sha256:[0-9a-f]+)\)$/m;

/** How a reload came out: acknowledged with a digest, or refused with the server's words; undefined while it goes on. */
export type ReloadOutcome = { readonly digest: string } | { readonly refused: string } | undefined;

/** The outcome that some lines of a server's log tell. */
export function reloadOutcome(lines: readonly string[]): ReloadOutcome {
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

/** True when some lines of a server's log say that it is ready. */
export function saysReady(lines: readonly string[]): boolean {
  return lines.some((line) => READY.test(line));
}

/** The digest that `nats-server -t` printed, or undefined when it refused the configuration. */
export function triedDigest(output: string): string | undefined {
  return VALID.exec(output)?.[1];
}

/** The lines of a log that say what went wrong, or all of them where none does. */
export function complaints(lines: readonly string[]): string[] {
  const bad = lines.filter((line) => /\[(ERR|FTL)\]|nats-server:/.test(line));
  return [...(bad.length > 0 ? bad : lines)].slice(-10);
}

/**
 * Asks again and again until there is an answer.
 *
 * @param ask gives the answer, or undefined while there is none
 * @param timeout milliseconds until it is given up
 * @returns the answer, or undefined when the time is over
 */
export async function eventually<T>(ask: () => Promise<T | undefined>, timeout: number): Promise<T | undefined> {
  const deadline = performance.now() + timeout;
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 250)) {
    const answer = await ask();
    if (answer !== undefined || performance.now() > deadline) {
      return answer;
    }
    await sleep(pause);
  }
}
