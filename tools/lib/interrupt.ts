import { constants } from "node:os";
import type { ChildProcess } from "node:child_process";

/** Thrown after Ctrl-C or a termination signal, so that every `finally` block runs. */
export class Interrupted extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
  }

  /** The exit code that shells expect from a process that a signal ended. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

/** npm repeats a signal within this time; a later second signal comes from the user and kills. */
const COPY_MS = 1_000;
const children = new Set<ChildProcess>();
const listeners = new Set<(interruption: Interrupted) => void>();
let first: { at: number; interruption: Interrupted } | undefined;

function onSignal(signal: NodeJS.Signals): void {
  if (first === undefined) {
    first = { at: Date.now(), interruption: new Interrupted(signal) };
    // A terminal sends Ctrl-C to the whole process group. A second one would make Pulumi abort.
    const byTerminal = signal === "SIGINT" && process.stdin.isTTY;
    if (!byTerminal) for (const child of children) child.kill(signal);
    for (const listener of listeners) listener(first.interruption);
  } else if (Date.now() - first.at > COPY_MS) {
    for (const child of children) child.kill("SIGKILL");
  }
}

/** Handles signals from now on: forwards them to children, and lets what {@link interruptible} awaits fail. */
export function catchSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
}

/** @throws Interrupted after a signal */
export function throwIfInterrupted(): void {
  if (first !== undefined) throw first.interruption;
}

/** Forwards signals to a child while it runs. */
export function withSignals(child: ChildProcess): void {
  children.add(child);
  child.once("close", () => children.delete(child));
}

/** Waits for work other than a child process. @throws Interrupted at a signal */
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
