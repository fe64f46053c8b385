import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CGROUPS = "/sys/fs/cgroup";

/** A file that counts the CPU time of a cgroup, by the folder that has cgroups of its version. */
interface Counter {
  readonly folder: string;
  readonly file: string;
  /** Reads the seconds in the content of the file. */
  readonly read: (text: string) => number;
}

const COUNTERS: readonly Counter[] = [
  { folder: join(CGROUPS, "cpuacct"), file: "cpuacct.usage", read: (text) => Number(text) / 1e9 },
  { folder: CGROUPS, file: "cpu.stat", read: (text) => Number(/^usage_usec (\d+)$/m.exec(text)?.[1]) / 1e6 },
];

let present: { readonly group: string; readonly counter: Counter } | undefined;
let isTried = false;

/**
 * Returns the CPU time that this process and all processes it has started since the first call have taken, in seconds. They are in a
 * cgroup, because nothing else counts those whose parents have ended.
 *
 * @returns undefined on a machine without cgroups, or where this process may not create one
 */
export function cpuSeconds(): number | undefined {
  if (!isTried) {
    isTried = true;
    present = COUNTERS.map(enter).find((entered) => entered !== undefined);
  }
  return present?.counter.read(readFileSync(join(present.group, present.counter.file), "utf8"));
}

/** Moves this process into a new cgroup, until it ends. */
function enter(counter: Counter): typeof present {
  const group = join(counter.folder, `bench-${process.pid}`);
  try {
    mkdirSync(group);
  } catch {
    return undefined;
  }
  const leave = () => {
    try {
      writeFileSync(join(counter.folder, "cgroup.procs"), `${process.pid}`);
      rmdirSync(group);
    } catch {
      // Processes that outlive the benchmark keep the group.
    }
  };
  try {
    readFileSync(join(group, counter.file));
    writeFileSync(join(group, "cgroup.procs"), `${process.pid}`);
  } catch {
    leave();
    return undefined;
  }
  process.once("exit", leave);
  return { group, counter };
}
