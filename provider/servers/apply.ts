import type { Cluster } from "./cluster";
import { reloads, withNewRoutes } from "./forgotten";
import { allPrepared, type Change, type Prepared } from "./prepare";
import { restored } from "./restore";
import { ServerRefusal } from "./server";
import { all, explained, reload } from "./steps";

export type { Cluster } from "./cluster";
export type { Change } from "./prepare";

/**
 * Brings servers to new configurations, all or none: each configuration is tried first, and when a server refuses it
 * all the same, those that took theirs go back to what they had.
 *
 * Servers that can do with a reload reload at the same time, so that they disagree as shortly as can be. They take turns
 * where one has to know something before another (a prelude), and where one is to run in a new place: that one takes
 * over from its predecessor, which goes on when the new one does not start, and no server is stopped before one that was
 * replaced in its turn is linked again, where the old and the new configuration allow a link.
 *
 * @param changes in the order in which the servers take turns
 * @throws Error with the refusing servers' words, what is in force now, and what to do
 */
export async function applyTogether(changes: readonly Change[], cluster: Cluster): Promise<void> {
  const prepared = await withNewRoutes(await allPrepared(changes), cluster);
  const begun = new Set<Prepared>();
  try {
    await inTurns(prepared, begun, cluster);
  } catch (error) {
    throw await restored([...begun], error, cluster);
  }
  await all(changes.map(({ server }) => server.removeRemains()));
}

/** @param begun is told each change before it is made */
async function inTurns(prepared: readonly Prepared[], begun: Set<Prepared>, cluster: Cluster): Promise<void> {
  for (const change of prepared) {
    if (change.prelude !== undefined) {
      begun.add(change);
      await reload(change.server, change.prelude);
    }
  }
  for (const turn of turnsOf(prepared)) {
    if ([...begun].some(takesOver) && (await runsElsewhere(turn))) {
      await cluster.linkedInBetween();
    }
    turn.forEach((change) => begun.add(change));
    await all(turn.map(({ server, next }) => server.put(next.files)));
    await all(turn.map(activate));
  }
  for (const { server, last } of prepared) {
    if (last !== undefined) {
      await cluster.linked();
      await reload(server, last);
    }
  }
}

/** Which changes are made at the same time. */
function turnsOf(prepared: readonly Prepared[]): readonly (readonly Prepared[])[] {
  const inTurn = prepared.some((change) => change.prelude !== undefined || takesOver(change));
  return inTurn ? prepared.map((change) => [change]) : [prepared];
}

/** True when a server is to run in another place than before. */
function takesOver(change: Prepared): boolean {
  return !reloads(change) && change.predecessors.length > 0;
}

/** True when one of some servers that are to take over has a predecessor that still runs. */
async function runsElsewhere(turn: readonly Prepared[]): Promise<boolean> {
  const predecessors = turn.filter(takesOver).flatMap((change) => change.predecessors);
  const states = await all(predecessors.map((predecessor) => predecessor.state()));
  return states.some(({ process }) => process === "running");
}

/** Lets a server run with the files that have been put in its place. */
async function activate(change: Prepared): Promise<void> {
  const { server, before, next, repairs, predecessors } = change;
  if (!reloads(change)) {
    for (const predecessor of predecessors) {
      await predecessor.stop();
    }
    await explained(next.files, server.start());
    return;
  }
  if (before.process === "paused") {
    await server.start();
  }
  try {
    await explained(next.files, server.reload(next.digest));
  } catch (error) {
    if (!repairs || !(error instanceof ServerRefusal)) {
      throw error;
    }
    // Somebody has started it with what no reload can change back, such as another port.
    await server.stop();
    await explained(next.files, server.start());
  }
}
