import { FREE_USER } from "../../support/arbitraries";
import { subscribe, unsubscribe, type Wire } from "../../support/wire";
import { loginOf, named, type Facts } from "../facts";
import { logIn, toWire, type Client, type Place } from "../places";
import { arrival } from "./system";

/** Milliseconds in which the event of a connection arrives. */
const PATIENCE = 2_000;

/** A client of the system account that listens to events. */
interface Listener {
  readonly client: Client;
  readonly wire: Wire;
}

/** Ids of subscriptions: by the name of an account, by its name on the server, and to the events of all accounts. */
const BY_NAME = 1;
const BY_ID = 2;
const OF_ALL = 3;

/** Which clients of the system account receive the events of clients that connect, by account. */
export async function events(
  place: Place,
  clients: readonly Client[],
  systemAccount: string | undefined,
  facts: Facts,
): Promise<void> {
  const isFree = ({ name, limits }: Client) => name.endsWith(`/${FREE_USER}`) && limits === "none";
  const listeners = await listen(
    place,
    clients.filter(({ account, limits }) => account === systemAccount && limits === "none"),
  );
  const control = listeners.find(({ client }) => isFree(client));
  for (const visitor of control === undefined ? [] : clients.filter(isFree)) {
    await visit(place, visitor, listeners, control?.wire, facts);
  }
  for (const { wire } of listeners) {
    await wire.close();
  }
}

async function listen(place: Place, clients: readonly Client[]): Promise<Listener[]> {
  const listeners: Listener[] = [];
  for (const client of clients) {
    const wire = await logIn(place, client);
    if (wire !== undefined) {
      listeners.push({ client, wire });
    }
  }
  return listeners;
}

/** @param control a client that receives the events of all accounts */
async function visit(
  place: Place,
  visitor: Client,
  listeners: readonly Listener[],
  control: Wire | undefined,
  facts: Facts,
): Promise<void> {
  const subject = `$SYS.ACCOUNT.{${visitor.account}}.CONNECT`;
  for (const { wire } of listeners) {
    await wire.send(subscribe(named(subject), BY_NAME));
    await wire.send(subscribe(toWire(place, subject), BY_ID));
  }
  await control?.send(subscribe("$SYS.ACCOUNT.*.CONNECT", OF_ALL));
  const wire = await logIn(place, visitor);
  if (wire !== undefined && control !== undefined) {
    await arrival(control, OF_ALL, PATIENCE);
  }
  for (const listener of listeners) {
    await note(listener, subject, visitor, facts);
  }
  await wire?.close();
}

async function note({ client, wire }: Listener, subject: string, visitor: Client, facts: Facts): Promise<void> {
  for (const [id, by] of [
    [BY_NAME, named(subject)],
    [BY_ID, subject],
  ] as const) {
    const text = `${client.name} receives events by ${by}`;
    facts.ask(text);
    await wire.send("");
    if (wire.received.some((message) => message.id === id)) {
      const requires = [loginOf(client.name), loginOf(visitor.name)];
      facts.add({ topic: "system", clients: [client.name], text, requires, subject });
    }
  }
  for (const id of [BY_NAME, BY_ID, OF_ALL]) {
    await wire.send(unsubscribe(id));
  }
  wire.received.splice(0);
}
