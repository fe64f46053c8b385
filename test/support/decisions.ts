import { hasWildcard } from "../../provider/model/subjects/subjects";
import { portOf, type Cluster } from "./pair";
import { modeOf } from "./sides";
import { publish, subscribe, unsubscribe, Wire, type Decision, type Proof } from "./wire";
import { loginOf, type World } from "./world";

/** Decisions of a server, by a description of the question. */
export type Decisions = Readonly<Record<string, string>>;

/** A subscription, alone or in a queue group. */
export interface Subscription {
  readonly subject: string;
  readonly queue?: string;
}

/** Questions about one user. */
export interface Questions {
  /** Subjects on which the user publishes, and on which a colleague publishes to the user. */
  readonly publish: readonly string[];
  readonly subscribe: readonly Subscription[];
}

/** A queue group that no permission names. */
const STRANGE_QUEUE = "strangers";

/** Text for an empty list of subjects. */
export const NOTHING = "nothing";

/** Logs a user in to one server of a cluster, with its credentials for the server's mode. */
export function logIn(cluster: Cluster, server: string, world: World, user: string): Promise<Wire> {
  const { seed, jwt } = loginOf(world, user);
  const proof: Proof = modeOf(server) === "static" ? { seed } : { seed, jwt };
  return Wire.open(portOf(cluster, server), proof);
}

/** Returns questions about publishing to each subject, and subscribing to it, alone and in each queue group. */
export function questionsOn(subjects: readonly string[]): Questions {
  const plain = [...new Set(subjects.map((text) => text.split(" ")[0] ?? ""))];
  const queues = [...new Set([...subjects.flatMap((text) => text.split(" ").slice(1)), STRANGE_QUEUE])];
  return {
    publish: plain,
    subscribe: plain.flatMap((subject) => [{ subject }, ...queues.map((queue) => ({ subject, queue }))]),
  };
}

/**
 * Returns all decisions of one server on one user: which subjects it may publish and subscribe to, and which messages of a
 * colleague its subscriptions receive.
 *
 * @param colleague an unrestricted user of the same account
 */
export async function decisionsOn(
  cluster: Cluster,
  server: string,
  world: World,
  user: string,
  colleague: string,
  questions: Questions,
): Promise<Decisions> {
  const wire = await logIn(cluster, server, world, user);
  const other = await logIn(cluster, server, world, colleague);
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

/** Number of rounds of messages. Messages contain it, to distinguish the rounds. */
let sendings = 0;

/** Returns the messages of another user that each subscription receives. */
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
 * Divides subscriptions into rounds. Those of one round do not compete for messages, since each is in a different queue
 * group or in none.
 */
function rounds(all: readonly Subscription[]): Subscription[][] {
  const queues = [...new Set(all.flatMap(({ queue }) => queue ?? []))];
  const inQueues = queues.map((name) => all.filter(({ queue }) => queue === name));
  const longest = Math.max(0, ...inQueues.map((list) => list.length));
  const turns = Array.from({ length: longest }, (_, turn) => inQueues.flatMap((list) => list[turn] ?? []));
  return [all.filter(({ queue }) => queue === undefined), ...turns];
}

/** Returns subjects as sorted text, since the order of messages is irrelevant. */
export function listed(subjects: readonly string[]): string {
  return subjects.length === 0 ? NOTHING : subjects.toSorted().join(", ");
}

/** Returns the subjects without wildcards. */
export function literal(subjects: readonly string[]): string[] {
  return subjects.filter((subject) => !hasWildcard(subject));
}

/** Describes a decision on publishing. */
export function publishing(subject: string): string {
  return `publish ${subject}`;
}

/** Describes a decision on subscribing. */
export function subscribing({ subject, queue }: Subscription): string {
  return `subscribe ${subject}${queue === undefined ? "" : ` in ${queue}`}`;
}

/** Describes a decision on receiving. */
export function receiving(subscription: Subscription): string {
  return `receive by ${subscribing(subscription).slice("subscribe ".length)}`;
}

/** Returns a decision in the form of {@link Wire}. */
export function decision(allowed: boolean): Decision {
  return allowed ? "allowed" : "denied";
}

/** Returns a subject and its neighbours: subjects that it matches or narrowly misses, parents and children. */
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

/** Maximum length of a tested subject. A server rejects subjects that exceed a protocol line. */
const LONGEST = 2_100;

/** Returns the given subjects, and as many of their neighbours as fit, spread evenly. */
export function withNeighbours(named: readonly string[], most: number): string[] {
  const first = [...new Set(named)].filter((subject) => subject.length <= LONGEST);
  const rest = [...new Set(["x", ...first].flatMap(around))].filter((subject) => !first.includes(subject));
  const room = Math.max(0, most - first.length);
  const step = Math.max(1, rest.length / room);
  const spread = Array.from(
    { length: Math.min(room, rest.length) },
    (_, index) => rest[Math.floor(index * step)] ?? "x",
  );
  return [...first, ...spread];
}
