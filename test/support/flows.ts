import { listed, literal, type Decisions } from "./decisions";
import { passBarriers, withEnds, type Way } from "./ends";
import type { Cluster } from "./pair";
import { request, subscribe, type Wire } from "./wire";
import type { World } from "./world";

/** A subject without subscribers, for replies. */
const NOWHERE = "nowhere.to.reply";

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
  cluster: Cluster,
  world: World,
  way: Way,
  users: readonly string[],
  subjects: readonly string[],
): Promise<Decisions> {
  return withEnds(cluster, world, way, users, async (ends) => {
    const listening = subjects.map((subject, id) => subscribe(subject, id));
    await Promise.all(ends.map(({ there }) => there.send(listening.join(""))));
    await passBarriers(ends);
    const asked = ends.flatMap(({ user }) => literal(subjects).map((subject) => ({ user, subject })));
    const requests = asked.map(({ user, subject }, id) => [user, request(subject, NOWHERE, String(id))] as const);
    await Promise.all(
      ends.map(({ user, here }) => here.send(requests.flatMap(([of, what]) => (of === user ? what : [])).join(""))),
    );
    await passBarriers(ends);
    const heard = ends.map((end) => ({ user: end.user, messages: messagesById(end.there, subjects) }));
    return Object.fromEntries(
      asked.flatMap(({ user, subject }, id) =>
        heard.map((end) => [arriving(user, subject, end.user), listed(end.messages.get(id) ?? [])] as const),
      ),
    );
  });
}

/** What arrived, by the number of the request. */
function messagesById({ received }: Wire, subjects: readonly string[]): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const { subject, id, text } of received) {
    found.set(Number(text), [...(found.get(Number(text)) ?? []), arrived(subject, String(subjects[id]))]);
  }
  return found;
}
