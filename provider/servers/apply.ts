import { ServerRefusal, type ConfigFiles, type Server, type ServerState } from "./server";

/** A server, and the configuration that it is to run with. */
export interface Change {
  readonly server: Server;
  readonly files: ConfigFiles;
  /**
   * What it has acknowledged before: what it goes back to, whatever lies there now.
   *
   * @default what lies there
   */
  readonly previous?: ConfigFiles;
}

interface Prepared extends Change {
  readonly before: ServerState;
  readonly digest: string;
}

/**
 * Brings servers to new configurations, all or none: each configuration is tried first, and when a server refuses it
 * all the same, those that took theirs go back to what they had.
 *
 * @returns the digest of each server's configuration, in the order of the changes
 * @throws ServerRefusal with the refusing server's words
 */
export async function applyTogether(changes: readonly Change[]): Promise<string[]> {
  const prepared = await allPrepared(changes);
  const done: Prepared[] = [];
  for (const change of prepared) {
    done.push(change);
    try {
      await apply(change);
    } catch (error) {
      throw await restored(done, error);
    }
  }
  return prepared.map(({ digest }) => digest);
}

/** Tries all configurations to the end, and tells every refusal. */
async function allPrepared(changes: readonly Change[]): Promise<Prepared[]> {
  const results = await Promise.allSettled(changes.map(prepare));
  const refusals = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  if (refusals.length > 1) {
    throw new AggregateError(refusals, refusals.map(wordsOf).join("\n"));
  }
  if (refusals.length === 1) {
    throw refusals[0];
  }
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

async function prepare(change: Change): Promise<Prepared> {
  const before = await change.server.state();
  if (before.process === "absent") {
    const what = "is not there any more, and a refresh has not told the state yet. Run `pulumi up --refresh`";
    throw new ServerRefusal(change.server.name, what, []);
  }
  return { ...change, before, digest: await change.server.try(change.files) };
}

async function apply({ server, files, before, digest }: Prepared): Promise<void> {
  await server.put(files);
  if (before.process === "stopped") {
    await server.start();
    return;
  }
  if (before.process === "paused") {
    await server.start();
  }
  await server.reload(digest);
}

/** Brings servers back to how they were. @returns the error to throw: the one that came first, with those that came of it */
async function restored(done: readonly Prepared[], error: unknown): Promise<unknown> {
  const results = await Promise.allSettled(done.map(restore));
  const words = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
  if (words.length === 0) {
    return error;
  }
  return new Error([wordsOf(error), "Going back to the old configuration failed, too:", ...words].join("\n"), {
    cause: error,
  });
}

/** Back to how it was. A server that did not run is stopped again: it starts with the next attempt. */
async function restore({ server, before, previous = before.files }: Prepared): Promise<void> {
  if (before.process === "stopped") {
    await server.stop();
    // One that never ran has nothing to go back to.
    if (Object.keys(previous).length > 0) {
      await server.put(previous);
    }
    return;
  }
  const digest = await server.try(previous);
  await server.put(previous);
  await server.reload(digest);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
