import {
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
  RequestError,
  type Authenticator,
  type Msg,
  type NatsConnection,
} from "@nats-io/transport-node";
import type { Side } from "../../provider/servers/places";
import { urlOf, type Pair } from "./pair";
import type { Login } from "./world";

const TIMEOUT = 5_000;

/** How a client proves who it is, by what it has. */
export const by = {
  seed: (seed: string): Authenticator => nkeyAuthenticator(new TextEncoder().encode(seed)),
  creds: (creds: string): Authenticator => credsAuthenticator(new TextEncoder().encode(creds)),
};

/** Clients that are all closed together. */
export class Clients {
  readonly #open: NatsConnection[] = [];

  /** Connects once, without trying again when it is refused. */
  async connect(servers: string, authenticator?: Authenticator, name?: string): Promise<NatsConnection> {
    const proof = authenticator === undefined ? {} : { authenticator };
    const connection = await connect({
      servers,
      ...proof,
      ...(name === undefined ? {} : { name }),
      reconnect: false,
      timeout: TIMEOUT,
      ignoreClusterUpdates: true,
    });
    this.#open.push(connection);
    return connection;
  }

  /** Connects a user with what it needs on a side: its seed on the static, its creds on the operator server. */
  logIn(pair: Pair, side: Side, { seed, creds }: Login): Promise<NatsConnection> {
    return this.connect(urlOf(pair, side), side === "static" ? by.seed(seed) : by.creds(creds));
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((connection) => connection.close()));
  }
}

/** Has a client answer every request on a subject; resolves once its server knows. */
export async function answer(connection: NatsConnection, subject: string, text: string): Promise<void> {
  connection.subscribe(subject, { callback: (_error, message) => void message.respond(text) });
  await connection.flush();
}

/** Asks again for as long as the server knows nobody who would answer: interest takes a moment to cross a route. */
export async function ask(connection: NatsConnection, subject: string): Promise<string> {
  const deadline = performance.now() + TIMEOUT;
  for (;;) {
    try {
      return (await connection.request(subject, "", { timeout: TIMEOUT })).string();
    } catch (error) {
      if (!(error instanceof RequestError && error.isNoResponders()) || performance.now() > deadline) {
        throw error;
      }
    }
  }
}

/** The next message on a subject. The subscription is in force when the outer promise resolves. */
export async function nextMessage(connection: NatsConnection, subject: string): Promise<{ message: Promise<Msg> }> {
  const subscription = connection.subscribe(subject, { max: 1, timeout: TIMEOUT });
  await connection.flush();
  const message = (async () => {
    for await (const received of subscription) {
      return received;
    }
    throw new Error(`no message on ${subject}`);
  })();
  return { message };
}
