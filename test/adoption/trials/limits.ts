import { publish, subscribe, type Wire } from "../../support/wire";
import { loginOf, type Facts, type Topic } from "../facts";
import { logIn, type Client, type Place } from "../places";

/** Number of attempts: more than any limit of the generated drafts that a trial is meant to reach. */
const TRIES = 5;
/** Sizes of messages in bytes, around the limits of the generated drafts. */
const PAYLOADS = [0, 1, 2, 10, 11, 1_024, 1_025];

/** How far clients with limits may go. They have one connection at a time, apart from that. */
export async function limits(
  place: Place,
  clients: readonly Client[],
  subjects: readonly string[],
  facts: Facts,
): Promise<void> {
  for (const client of clients.filter((one) => one.limits !== "none")) {
    const isBrief = client.limits === "no subscriptions";
    const requires = isBrief ? [] : [loginOf(client.name)];
    const note = (topic: Topic, text: string, isTrue: boolean) => {
      facts.ask(`${client.name} ${text}`);
      if (isTrue) {
        facts.add({ topic, clients: [client.name], text: `${client.name} ${text}`, requires });
      }
    };
    if (isBrief) {
      note(
        "subscriptions",
        "has a subscription",
        (await using(place, client, 0, (wire) => subscriptions(wire, subjects))) > 0,
      );
      continue;
    }
    const connected = await connections(place, client);
    const count = await using(place, client, 0, (wire) => subscriptions(wire, subjects));
    const largest = await using(place, client, [], (wire) => payloads(wire, subjects));
    for (let number = 1; number <= TRIES; number += 1) {
      note("connections", `has ${number} connections`, connected >= number);
      note("subscriptions", `has ${number} subscriptions`, count >= number);
    }
    for (const bytes of PAYLOADS) {
      note("payload", `publishes ${bytes} bytes`, largest.includes(bytes));
    }
  }
}

async function connections(place: Place, client: Client): Promise<number> {
  const wires: Wire[] = [];
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const wire = await logIn(place, attempt === 0 ? client : { ...client, limits: "none" });
    if (wire === undefined) {
      break;
    }
    wires.push(wire);
  }
  await Promise.all(wires.map((wire) => wire.close()));
  return wires.length;
}

async function using<T>(place: Place, client: Client, otherwise: T, use: (wire: Wire) => Promise<T>): Promise<T> {
  const wire = await logIn(place, client);
  if (wire === undefined) {
    return otherwise;
  }
  try {
    return await use(wire);
  } finally {
    await wire.close();
  }
}

/** The number of subscriptions to the first subject that may be subscribed to at all. */
async function subscriptions(wire: Wire, subjects: readonly string[]): Promise<number> {
  const counts: number[] = [];
  for (const [index, subject] of subjects.entries()) {
    const made = await wire.sendAll(Array.from({ length: TRIES }, (_, id) => subscribe(subject, index * TRIES + id)));
    counts.push(made.filter((decision) => decision === "allowed").length);
    if ((counts.at(-1) ?? 0) > 0) {
      break;
    }
  }
  return Math.max(0, ...counts);
}

/** The sizes of messages that may be published, on a subject that may be published on. */
async function payloads(wire: Wire, subjects: readonly string[]): Promise<number[]> {
  for (const subject of subjects) {
    if ((await wire.send(publish(subject))) === "allowed") {
      const sent: number[] = [];
      for (const bytes of PAYLOADS) {
        // A message that is too large ends the connection.
        if ((await wire.send(publish(subject, "x".repeat(bytes)))) === "allowed") {
          sent.push(bytes);
        }
      }
      return sent;
    }
  }
  return [];
}
