import { basename } from "node:path";
import { waitFor } from "../../provider/servers/log";
import { procCommand, procEntry, procFile, procPids, type ProcEntry } from "../../provider/servers/process/proc";

/** Returns a running process on Linux; undefined elsewhere, and for one that has ended. */
function find(pid: number): ProcEntry | undefined {
  if (process.platform !== "linux") return undefined;
  const entry = procEntry(pid);
  return entry?.state === "Z" ? undefined : entry;
}

function findAll(): ProcEntry[] {
  if (process.platform !== "linux") return [];
  return procPids()
    .map(find)
    .filter((entry) => entry !== undefined);
}

/** The processes of this user, this one excepted: the only ones that clean-up may signal. */
function findOwn(): ProcEntry[] {
  return findAll().filter(({ pid, user }) => pid !== process.pid && user === process.geteuid?.());
}

/** This process as `<pid>-<start>`, a name that no other process has until the next boot. */
export function identity(): string {
  return `${process.pid}-${find(process.pid)?.started ?? "0"}`;
}

/** Whether the process that {@link identity} named still runs. */
export function isAlive(name: string): boolean {
  const [pid = "", started] = name.split("-");
  if (process.platform === "linux") return find(Number(pid))?.started === started;
  try {
    return process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a process with this pid runs and, on Linux, runs this program. */
export function isRunning(pid: number, program: string): boolean {
  if (process.platform !== "linux") return isAlive(String(pid));
  // A killed process keeps its name until its parent collects it, which can take a while.
  return find(pid) !== undefined && procFile(pid, "comm")?.trim() === program;
}

/**
 * This user's processes with an argument that names a file in this folder.
 *
 * @param program pattern of the executable's name, where others may open files of that folder as well
 */
export function startedFrom(folder: string, program = /^/): number[] {
  return findCommands((name, command) => program.test(name) && command.some((arg) => arg.startsWith(`${folder}/`)));
}

/** This user's processes of a program that have files of a folder in their arguments. */
export function startedWith(program: string, folder: string): number[] {
  return findCommands((name, [, ...args]) => name === program && args.some((arg) => arg.includes(`${folder}/`)));
}

/** This user's processes whose command line matches, by the name of the program. */
function findCommands(matches: (program: string, command: readonly string[]) => boolean): number[] {
  return findOwn()
    .map(({ pid }) => pid)
    .filter((pid) => {
      const command = procCommand(pid);
      return matches(basename(command[0] ?? ""), command);
    });
}

/** This user's processes that inherited a variable with a matching value. */
export function inheritorsOf(variable: string, matches: (value: string) => boolean): number[] {
  return findOwn()
    .map(({ pid }) => pid)
    .filter((pid) => {
      const value = variableOf(pid, variable);
      return value !== undefined && matches(value);
    });
}

function variableOf(pid: number, name: string): string | undefined {
  const pairs = procFile(pid, "environ")?.split("\0") ?? [];
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** These processes and all their descendants, of any user: a daemon's containers have users of their own. */
export function withDescendants(pids: number[]): number[] {
  const found = new Set(pids);
  const processes = findAll();
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** Sends a signal to each of these processes that still runs. */
export function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
}

/** Waits until none is left. @returns whether that happened in time */
export async function waitUntilGone(find: () => number[], timeout: number): Promise<boolean> {
  const gone = await waitFor(() => Promise.resolve(find().length === 0 ? true : undefined), timeout);
  return gone === true;
}
