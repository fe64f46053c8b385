import { hasWildcard } from "../../provider/model/subjects";
import type { Side } from "../../provider/resources/cluster-configuration";
import type { Pair } from "./pair";
import { publish, subscribe, unsubscribe, Wire, type Proof } from "./wire";
import { loginOf, type World } from "./world";

/** What a server decided, by a description of what was asked. */
export type Decisions = Readonly<Record<string, string>>;

/** A queue group that nothing in the tests names, beside those that permissions do. */
const STRANGE_QUEUE = "strangers";

/** Logs a user in at one server of a pair, with what it has for that side. */
export function logIn(pair: Pair, side: Side, world: World, user: string): Promise<Wire> {
  const { seed, jwt } = loginOf(world, user);
  const proof: Proof = side === "static" ? { seed } : { seed, jwt };
  return Wire.open(pair.listeners[side].clientPort, proof);
}

/**
 * Asks one server for every decision on one user: to publish to each subject, to subscribe to it, alone and in queue
 * groups, and which of a colleague's messages its subscriptions then get.
 *
 * @param colleague a user of the same account who may do everything
 */
export async function decisionsOn(
  pair: Pair,
  side: Side,
  world: World,
  user: string,
  colleague: string,
  subjects: readonly string[],
): Promise<Decisions> {
  const wire = await logIn(pair, side, world, user);
  const other = await logIn(pair, side, world, colleague);
  try {
    const plain = subjects.filter((subject) => !subject.includes(" "));
    const queued = plain.flatMap((subject) => queuesIn(subjects).map((queue) => [subject, queue] as const));
    const published = await wire.sendAll(plain.map((subject) => publish(subject)));
    const inQueues = await wire.sendAll(
      queued.map(([subject, queue], id) => subscribe(subject, id, queue) + unsubscribe(id)),
    );
    const subscribed = await wire.sendAll(plain.map((subject, id) => subscribe(subject, id)));
    await other.sendAll(plain.filter((subject) => !hasWildcard(subject)).map((subject) => publish(subject)));
    await wire.send("");
    return Object.fromEntries([
      ...plain.map((subject, id) => [`publish ${subject}`, published[id]]),
      ...plain.map((subject, id) => [`subscribe ${subject}`, subscribed[id]]),
      ...queued.map(([subject, queue], id) => [`subscribe ${subject} in ${queue}`, inQueues[id]]),
      ...wire.received.map(({ subject, id }) => [`receive ${subject} by ${String(plain[id])}`, "allowed"]),
    ]) as Decisions;
  } finally {
    await Promise.all([wire.close(), other.close()]);
  }
}

function queuesIn(subjects: readonly string[]): string[] {
  const named = subjects.flatMap((subject) => subject.split(" ").slice(1));
  return [...new Set([...named, STRANGE_QUEUE])];
}

/** A subject and those around it: what it matches, what it only just does not match, what is above and below. */
export function around(text: string): string[] {
  const [subject = "", ...queue] = text.split(" ");
  const literal = subject.split(".").map((token) => (token === "*" || token === ">" ? "x" : token));
  const parent = literal.slice(0, -1);
  const neighbours = [
    [subject],
    literal,
    [...literal, "x"],
    [...literal, "x", "y"],
    parent,
    [...parent, "other"],
    [...parent, "*"],
    [...parent, ">"],
    [literal.join(".").toUpperCase()],
  ].map((tokens) => tokens.join("."));
  return [text, ...neighbours.filter((found) => found !== ""), ...queue.map((name) => `${subject} ${name}`)];
}
