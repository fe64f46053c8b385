import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOwned, removeOwned } from "./lib/owned";
import { identity, inheritorsOf, isAlive, signalAll, startedFrom, waitUntilGone } from "./lib/processes";

/** By this variable, which every process inherits, what a broken test or a killed deployment left running is found. */
export const MARK = "PULUMI_NATS_AUTH_RUN";
const FOLDER = /^nats-auth-(\d+-\d+)-/;
const KILL_MS = 5_000;

async function end(find: () => number[]): Promise<void> {
  signalAll(find(), "SIGKILL");
  await waitUntilGone(find, KILL_MS);
}

/** Removes what the runs that were killed left behind: processes and temporary files. */
export async function sweepRuns(): Promise<void> {
  await end(() => inheritorsOf(MARK, (owner) => !isAlive(owner)));
  for (const name of await readdir(tmpdir())) {
    const owner = FOLDER.exec(name)?.[1];
    const folder = join(tmpdir(), name);
    if (owner === undefined || isAlive(owner) || !isOwned(folder)) continue;
    // Servers that tests have deployed as processes: they bear no mark, since they have no variables.
    await end(() => startedFrom(folder));
    await removeOwned(folder);
  }
}

/** Ends what still runs of the processes that this one has marked: plugins, and their shells, of an engine that was killed. */
export async function endRun(): Promise<void> {
  await end(() => inheritorsOf(MARK, (owner) => owner === identity()));
}

/**
 * Does some work whose processes and temporary files end with it.
 *
 * @param work gets the variables that its processes are to inherit
 */
export async function withinRun<T>(work: (variables: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
  const temporary = await mkdtemp(join(tmpdir(), `nats-auth-${identity()}-`));
  try {
    return await work({ [MARK]: identity(), TMPDIR: temporary });
  } finally {
    await endRun();
    await end(() => startedFrom(temporary));
    await rm(temporary, { recursive: true, force: true });
  }
}
