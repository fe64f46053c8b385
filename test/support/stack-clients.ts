import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
  RequestError,
  type Authenticator,
  type ConnectionOptions,
  type Msg,
  type NatsConnection,
  type Subscription,
  TimeoutError,
} from "@nats-io/transport-node";
import { by } from "./clients";

const CONNECT_TIMEOUT = 10_000;
/** Milliseconds in which something must have crossed the route. */
const CROSS_TIMEOUT = 20_000;
const REQUEST_TIMEOUT = 2_000;
/** Milliseconds in which a client notices that its server has ended the connection, on a busy machine. */
const LOSS_TIMEOUT = 20_000;
const PAUSE = 20;

const encoder = new TextEncoder();

/** Logs in with a seed alone. */
export function bySeed(seed: string | undefined): Authenticator {
  assert.ok(seed !== undefined);
  return by.seed(seed);
}

/** Logs in with credentials. */
export function byCreds(creds: string | undefined): Authenticator {
  assert.ok(creds !== undefined);
  return by.creds(creds);
}

/** The same with the authenticators of nats.js, which users have. They take 25 ms of CPU to sign. */
export const natsJs = {
  bySeed: (seed = ""): Authenticator => nkeyAuthenticator(encoder.encode(seed)),
  byCreds: (creds = ""): Authenticator => credsAuthenticator(encoder.encode(creds)),
};

/** Real clients of the tests of one describe block, closed after them. */
export class Clients {
  readonly #open: NatsConnection[] = [];
  readonly #lost = new Set<NatsConnection>();

  constructor() {
    after("all clients are closed", () => this.close());
  }

  /** Connects, and does not try again when refused. */
  async connect(url: string, authenticator?: Authenticator, options: ConnectionOptions = {}): Promise<NatsConnection> {
    const connection = await connect({
      servers: url,
      timeout: CONNECT_TIMEOUT,
      reconnect: false,
      ignoreClusterUpdates: true,
      ...(authenticator === undefined ? {} : { authenticator }),
      ...options,
    });
    this.#open.push(connection);
    void this.#watch(connection);
    return connection;
  }

  /** True when a connection was ended by its server. */
  hasLost(connection: NatsConnection): boolean {
    return this.#lost.has(connection);
  }

  /** Waits until all connections were ended by their servers: clients notice it a moment later, the longer the way to a pod is. */
  async areLost(connections: readonly NatsConnection[]): Promise<boolean> {
    const deadline = performance.now() + LOSS_TIMEOUT;
    while (!connections.every((one) => this.hasLost(one)) && performance.now() < deadline) {
      await sleep(PAUSE);
    }
    return connections.every((one) => this.hasLost(one));
  }

  /** How many connections are watched. */
  get count(): number {
    return this.#open.length;
  }

  /** How many connections were ended by their servers. */
  get lost(): number {
    return this.#lost.size;
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((connection) => connection.close()));
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === "disconnect") {
        this.#lost.add(connection);
      }
    }
  }
}

/** Asserts that a server refuses these credentials. */
export async function refuses(clients: Clients, url: string, authenticator?: Authenticator): Promise<void> {
  await assert.rejects(clients.connect(url, authenticator), /authorization violation/i);
}

/** Asks until there is an answer: who answers, and who no longer does, takes a moment to be known over a route. */
export async function ask(requestor: NatsConnection, subject: string, question: string): Promise<Msg> {
  const deadline = performance.now() + CROSS_TIMEOUT;
  for (;;) {
    try {
      return await requestor.request(subject, question, { timeout: REQUEST_TIMEOUT });
    } catch (error) {
      const early = error instanceof TimeoutError || (error instanceof RequestError && error.isNoResponders());
      if (!early || performance.now() > deadline) {
        throw error;
      }
      await sleep(PAUSE);
    }
  }
}

/** Answers requests with a text. Resolves when the server has the subscription. */
export async function answer(responder: NatsConnection, subject: string, text: string): Promise<Subscription> {
  const subscription = responder.subscribe(subject, {
    callback: (_error, message) => {
      message.respond(text);
    },
  });
  await responder.flush();
  return subscription;
}

/** Publishes again and again until a subscriber, perhaps of the other server, has got one. */
export async function crosses(publisher: NatsConnection, subscriber: NatsConnection, subject: string): Promise<void> {
  const subscription = subscriber.subscribe(subject, { max: 1, timeout: CROSS_TIMEOUT });
  await subscriber.flush();
  const publishing = setInterval(() => {
    publisher.publish(subject, "hello");
  }, PAUSE);
  try {
    for await (const message of subscription) {
      assert.equal(message.string(), "hello");
    }
  } finally {
    clearInterval(publishing);
  }
}

/** The words by which a server refuses a publish. */
export async function publishRefusal(connection: NatsConnection, subject: string): Promise<string> {
  const told = refusalOf(connection);
  connection.publish(subject, "not allowed");
  await connection.flush();
  return told;
}

/** The words by which a server refuses a subscription. */
export async function subscribeRefusal(connection: NatsConnection, subject: string): Promise<string> {
  const told = refusalOf(connection);
  connection.subscribe(subject, { callback: () => undefined });
  await connection.flush();
  return told;
}

async function refusalOf(connection: NatsConnection): Promise<string> {
  for await (const status of connection.status()) {
    if (status.type === "error") {
      return status.error.message;
    }
  }
  throw new Error("the connection was closed without a refusal");
}
