import { connect, RequestError, type Authenticator, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { Codec } from "nkeys.js/lib/codec";
import { NativeKeyPair } from "../../provider/nkeys/native-key-pair";
import { urlOf, type Pair } from "./pair";
import type { Side } from "./sides";
import type { Login } from "./world";

const TIMEOUT = 5_000;

/**
 * Authenticators by type of credential. They return what those of nats.js do, but sign natively: tests connect
 * thousands of times, and nats.js takes 25 ms of CPU to sign. test/stack/exchange.test.ts uses those of nats.js.
 */
export const by = {
  seed:
    (seed: string): Authenticator =>
    (nonce = "") => {
      const { prefix, buf } = Codec.decodeSeed(Buffer.from(seed));
      const pair = new NativeKeyPair(prefix, buf);
      return { nkey: pair.getPublicKey(), sig: Buffer.from(pair.sign(Buffer.from(nonce))).toString("base64") };
    },
  creds: (creds: string): Authenticator => {
    const [jwt = "", seed = ""] = [...creds.matchAll(/BEGIN .*-\n(.+)\n/g)].map(([, line = ""]) => line.trim());
    return (nonce) => ({ jwt, ...by.seed(seed)(nonce) });
  },
};

/** Clients that are closed together. */
export class Clients {
  readonly #open: NatsConnection[] = [];

  /** Connects once, without retrying when it is refused. */
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

  /** Connects a user with its seed on the static server, and with its creds on the operator server. */
  logIn(pair: Pair, side: Side, { seed, creds }: Login): Promise<NatsConnection> {
    return this.connect(urlOf(pair, side), side === "static" ? by.seed(seed) : by.creds(creds));
  }

  /** Closes all open connections. */
  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((connection) => connection.close()));
  }
}

/** Answers every request on a subject. Resolves when the server has processed the subscription. */
export async function answer(connection: NatsConnection, subject: string, text: string): Promise<void> {
  connection.subscribe(subject, { callback: (_error, message) => void message.respond(text) });
  await connection.flush();
}

/** Sends a request. Retries while there are no responders, since subscriptions take a moment to cross a route. */
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

/** Returns the next message on a subject. The subscription is active when the outer promise resolves. */
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
