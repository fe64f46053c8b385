import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** What Linux tells about a process; nothing elsewhere. */
interface Process {
  pid: number;
  parent: number;
  /** Clock ticks from boot to its start; with the pid it names a process for good. */
  started: string;
}

const STAT_PARENT = 1;
const STAT_STARTED = 19;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // It has ended, or is another user's.
  }
}

function inspect(pid: number): Process | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the command in parentheses and may hold anything; the state follows it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z") return undefined;
  return { pid, parent: Number(fields[STAT_PARENT]), started: fields[STAT_STARTED] ?? "0" };
}

function all(): Process[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => inspect(Number(name)))
    .filter((found) => found !== undefined);
}

/** This process as `<pid>-<start>`, a name that no other process ever has until the next boot. */
export function identity(): string {
  return `${process.pid}-${inspect(process.pid)?.started ?? "0"}`;
}

/** Whether the process that {@link identity} named still runs. */
export function isAlive(name: string): boolean {
  const [pid = "", started] = name.split("-");
  if (process.platform === "linux") return inspect(Number(pid))?.started === started;
  try {
    return process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a process with this pid runs, and runs this program where that can be told. */
export function isRunning(pid: number, program: string): boolean {
  if (process.platform !== "linux") return isAlive(String(pid));
  // One that was killed keeps its name until its parent, which may be slow, has taken note.
  return inspect(pid) !== undefined && read(`/proc/${pid}/comm`)?.trim() === program;
}

/** The processes whose command line names a file in this folder: how a daemon's own processes are known. */
export function startedFrom(folder: string): number[] {
  return all()
    .filter(({ pid }) =>
      read(`/proc/${pid}/cmdline`)
        ?.split("\0")
        .some((arg) => arg.startsWith(`${folder}/`)),
    )
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid);
}

/** The processes that inherited a variable whose value fits, apart from this one. */
export function inheritorsOf(variable: string, fits: (value: string) => boolean): number[] {
  const valueIn = (pid: number): string | undefined =>
    read(`/proc/${pid}/environ`)
      ?.split("\0")
      .find((pair) => pair.startsWith(`${variable}=`))
      ?.slice(variable.length + 1);
  return all()
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid)
    .filter((pid) => {
      const value = valueIn(pid);
      return value !== undefined && fits(value);
    });
}

/** These processes and everything below them. */
export function withDescendants(pids: number[]): number[] {
  const found = new Set(pids);
  const processes = all();
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** Sends a signal to each of them that is still there. */
export function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}

/** Waits until none is left. @returns whether that happened in time */
export async function waitUntilGone(find: () => number[], timeout: number): Promise<boolean> {
  const deadline = Date.now() + timeout;
  while (find().length > 0) {
    if (Date.now() > deadline) return false;
    await setTimeout(50);
  }
  return true;
}
