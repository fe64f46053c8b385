import { literal } from "../../support/decisions";
import { publish, request, subscribe, type Wire } from "../../support/wire";
import { loginOf, named, publishing, subscribing, type Facts } from "../facts";
import { fromWire, logIn, toWire, type Client, type Place } from "../places";

/** What all clients try. */
export interface Questions {
  /** Subjects to publish on and to subscribe to; those with wildcards or a queue group are subscribed to only. */
  readonly subjects: readonly string[];
  readonly accounts: readonly string[];
  readonly systemAccount: string | undefined;
}

/**
 * The subjects that a client tries. What servers call an account has a meaning among the subjects of the system account, and
 * in those of exports.
 */
function subjectsOf(client: string, { subjects, systemAccount }: Questions): readonly string[] {
  const isSystem = systemAccount !== undefined && client.startsWith(`${systemAccount}/`);
  return isSystem ? subjects : subjects.filter((subject) => !(subject.startsWith("$SYS.") && subject.includes("{")));
}

/** A request that arrived: who asked, on which subject, and who can answer. */
export interface Arrival {
  readonly from: string;
  /** The subject, with the names of accounts, and with references to them. */
  readonly subjects: readonly string[];
  readonly to: string;
}

/** Connected clients of one server. */
type Connected = ReadonlyMap<string, Wire>;

/** Number of answers to each request. */
const ANSWERS = 3;
/** Requests that are answered, of those that arrived. */
const MOST = 10;

/**
 * What clients may publish and subscribe to, which messages arrive where, and which requests may be answered.
 *
 * @param arrivals requests to answer; those that arrive here, if there are none yet
 * @returns the requests that were answered
 */
export async function messages(
  place: Place,
  clients: readonly Client[],
  questions: Questions,
  facts: Facts,
  arrivals?: readonly Arrival[],
): Promise<readonly Arrival[]> {
  const connected = new Map<string, Wire>();
  try {
    for (const client of clients.filter((one) => one.limits === "none")) {
      const wire = await logIn(place, client);
      if (wire !== undefined) {
        connected.set(client.name, wire);
      }
    }
    await subscriptions(place, connected, questions, facts);
    const found = await flows(place, connected, questions, facts);
    const answered = arrivals ?? found.slice(0, MOST);
    for (const arrival of answered) {
      await answers(place, connected, arrival, facts);
    }
    return answered;
  } finally {
    await Promise.all([...connected.values()].map((wire) => wire.close()));
  }
}

async function subscriptions(place: Place, connected: Connected, questions: Questions, facts: Facts): Promise<void> {
  for (const [client, wire] of connected) {
    const subjects = subjectsOf(client, questions);
    const decisions = await wire.sendAll(
      subjects.map((text, id) => {
        const [subject = "", queue] = toWire(place, text).split(" ");
        // Of a queue group, one member only would hear a message.
        return subscribe(subject, id, queue) + (queue === undefined ? "" : `UNSUB ${id}\r\n`);
      }),
    );
    subjects.forEach((subject, id) => {
      const text = subscribing(client, subject);
      facts.ask(text);
      if (decisions[id] === "allowed") {
        facts.add({ topic: "permission", clients: [client], text, requires: [loginOf(client)], subject });
      }
    });
  }
}

let requests = 0;

async function flows(place: Place, connected: Connected, questions: Questions, facts: Facts) {
  const asked = new Map<string, { from: string; subject: string }>();
  for (const [client, wire] of connected) {
    const own = literal(subjectsOf(client, questions)).filter((subject) => !subject.includes(" "));
    const ids = own.map(() => String((requests += 1)));
    const decisions = await wire.sendAll(
      own.map((subject, index) => request(toWire(place, subject), inboxOf(ids[index]), ids[index])),
    );
    own.forEach((subject, index) => {
      const text = publishing(client, subject);
      facts.ask(text);
      if (decisions[index] === "allowed") {
        facts.add({ topic: "permission", clients: [client], text, requires: [loginOf(client)], subject });
      }
      asked.set(ids[index] ?? "", { from: client, subject });
    });
  }
  const arrivals = new Map<string, Arrival>();
  for (const [to, wire] of connected) {
    await wire.send("");
    for (const { subject: as, id, text: number, reply } of wire.received.splice(0)) {
      const { from, subject } = asked.get(number) ?? {};
      if (from !== undefined && subject !== undefined) {
        const by = subjectsOf(to, questions)[id] ?? "";
        const text = `${publishing(from, subject)}, ${to} receives ${fromWire(place, as, questions.accounts)} by ${by}`;
        const requires = [loginOf(from), loginOf(to), publishing(from, subject), subscribing(to, by)];
        const reach = reaching(from, subject, to);
        facts.add({ topic: "flow", clients: [from, to], text: reach, requires, subject });
        facts.add({ topic: "flow", clients: [from, to], text, requires: [...requires, reach], subject });
        if (reply !== undefined && from !== to) {
          const subjects = subjectsOf(from, questions).filter((one) => named(one) === named(subject));
          arrivals.set(`${from} ${named(subject)} ${to}`, { from, subjects, to });
        }
      }
    }
  }
  return [...arrivals.values()];
}

/** That a message arrives, by whichever subscription. */
function reaching(from: string, subject: string, to: string): string {
  return `${from} reaches ${to} on ${subject}`;
}

function inboxOf(id = ""): string {
  return `_INBOX.adoption.${id}`;
}

/** Asks again, and has one receiver answer. */
async function answers(place: Place, connected: Connected, { from, subjects, to }: Arrival, facts: Facts) {
  const [subject = ""] = subjects;
  const [asking, answering] = [connected.get(from), connected.get(to)];
  const about = `${to} answers ${from} on ${subject}`;
  const asked = Array.from({ length: ANSWERS }, (_, index) => `${about}, ${index + 1} times`);
  const heard = Array.from({ length: ANSWERS }, (_, index) => `${about}, of which ${index + 1} arrive`);
  [...asked, ...heard].forEach((question) => {
    facts.ask(question);
  });
  if (asking === undefined || answering === undefined) {
    return;
  }
  const id = String((requests += 1));
  await asking.send(subscribe(inboxOf(id), INBOX));
  for (const spelled of subjects) {
    await asking.send(request(toWire(place, spelled), inboxOf(id), id));
  }
  await answering.send("");
  const reply = answering.received.find(({ text }) => text === id)?.reply;
  if (reply === undefined) {
    return;
  }
  const decisions = await answering.sendAll(
    Array.from({ length: ANSWERS }, (_, index) => publish(reply, `${id} ${index}`)),
  );
  await asking.send("");
  const arrived = asking.received.filter(({ id: by, text }) => by === INBOX && text.startsWith(`${id} `)).length;
  await asking.send(`UNSUB ${INBOX}\r\n`);
  connected.forEach((wire) => wire.received.splice(0));
  const allowed = decisions.filter((decision) => decision === "allowed").length;
  const needed = [loginOf(from), loginOf(to), publishing(from, subject), reaching(from, subject, to)];
  asked.slice(0, allowed).forEach((text) => {
    facts.add({ topic: "answer", clients: [from, to], text, requires: needed, subject });
  });
  heard.slice(0, arrived).forEach((text, index) => {
    facts.add({ topic: "answer", clients: [from, to], text, requires: [...needed, asked[index] ?? ""], subject });
  });
}

/** The id of the subscription to an inbox. */
const INBOX = 1_000_000;
