import { setTimeout as sleep } from "node:timers/promises";
import { request, subscribe, unsubscribe, type Wire } from "../../support/wire";
import { loginOf, type Facts } from "../facts";
import { logIn, toWire, type Client, type Place } from "../places";

/** What each client asks of the server itself. */
const SERVICES = ["$SYS.REQ.SERVER.PING", "$SYS.REQ.USER.INFO"];
/** What clients of the system account ask about an account. */
const OF_ACCOUNT = "$SYS.REQ.ACCOUNT.{}.CONNZ";
const STREAMS = "$JS.API.INFO";

/** Milliseconds in which a server answers what it answers at all. */
const ANSWERED = 1_500;
/** Milliseconds in which JetStream of two servers agrees on a leader on any machine. Before that, it may not answer. */
const LED = 20_000;
/** The same on most machines, for an answer that is not expected. */
const MOSTLY_LED = 4_000;
const PAUSE = 10;

/** An answer of JetStream without a leader. */
const NO_LEADER = '"code":503';

/** The accounts that clients ask about. */
interface Asked {
  readonly accounts: readonly string[];
  readonly systemAccount: string | undefined;
  readonly jetstream: boolean;
}

/**
 * Which questions a server answers to which clients: about itself, about accounts, and about streams.
 *
 * @param expected what the original server has answered
 */
export async function system(
  place: Place,
  clients: readonly Client[],
  { accounts, systemAccount, jetstream }: Asked,
  facts: Facts,
  expected: Facts | undefined,
): Promise<void> {
  const begin = performance.now();
  for (const client of clients.filter((one) => one.limits === "none")) {
    const wire = await logIn(place, client, { headers: true });
    const about = client.account === systemAccount ? accounts : [];
    for (const subject of [
      ...SERVICES,
      ...about.map((name) => OF_ACCOUNT.replace("{}", `{${name}}`)),
      // Nobody answers the system account, which has no streams.
      ...(jetstream && client.account !== systemAccount ? [STREAMS] : []),
    ]) {
      const text = `${client.name} is answered on ${subject}`;
      facts.ask(text);
      const patience = subject !== STREAMS ? 0 : expected?.has(text) === true ? LED : MOSTLY_LED;
      if (wire !== undefined && (await isAnswered(wire, toWire(place, subject), begin + patience))) {
        facts.add({ topic: "system", clients: [client.name], text, requires: [loginOf(client.name)], subject });
      }
    }
    await wire?.close();
  }
}

let inboxes = 0;

/** @param end the time until which JetStream may lack a leader that answers */
async function isAnswered(wire: Wire, subject: string, end: number): Promise<boolean> {
  do {
    const answer = await ask(wire, subject);
    if (answer === "denied" || (answer !== undefined && !answer.includes(NO_LEADER))) {
      return answer !== "denied" && answer !== "" && !answer.includes('"error":');
    }
  } while (performance.now() < end);
  return false;
}

/** Returns the answer to a request: an empty one when nobody can answer, undefined when nobody does in time. */
async function ask(wire: Wire, subject: string): Promise<string | undefined> {
  const id = (inboxes += 1);
  const inbox = `_INBOX.system.${id}`;
  const sent = [await wire.send(subscribe(inbox, id)), await wire.send(request(subject, inbox))];
  if (sent.some((decision) => decision !== "allowed")) {
    return "denied";
  }
  const answer = await arrival(wire, id, ANSWERED);
  await wire.send(unsubscribe(id));
  return answer;
}

/** Waits for a message of a subscription, if any comes. @returns its text */
export async function arrival(wire: Wire, id: number, patience: number): Promise<string | undefined> {
  for (const end = performance.now() + patience; performance.now() < end;) {
    await wire.send("");
    const found = wire.received.find((message) => message.id === id);
    if (found !== undefined) {
      return found.text;
    }
    await sleep(PAUSE);
  }
  return undefined;
}
