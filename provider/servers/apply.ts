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
  /**
   * What it replaces beside its {@link Server.predecessors}: servers of places that it cannot find.
   *
   * @default none
   */
  readonly earlier?: readonly Server[];
}

interface Prepared extends Change {
  readonly before: ServerState;
  readonly digest: string;
  /** What this one replaces, the latest first. */
  readonly predecessors: readonly Server[];
}

/**
 * Brings servers to new configurations, all or none: each configuration is tried first, and when a server refuses it
 * all the same, those that took theirs go back to what they had.
 *
 * A server in a new place takes over from its predecessor, which goes on when the new one does not start. No server is
 * stopped before one that was replaced in its turn is back in the cluster.
 *
 * @param linked waits until the servers that run are one cluster; without it, a server that is ready is back
 * @returns the digest of each server's configuration, in the order of the changes
 * @throws ServerRefusal with the refusing server's words
 */
export async function applyTogether(
  changes: readonly Change[],
  linked: () => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  const prepared = await allPrepared(changes);
  const begun: Prepared[] = [];
  try {
    for (const change of prepared) {
      if (takesOver(change) && begun.some(takesOver)) {
        await linked();
      }
      begun.push(change);
      await apply(change);
    }
  } catch (error) {
    throw await restored(begun, error);
  }
  await Promise.all(prepared.map(({ server }) => server.removePredecessors()));
  return prepared.map(({ digest }) => digest);
}

/** True when a server is to run in another place than before. */
function takesOver({ before, predecessors }: Prepared): boolean {
  return before.process === "stopped" && predecessors.length > 0;
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
  const digest = await change.server.try(change.files);
  const predecessors = [...(await change.server.predecessors()), ...(change.earlier ?? [])];
  return { ...change, before, digest, predecessors };
}

async function apply({ server, files, before, digest, predecessors }: Prepared): Promise<void> {
  await server.put(files);
  if (before.process === "stopped") {
    for (const predecessor of predecessors) {
      await predecessor.stop();
    }
    await server.start();
    return;
  }
  if (before.process === "paused") {
    await server.start();
  }
  await server.reload(digest);
}

/**
 * Brings servers back to how they were, the one that failed first.
 *
 * @returns the error to throw: the one that came first, with those that came of it
 */
async function restored(begun: readonly Prepared[], error: unknown): Promise<unknown> {
  const words: string[] = [];
  for (const change of [...begun].reverse()) {
    await restore(change).catch((reason: unknown) => words.push(wordsOf(reason)));
  }
  if (words.length === 0) {
    return error;
  }
  return new Error([wordsOf(error), "Going back to the old configuration failed, too:", ...words].join("\n"), {
    cause: error,
  });
}

/** Back to how it was. A server that did not run is stopped again, and what it was to replace goes on in its place. */
async function restore({ server, before, previous = before.files, predecessors }: Prepared): Promise<void> {
  if (before.process === "stopped") {
    await server.stop();
    const [latest] = predecessors;
    if (latest !== undefined) {
      await latest.start();
    } else if (Object.keys(previous).length > 0) {
      // One that never ran has nothing to go back to.
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
