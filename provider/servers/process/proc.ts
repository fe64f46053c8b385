import { readdirSync, readFileSync, statSync } from "node:fs";

/** A process as Linux lists it in `/proc`. */
export interface ProcEntry {
  readonly pid: number;
  /** Pid of its parent. */
  readonly parent: number;
  /** Effective user id. */
  readonly user: number;
  /** One letter, such as `S` (sleeps), `T` (stopped) or `Z` (has ended, and its parent has not collected it yet). */
  readonly state: string;
  /** Clock ticks from boot to its start. A pid can be reused; a pid with a start time cannot. */
  readonly started: string;
}

/** Fields of `/proc/<pid>/stat`, counted from the state. */
const STAT_PARENT = 1;
const STAT_STARTED = 19;

/** Returns the pids of all processes. */
export function procPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Returns the entry of a process, or undefined when it has ended. */
export function procEntry(pid: number): ProcEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the command in parentheses and may contain anything; the state follows it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return {
      pid,
      parent: Number(fields[STAT_PARENT]),
      user: statSync(`/proc/${pid}`).uid,
      state: fields[0] ?? "",
      started: fields[STAT_STARTED] ?? "",
    };
  } catch {
    return undefined;
  }
}

/** Returns the arguments of a process, its executable first; none when it has ended. */
export function procCommand(pid: number): string[] {
  return procFile(pid, "cmdline")?.split("\0").slice(0, -1) ?? [];
}

/** Returns the content of `/proc/<pid>/<file>`, or undefined when the process has ended or belongs to another user. */
export function procFile(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
