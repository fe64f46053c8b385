import { logIn } from "./decisions";
import type { Cluster } from "./pair";
import { publish, subscribe, unsubscribe, type Wire } from "./wire";
import type { World } from "./world";

/** Which server a message is published on, and which one it should arrive on. */
export type Way = readonly [from: string, to: string];

/** The two connections of a user that acts for its account: where messages come from, and where they go. */
export interface Ends {
  readonly user: string;
  readonly here: Wire;
  readonly there: Wire;
}

/** Where barriers are published: a subject that no test uses otherwise. */
const BARRIER = "barrier-of-the-test";
const BARRIER_ID = 1_000_000;

/** Runs something with connections of users, which are closed whatever happens. */
export async function withEnds<T>(
  cluster: Cluster,
  world: World,
  [from, to]: Way,
  users: readonly string[],
  use: (ends: readonly Ends[]) => Promise<T>,
): Promise<T> {
  const ends = await Promise.all(
    users.map(async (user) => ({
      user,
      here: await logIn(cluster, from, world, user),
      there: await logIn(cluster, to, world, user),
    })),
  );
  try {
    return await use(ends);
  } finally {
    await Promise.all(ends.flatMap(({ here, there }) => [here.close(), there.close()]));
  }
}

/** How many barriers there were: each has a text of its own, so that a late one is not taken for the next. */
let barriers = 0;

/**
 * Sends a message behind all others through each account's connection between the servers, again until it arrives. Then
 * all interest and all messages of the account that went before have arrived, too: the connection keeps their order.
 */
export async function passBarriers(
  ends: readonly Pick<Ends, "here" | "there">[],
  way: "there" | "back" = "there",
): Promise<void> {
  const passing = ends.map(({ here, there }) =>
    way === "there" ? { publisher: here, subscriber: there } : { publisher: there, subscriber: here },
  );
  await Promise.all(passing.map(({ publisher, subscriber }) => passBarrier(publisher, subscriber)));
  // What the barriers of other accounts pushed ahead has been written to each client before its own answer to this.
  await Promise.all(passing.map(({ subscriber }) => subscriber.send("")));
}

/** Milliseconds in which a barrier arrives on any machine. */
const PASSED = 60_000;

/** A message does not get from one server to the other, though it is sent again and again. */
export class LostMessage extends Error {
  override readonly name = "LostMessage";
}

/** Mappings can take a barrier anywhere, so it is known by its text. Whatever else is heard meanwhile is none of it. */
async function passBarrier(publisher: Wire, subscriber: Wire): Promise<void> {
  const id = BARRIER_ID + (barriers += 1);
  const barrier = `${BARRIER} ${id}`;
  const end = Date.now() + PASSED;
  await subscriber.send(subscribe(">", id));
  while (!subscriber.received.some(({ text }) => text === barrier)) {
    const sent = [await publisher.send(publish(BARRIER, barrier)), await subscriber.send("")];
    if (sent.includes("closed") || Date.now() > end) {
      throw new LostMessage("a message does not arrive, or a server has closed a connection");
    }
  }
  await subscriber.send(unsubscribe(id));
  subscriber.received.push(...subscriber.received.splice(0).filter((message) => message.id !== id));
}
