import { execFileSync } from "node:child_process";
import { CONFIG_FLAG, placeOf } from "./layout";
import { procCommand, procEntry, procPids } from "./proc";

/** A running server: a process of this user with the command line of a place, however it was started. */
export interface RunningServer {
  readonly pid: number;
  /** The start time as the system reports it. Together with the pid it identifies a process, even if the pid is reused. */
  readonly started: string;
  /** True when the process was sent SIGSTOP. */
  readonly paused: boolean;
  /** The place in which it runs. */
  readonly place: string;
}

/** Lists all running servers of this user. */
export function findRunningServers(): RunningServer[] {
  return readTable();
}

/** Returns the present entry of a process, or undefined if it has ended, even if another process has its pid. */
export function findAgain({ pid, started, place }: RunningServer): RunningServer | undefined {
  return readTable(pid).find((found) => found.started === started && found.place === place);
}

/** True while the same process exists, as opposed to another one with its pid. */
export function isRunning(running: RunningServer): boolean {
  return findAgain(running) !== undefined;
}

/** Sends a signal to a process. Does nothing if it has ended, even if another process has its pid. */
export function sendSignal(running: RunningServer, name: NodeJS.Signals): void {
  if (!isRunning(running)) {
    return;
  }
  try {
    process.kill(running.pid, name);
  } catch (error) {
    // It may have ended since it was found.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) {
      throw error;
    }
  }
}

/** Reads the process table, or the entry of one process. */
function readTable(pid?: number): RunningServer[] {
  return process.platform === "linux" ? procTable(pid) : psTable(pid);
}

/** Reads the process table from the files of Linux. */
export function procTable(only?: number): RunningServer[] {
  const pids = only === undefined ? procPids() : [only];
  return pids.flatMap((pid) => {
    const command = procCommand(pid);
    // Few processes are servers. The rest of an entry takes twice as long to read.
    const entry = placeOf(command) === undefined ? undefined : procEntry(pid);
    return entry?.user === ownUser() ? toRunning({ ...entry, command }) : [];
  });
}

const PS_LINE = /^ *(\d+) +(\d+) +(\S+) +(\S+ +\S+ +\d+ +[\d:]+ +\d+) +(.*)$/;

/** Reads the process table with `ps`, on other systems than Linux. */
export function psTable(only?: number): RunningServer[] {
  const which = only === undefined ? ["-A"] : ["-p", String(only)];
  const columns = ["pid", "uid", "stat", "lstart", "command"].flatMap((name) => ["-o", `${name}=`]);
  return runPs(["-ww", ...which, ...columns]).flatMap((line) => {
    const [, pid, uid, state = "", started = "", command = ""] = PS_LINE.exec(line) ?? [];
    // It prints arguments with spaces between them, and paths can contain spaces, too.
    const at = command.lastIndexOf(` ${CONFIG_FLAG}`);
    const words = [command.slice(0, at), command.slice(at + 1)];
    return Number(uid) === ownUser() ? toRunning({ pid: Number(pid), state, started, command: words }) : [];
  });
}

function runPs(args: readonly string[]): string[] {
  try {
    return execFileSync("ps", args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" }, stdio: "pipe" }).split(
      "\n",
    );
  } catch {
    return []; // It fails when there is no such process.
  }
}

function toRunning(found: {
  pid: number;
  state: string;
  started: string;
  command: readonly string[];
}): RunningServer[] {
  const { pid, state, started, command } = found;
  const place = placeOf(command);
  // A process that has ended is a zombie until its parent reads its exit status.
  return place === undefined || state.startsWith("Z") ? [] : [{ pid, started, paused: state.startsWith("T"), place }];
}

function ownUser(): number {
  return process.geteuid?.() ?? 0;
}
