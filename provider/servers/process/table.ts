import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { CONFIG_FLAG, placeOf } from "./layout";

/** A server that runs: a process of this user with the command line of a place, whoever has started it. */
export interface Running {
  readonly pid: number;
  /** When it was started, as the system says it: with the pid it names one process, whoever gets the pid afterwards. */
  readonly started: string;
  /** True when it was sent SIGSTOP: it is there, and does nothing. */
  readonly paused: boolean;
  /** The place that it runs in. */
  readonly place: string;
}

/** All of them. */
export function runningServers(): Running[] {
  return table();
}

/** True while a process is there that was found before, and not another one with its pid. */
export function isThere({ pid, started }: Running): boolean {
  return table(pid).some((found) => found.started === started);
}

/** Sends a signal to a process that was found before; nothing happens when it has ended, whoever has its pid by now. */
export function signal(running: Running, name: NodeJS.Signals): void {
  if (!isThere(running)) {
    return;
  }
  try {
    process.kill(running.pid, name);
  } catch (error) {
    // It may have ended in this very moment.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) {
      throw error;
    }
  }
}

/** Reads the table of processes, or the line of one of them. */
function table(pid?: number): Running[] {
  return process.platform === "linux" ? procTable(pid) : psTable(pid);
}

/** The table as Linux tells it in files. */
export function procTable(only?: number): Running[] {
  const pids =
    only === undefined
      ? readdirSync("/proc")
          .filter((name) => /^\d+$/.test(name))
          .map(Number)
      : [only];
  return pids.flatMap((pid) => {
    try {
      return procLine(pid);
    } catch {
      return []; // It has ended in the meantime.
    }
  });
}

/** Places in `/proc/<pid>/stat`, counted from the state. */
const STAT_STARTED = 19;

function procLine(pid: number): Running[] {
  if (statSync(`/proc/${pid}`).uid !== ownUser()) {
    return [];
  }
  const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The second field is the command in parentheses, and may hold anything; the state follows it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return running({ pid, state: fields[0] ?? "", started: fields[STAT_STARTED] ?? "", command });
}

const PS_LINE = /^ *(\d+) +(\d+) +(\S+) +(\S+ +\S+ +\d+ +[\d:]+ +\d+) +(.*)$/;

/** The table as `ps` tells it, everywhere else. */
export function psTable(only?: number): Running[] {
  const which = only === undefined ? ["-A"] : ["-p", String(only)];
  const columns = ["pid", "uid", "stat", "lstart", "command"].flatMap((name) => ["-o", `${name}=`]);
  return psLines(["-ww", ...which, ...columns]).flatMap((line) => {
    const [, pid, uid, state = "", started = "", command = ""] = PS_LINE.exec(line) ?? [];
    // It shows arguments with spaces between them, and paths may have spaces, too.
    const at = command.lastIndexOf(` ${CONFIG_FLAG}`);
    const words = [command.slice(0, at), command.slice(at + 1)];
    return Number(uid) === ownUser() ? running({ pid: Number(pid), state, started, command: words }) : [];
  });
}

function psLines(args: readonly string[]): string[] {
  try {
    return execFileSync("ps", args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" }, stdio: "pipe" }).split(
      "\n",
    );
  } catch {
    return []; // It ends with an error when there is no such process.
  }
}

function running(found: { pid: number; state: string; started: string; command: readonly string[] }): Running[] {
  const { pid, state, started, command } = found;
  const place = placeOf(command);
  // One that has ended is a zombie until its parent has taken note.
  return place === undefined || state.startsWith("Z") ? [] : [{ pid, started, paused: state.startsWith("T"), place }];
}

function ownUser(): number {
  return process.geteuid?.() ?? 0;
}
