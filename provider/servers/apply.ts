import { findAbsent } from "./absent";
import type { Cluster } from "./cluster";
import { awaitDeferred, deferAwaited, type MissingServer } from "./defer";
import { errorMessage, ServerRefusal } from "./errors";
import { isReload, namesOfDeferred, withReconnectedRoutes } from "./lost-subscriptions";
import { beforeChanges, prepareAll, type Change, type PreparedChange } from "./prepare";
import { restoreAll } from "./restore";
import { explainRefusal, reload, settleAll } from "./reload";

export type { Cluster } from "./cluster";
export type { Change } from "./prepare";

/**
 * Applies configurations to servers, all or none. Each configuration is tested first. If a server still rejects its
 * configuration, the servers that have accepted theirs return to the previous one.
 *
 * Servers that only reload do so at the same time, so that their configurations differ as briefly as possible. Servers
 * take turns if one needs to know something before another does (a prelude), or if one restarts, in its place or in a new
 * one: those of a stage at the same time, but each restart alone. A server in a new place takes over from its predecessor, which continues if the new one does not start. The next
 * server is stopped only after the restarted one has its routes again and JetStream is healthy, and the first one only while the
 * others have caught up with every stream, where the old and the new configuration allow that.
 *
 * A server that does not run, although its platform starts it by itself, gets its files in its turn and is not waited for while the
 * others change, if those only reload: see {@link deferAwaited}.
 *
 * @param changes in the order in which the servers take turns, those of a stage together
 * @returns the servers that do not run
 * @throws Error with the output of the servers, the active configuration, and what to do
 */
export async function applyTogether(changes: readonly Change[], cluster: Cluster): Promise<readonly MissingServer[]> {
  const prepared = await plan(changes, cluster);
  const begun = new Set<PreparedChange>();
  try {
    await applyInTurns(prepared, begun, cluster);
  } catch (error) {
    throw await restoreAll(prepared, begun, error, cluster);
  }
  const missing = await awaitDeferred(prepared);
  await settleAll(changes.map(({ server }) => server.removeRemains()));
  return missing;
}

/** Tests and plans the changes, without affecting a server. */
async function plan(changes: readonly Change[], cluster: Cluster): Promise<readonly PreparedChange[]> {
  try {
    const tested = await prepareAll(changes, cluster.done);
    const plan = async () => {
      const planned = await deferAwaited(await cluster.protectStreams(tested), tested.length < changes.length);
      await waitBeforeRestarts(planned, cluster);
      await cluster.deleteStreams?.();
      return planned;
    };
    return await withReconnectedRoutes(await beforeChanges(plan(), cluster.done), cluster);
  } catch (error) {
    const failure = await cluster.returnPlaces?.().then(() => undefined, errorMessage);
    throw failure === undefined ? error : new Error(`${errorMessage(error)}\n${failure}`, { cause: error });
  }
}

/** Waits until the first server that restarts can stop. */
async function waitBeforeRestarts(planned: readonly PreparedChange[], cluster: Cluster): Promise<void> {
  for (const turn of groupIntoTurns(planned)) {
    const [first] = turn;
    if (first !== undefined && (await stopsServer(turn))) {
      await cluster.waitUntilStoppable(nameOf(first), await findAbsent(planned));
      return;
    }
  }
}

/** @param begun receives each change before it is made */
async function applyInTurns(
  prepared: readonly PreparedChange[],
  begun: Set<PreparedChange>,
  cluster: Cluster,
): Promise<void> {
  await settleAll(
    prepared.map(async (change) => {
      if (change.prelude !== undefined) {
        begun.add(change);
        await reload(change.server, change.prelude);
      }
    }),
  );
  for (const turn of groupIntoTurns(prepared)) {
    if ([...begun].some(interrupts) && (await stopsServer(turn))) {
      await cluster.waitUntilJoined(await findAbsent(prepared.filter((change) => !begun.has(change))));
    }
    turn.forEach((change) => begun.add(change));
    await settleAll(turn.map(({ server, next }) => server.put(next.files)));
    await settleAll(turn.map(activate));
  }
  for (const { server, last } of prepared) {
    if (last !== undefined) {
      await cluster.waitForRoutes(namesOfDeferred(prepared));
      await reload(server, last);
    }
  }
}

/** Groups the changes that are made at the same time. */
function groupIntoTurns(prepared: readonly PreparedChange[]): readonly (readonly PreparedChange[])[] {
  const needsTurns = prepared.some((change) => change.prelude !== undefined || interrupts(change));
  if (!needsTurns) {
    return [prepared];
  }
  const turns: PreparedChange[][] = [];
  for (const change of prepared) {
    const turn = turns.at(-1);
    const joins = turn?.every((other) => other.stage === change.stage && !interrupts(other)) === true;
    if (turn !== undefined && joins && !interrupts(change)) {
      turn.push(change);
    } else {
      turns.push([change]);
    }
  }
  return turns;
}

function nameOf({ server }: PreparedChange): string {
  return server.name;
}

/** True when a server moves to another place. */
function takesOver(change: PreparedChange): boolean {
  return !isReload(change) && change.predecessors.length > 0;
}

/** True when a server restarts, in its place or in a new one. */
function interrupts(change: PreparedChange): boolean {
  return takesOver(change) || change.restarts === true;
}

/** True when a turn stops a server that still runs. */
async function stopsServer(turn: readonly PreparedChange[]): Promise<boolean> {
  const predecessors = turn.filter(takesOver).flatMap((change) => change.predecessors);
  const restarting = turn.filter(({ restarts }) => restarts === true).map(({ server }) => server);
  const states = await settleAll([...predecessors, ...restarting].map((server) => server.state()));
  return states.some(({ process }) => process === "running");
}

/** Makes a server run with the files that were written to its place. */
async function activate(change: PreparedChange): Promise<void> {
  const { server, before, next, isRepair, predecessors, restarts = false, isDeferred = false } = change;
  if (isDeferred) {
    return;
  }
  if (!isReload(change)) {
    for (const stopped of [...(restarts ? [server] : []), ...predecessors]) {
      await stopped.stop();
    }
    await explainRefusal(next.files, server.start());
    return;
  }
  if (before.process === "paused") {
    await server.start();
  }
  try {
    await explainRefusal(next.files, server.reload(next.digest));
  } catch (error) {
    if (!isRepair || !(error instanceof ServerRefusal)) {
      throw error;
    }
    // Something else started it with options that a reload cannot change back, such as another port.
    await server.stop();
    await explainRefusal(next.files, server.start());
  }
}
