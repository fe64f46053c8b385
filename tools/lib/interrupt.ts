import { constants } from "node:os";
import type { ChildProcess } from "node:child_process";

/** Thrown in place of a result after Ctrl-C or a termination signal, so that every `finally` on the way runs. */
export class Interrupted extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
  }

  /** The exit code that a shell expects of a process that a signal ended. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

/** A second signal that comes later than this is a person's impatience, not npm's copy of the first one. */
const COPY_MS = 1_000;
const children = new Set<ChildProcess>();
const listeners = new Set<(interruption: Interrupted) => void>();
let first: { at: number; interruption: Interrupted } | undefined;

function onSignal(signal: NodeJS.Signals): void {
  if (first === undefined) {
    first = { at: Date.now(), interruption: new Interrupted(signal) };
    // A terminal sends Ctrl-C to the whole process group, children included, and two of them would make Pulumi give up.
    const byTerminal = signal === "SIGINT" && process.stdin.isTTY;
    if (!byTerminal) for (const child of children) child.kill(signal);
    for (const listener of listeners) listener(first.interruption);
  } else if (Date.now() - first.at > COPY_MS) {
    for (const child of children) child.kill("SIGKILL");
  }
}

/** From now on a signal does not end this process: children are told, and what is awaited here fails with {@link Interrupted}. */
export function catchSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
}

/** @throws Interrupted when a signal has come since {@link catchSignals} */
export function throwIfInterrupted(): void {
  if (first !== undefined) throw first.interruption;
}

/** Gives a child its share of the signals for as long as it runs. */
export function withSignals(child: ChildProcess): void {
  children.add(child);
  child.once("close", () => children.delete(child));
}

/** Waits for work that is no child process, but not longer than until a signal. */
export async function interruptible<T>(work: Promise<T>): Promise<T> {
  throwIfInterrupted();
  let listener: ((interruption: Interrupted) => void) | undefined;
  const interruption = new Promise<never>((_, reject) => {
    listener = reject;
    listeners.add(reject);
  });
  try {
    return await Promise.race([work, interruption]);
  } finally {
    if (listener !== undefined) listeners.delete(listener);
  }
}

/** Waits, until a signal comes. */
export async function pause(milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await interruptible(new Promise((resolve) => (timer = setTimeout(resolve, milliseconds))));
  } finally {
    clearTimeout(timer);
  }
}
