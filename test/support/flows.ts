import type { Side } from "../../provider/resources/cluster-configuration";
import { listed, literal, logIn, type Decisions } from "./decisions";
import type { Pair } from "./pair";
import { publish, request, subscribe, type Wire } from "./wire";
import type { World } from "./world";

/** Which server a message is published on, and which one it should arrive on. */
export type Way = readonly [from: Side, to: Side];

/** Where barriers are published: a subject that no test uses otherwise. */
const BARRIER = "barrier-of-the-test";
const BARRIER_ID = 1_000_000;
/** Where nobody listens for answers. */
const NOWHERE = "nowhere.to.reply";

/** The two connections of a user that acts for its account. */
interface Ends {
  readonly user: string;
  readonly publisher: Wire;
  readonly subscriber: Wire;
}

/** What a decision on what arrives is called. */
export function arriving(from: string, subject: string, to: string): string {
  return `${from} publishes ${subject}, ${to} receives`;
}

/** A message that arrived: as what, and by which subscription. */
export function arrived(subject: string, by: string): string {
  return `${subject} by ${by}`;
}

/**
 * Finds out which messages flow between accounts: each account publishes a request on each subject, each account
 * subscribes to each, and hears what arrives.
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
): Promise<Decisions> {
  return withEnds(pair, world, [from, to], users, async (ends) => {
    const listening = subjects.map((subject, id) => subscribe(subject, id));
    await Promise.all(ends.map(({ subscriber }) => subscriber.send(listening.join(""))));
    await passBarriers(ends);
    const asked = ends.flatMap(({ user }) => literal(subjects).map((subject) => ({ user, subject })));
    const requests = asked.map(({ user, subject }, id) => [user, request(subject, NOWHERE, String(id))] as const);
    await Promise.all(
      ends.map(({ user, publisher }) =>
        publisher.send(requests.flatMap(([of, what]) => (of === user ? what : [])).join("")),
      ),
    );
    await passBarriers(ends);
    const heard = ends.map((end) => ({ user: end.user, messages: messagesById(end.subscriber, subjects) }));
    return Object.fromEntries(
      asked.flatMap(({ user, subject }, id) =>
        heard.map((end) => [arriving(user, subject, end.user), listed(end.messages.get(id) ?? [])] as const),
      ),
    );
  });
}

/** Runs something with connections of users, which are closed whatever happens. */
async function withEnds<T>(
  pair: Pair,
  world: World,
  [from, to]: Way,
  users: readonly string[],
  use: (ends: readonly Ends[]) => Promise<T>,
): Promise<T> {
  const ends = await Promise.all(
    users.map(async (user) => ({
      user,
      publisher: await logIn(pair, from, world, user),
      subscriber: await logIn(pair, to, world, user),
    })),
  );
  try {
    return await use(ends);
  } finally {
    await Promise.all(ends.flatMap(({ publisher, subscriber }) => [publisher.close(), subscriber.close()]));
  }
}

/** What arrived, by the number of the request; barriers have none. */
function messagesById({ received }: Wire, subjects: readonly string[]): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const { subject, id, text } of received.filter((message) => message.text !== "")) {
    found.set(Number(text), [...(found.get(Number(text)) ?? []), arrived(subject, String(subjects[id]))]);
  }
  return found;
}

/** How many barriers there were: each has a subject of its own, so that a late one is not taken for the next. */
let barriers = 0;

/**
 * Sends a message behind all others through each account's connection between the servers, again until it arrives. Then
 * all interest and all messages of the account that went before have arrived, too: the connection keeps their order.
 */
async function passBarriers(ends: readonly Ends[]): Promise<void> {
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
