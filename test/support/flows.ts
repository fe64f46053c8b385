import { hasWildcard } from "../../provider/model/subjects";
import type { Side } from "../../provider/resources/cluster-configuration";
import { logIn } from "./decisions";
import type { Pair } from "./pair";
import { publish, request, subscribe, type Wire } from "./wire";
import type { World } from "./world";

/** Which server a message is published on, and which one it should arrive on. */
export type Way = readonly [from: Side, to: Side];

/** Where barriers are published: a subject that no test uses otherwise. */
const BARRIER = "barrier-of-the-test";
const BARRIER_ID = 1_000_000;

/**
 * Finds out which messages flow between accounts: each account publishes a request on each subject, each account
 * subscribes to each, and what arrives is listed as `to receives <subject> by <subscription>`.
 *
 * @param users the user of each account that acts for it; it may do everything
 * @param subjects valid subjects; those with wildcards are subscribed to only
 */
export async function flowsOf(
  pair: Pair,
  world: World,
  [from, to]: Way,
  users: readonly string[],
  subjects: readonly string[],
): Promise<string[]> {
  const ends = await Promise.all(
    users.map(async (user) => ({
      user,
      publisher: await logIn(pair, from, world, user),
      subscriber: await logIn(pair, to, world, user),
    })),
  );
  try {
    const listening = subjects.map((subject, id) => subscribe(subject, id));
    await Promise.all(ends.map(({ subscriber }) => subscriber.sendAll(listening)));
    await passBarriers(ends);
    const found: string[] = [];
    for (const { user, publisher } of ends) {
      const literal = subjects.filter((subject) => !hasWildcard(subject));
      await publisher.sendAll(literal.map((subject) => request(subject, "nowhere.to.reply")));
      await passBarriers(ends);
      found.push(...ends.flatMap((end) => received(end, subjects).map((what) => `${user} → ${end.user}: ${what}`)));
    }
    return found.sort();
  } finally {
    await Promise.all(ends.flatMap(({ publisher, subscriber }) => [publisher.close(), subscriber.close()]));
  }
}

function received({ subscriber }: { subscriber: Wire }, subjects: readonly string[]): string[] {
  const messages = subscriber.received.splice(0);
  return messages.flatMap(({ subject, id }) =>
    subject.includes(BARRIER) ? [] : [`${subject} by ${String(subjects[id])}`],
  );
}

/** How many barriers there were: each has a subject of its own, so that a late one is not taken for the next. */
let barriers = 0;

/**
 * Sends a message behind all others through each account's connection between the servers, again until it arrives. Then
 * all interest and all messages of the account that went before have arrived, too: the connection keeps their order.
 */
async function passBarriers(ends: readonly { publisher: Wire; subscriber: Wire }[]): Promise<void> {
  await Promise.all(
    ends.map(async ({ publisher, subscriber }) => {
      const barrier = `${BARRIER}.${(barriers += 1)}`;
      await subscriber.send(subscribe(barrier, BARRIER_ID + barriers));
      while (!subscriber.received.some(({ subject }) => subject === barrier)) {
        await publisher.send(publish(barrier));
        await subscriber.send("");
      }
    }),
  );
  // What the barriers of other accounts pushed ahead has been written to each client before its own answer to this.
  await Promise.all(ends.map(({ subscriber }) => subscriber.send("")));
}
