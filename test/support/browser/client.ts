/** The client of a page: it is bundled and runs in the browser. */
import { credsAuthenticator, nkeyAuthenticator, wsconnect, type NatsConnection } from "@nats-io/nats-core";

/** Where a page connects to, and what it logs in with. */
export interface PageLogin {
  readonly url: string;
  /** Seed of a user; for servers in static mode. */
  readonly seed?: string;
  /** Content of a creds file; for servers in operator mode. */
  readonly creds?: string;
}

/** What a page offers to tests, as `globalThis.natsClient`. */
export interface PageClient {
  /** Logs in. @returns the name of the server, or why it refuses the client */
  logIn(login: PageLogin): Promise<{ readonly server: string } | { readonly refused: string }>;
  /** Answers requests on a subject with the answer of another one to the name of the browser. */
  relay(subject: string, to: string): Promise<void>;
  close(): Promise<void>;
}

const encoder = new TextEncoder();
const TIMEOUT = 10_000;
const open: NatsConnection[] = [];

const client: PageClient = {
  async logIn({ url, seed, creds }) {
    const authenticators = [
      ...(seed === undefined ? [] : [nkeyAuthenticator(encoder.encode(seed))]),
      ...(creds === undefined ? [] : [credsAuthenticator(encoder.encode(creds))]),
    ];
    try {
      const connection = await wsconnect({
        servers: url,
        ...(authenticators.length === 0 ? {} : { authenticator: authenticators }),
        reconnect: false,
        timeout: TIMEOUT,
        ignoreClusterUpdates: true,
      });
      open.push(connection);
      return { server: connection.info?.server_name ?? "" };
    } catch (error) {
      return { refused: String(error) };
    }
  },

  async relay(subject, to) {
    const [connection] = open;
    connection?.subscribe(subject, {
      callback: (_error, message) => {
        const { navigator } = globalThis as unknown as { navigator: { userAgent: string } };
        void connection.request(to, navigator.userAgent, { timeout: TIMEOUT }).then((answer) => {
          message.respond(answer.data);
        });
      },
    });
    await connection?.flush();
  },

  async close() {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  },
};

(globalThis as { natsClient?: PageClient }).natsClient = client;
