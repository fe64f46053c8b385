import { hasWildcard } from "../../provider/model/subjects/subjects";
import type { Side } from "../../provider/servers/places";
import type { Pair } from "./pair";
import { publish, subscribe, unsubscribe, Wire, type Decision, type Proof } from "./wire";
import { loginOf, type World } from "./world";

/** What a server decided, by a description of what was asked. */
export type Decisions = Readonly<Record<string, string>>;

/** A subscription, alone or in a queue group. */
export interface Subscription {
  readonly subject: string;
  readonly queue?: string;
}

/** What is asked about one user. */
export interface Questions {
  /** Subjects to publish to: by the user, and by a colleague, to see what reaches the user. */
  readonly publish: readonly string[];
  readonly subscribe: readonly Subscription[];
}

/** A queue group that nothing in the tests names, beside those that permissions do. */
const STRANGE_QUEUE = "strangers";

/** What reaches nobody. */
export const NOTHING = "nothing";

/** Logs a user in at one server of a pair, with what it has for that side. */
export function logIn(pair: Pair, side: Side, world: World, user: string): Promise<Wire> {
  const { seed, jwt } = loginOf(world, user);
  const proof: Proof = side === "static" ? { seed } : { seed, jwt };
  return Wire.open(pair.listeners[side].clientPort, proof);
}

/** What to ask about a user: to publish to each subject, to subscribe to it, alone and in each queue group. */
export function questionsOn(subjects: readonly string[]): Questions {
  const plain = [...new Set(subjects.map((text) => text.split(" ")[0] ?? ""))];
  const queues = [...new Set([...subjects.flatMap((text) => text.split(" ").slice(1)), STRANGE_QUEUE])];
  return {
    publish: plain,
    subscribe: plain.flatMap((subject) => [{ subject }, ...queues.map((queue) => ({ subject, queue }))]),
  };
}

/**
 * Asks one server for every decision on one user: to publish, to subscribe, and which of a colleague's messages its
 * subscriptions then get.
 *
 * @param colleague a user of the same account who may do everything
 */
export async function decisionsOn(
  pair: Pair,
  side: Side,
  world: World,
  user: string,
  colleague: string,
  questions: Questions,
): Promise<Decisions> {
  const wire = await logIn(pair, side, world, user);
  const other = await logIn(pair, side, world, colleague);
  try {
    const published = await wire.sendAll(questions.publish.map((subject) => publish(subject)));
    const subscribed = await wire.sendAll(
      questions.subscribe.map(({ subject, queue }, id) => subscribe(subject, id, queue) + unsubscribe(id)),
    );
    const allowed = questions.subscribe.filter((_, index) => subscribed[index] === "allowed");
    return {
      ...Object.fromEntries(questions.publish.map((subject, id) => [publishing(subject), String(published[id])])),
      ...Object.fromEntries(questions.subscribe.map((what, id) => [subscribing(what), String(subscribed[id])])),
      ...(await deliveries(wire, other, allowed, literal(questions.publish))),
    };
  } finally {
    await Promise.all([wire.close(), other.close()]);
  }
}

/** How often messages were sent to see whom they reach: each time they are told from those of others by its number. */
let sendings = 0;

/** Which messages of another user each subscription gets. */
async function deliveries(wire: Wire, other: Wire, all: readonly Subscription[], subjects: readonly string[]) {
  const found: Record<string, string> = {};
  for (const round of rounds(all)) {
    const sending = String((sendings += 1));
    await wire.send(round.map(({ subject, queue }, id) => subscribe(subject, id, queue)).join(""));
    await other.send(subjects.map((subject) => publish(subject, sending)).join(""));
    await wire.send(round.map((_, id) => unsubscribe(id)).join(""));
    const messages = wire.received.splice(0).filter(({ text }) => text === sending);
    for (const [index, subscription] of round.entries()) {
      found[receiving(subscription)] = listed(messages.filter(({ id }) => id === index).map(({ subject }) => subject));
    }
  }
  return found;
}

/**
 * Subscriptions in rounds: those of one round do not take messages from each other, since each is in a queue group of
 * its own or in none.
 */
function rounds(all: readonly Subscription[]): Subscription[][] {
  const queues = [...new Set(all.flatMap(({ queue }) => queue ?? []))];
  const inQueues = queues.map((name) => all.filter(({ queue }) => queue === name));
  const longest = Math.max(0, ...inQueues.map((list) => list.length));
  const turns = Array.from({ length: longest }, (_, turn) => inQueues.flatMap((list) => list[turn] ?? []));
  return [all.filter(({ queue }) => queue === undefined), ...turns];
}

/** Subjects as one text, sorted: in which order messages arrive decides nothing. */
export function listed(subjects: readonly string[]): string {
  return subjects.length === 0 ? NOTHING : subjects.toSorted().join(", ");
}

/** The subjects without wildcards. */
export function literal(subjects: readonly string[]): string[] {
  return subjects.filter((subject) => !hasWildcard(subject));
}

/** What a decision on publishing is called. */
export function publishing(subject: string): string {
  return `publish ${subject}`;
}

/** What a decision on subscribing is called. */
export function subscribing({ subject, queue }: Subscription): string {
  return `subscribe ${subject}${queue === undefined ? "" : ` in ${queue}`}`;
}

/** What a decision on receiving is called. */
export function receiving(subscription: Subscription): string {
  return `receive by ${subscribing(subscription).slice("subscribe ".length)}`;
}

/** A decision as the wire says it. */
export function decision(allowed: boolean): Decision {
  return allowed ? "allowed" : "denied";
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
