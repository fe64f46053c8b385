import { literal, type Decisions } from "./decisions";
import { passBarriers, withEnds, type Way } from "./ends";
import type { Cluster } from "./pair";
import { publish, request, subscribe } from "./wire";
import type { World } from "./world";

/** A request of one account that another one may get and answer. */
export interface Request {
  readonly asker: string;
  readonly subject: string;
  readonly answerer: string;
}

/** How many answers each request is given: more than one, to see whether the others are forwarded. */
export const ANSWERS = 2;

const EVERYTHING = 0;
const INBOX = "answers-of-the-test";

/** Where the answers to a request go, by its number. */
export function inboxOf(id: number | "*"): string {
  return `${INBOX}.${id}`;
}

/** What a decision on answers is called. */
export function asking({ asker, subject, answerer }: Request): string {
  return `${asker} asks ${subject}, ${answerer} answers`;
}

/**
 * Finds out how many answers come back: the asker sends each request on one server, the answerer gets it on the other,
 * or does not, and answers it {@link ANSWERS} times.
 *
 * @param requests between users that act for their accounts and may do everything
 */
export async function answersTo(
  cluster: Cluster,
  world: World,
  way: Way,
  requests: readonly Request[],
): Promise<Decisions> {
  const plain = requests.filter(({ subject }) => literal([subject]).length > 0);
  const users = [...new Set(plain.flatMap(({ asker, answerer }) => [asker, answerer]))];
  return withEnds(cluster, world, way, users, async (ends) => {
    await Promise.all(
      ends.map(async ({ here, there }) => {
        await there.send(subscribe(">", EVERYTHING));
        await here.send(subscribe(inboxOf("*"), EVERYTHING));
      }),
    );
    await passBarriers(ends);
    await passBarriers(ends, "back");
    const sent = (user: string) => plain.flatMap((asked, id) => (asked.asker === user ? [{ ...asked, id }] : []));
    await Promise.all(
      ends.map(({ user, here }) =>
        here.send(
          sent(user)
            .map(({ subject, id }) => request(subject, inboxOf(id), String(id)))
            .join(""),
        ),
      ),
    );
    await passBarriers(ends);
    await Promise.all(
      ends.map(({ user, there }) => {
        const own = there.received.filter(({ text }) => text !== "" && plain[Number(text)]?.answerer === user);
        const replies = own.flatMap(({ reply, text }) => (reply === undefined ? [] : publish(reply, text)));
        return there.send(Array.from({ length: ANSWERS }, () => replies.join("")).join(""));
      }),
    );
    await passBarriers(ends, "back");
    const received = ends.flatMap(({ user, here }) => here.received.map((message) => ({ user, ...message })));
    return Object.fromEntries(
      plain.map((asked, id) => {
        const answers = received.filter(({ user, subject }) => user === asked.asker && subject === inboxOf(id));
        return [asking(asked), String(answers.length)] as const;
      }),
    );
  });
}
