import {
  AuthorizationError,
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
  PermissionViolationError,
  RequestError,
  TimeoutError,
  type Authenticator,
  type NatsConnection,
  type TlsOptions,
} from "@nats-io/transport-node";
import { seedProblem } from "../nkeys/keys";
import { errorMessage, ServerError } from "./errors";
import { ownSubject, PING } from "./system-subjects";

/** Milliseconds to wait for responses of more servers. */
const ANSWER_TIMEOUT = 2_000;
const CONNECT_TIMEOUT = 10_000;

/** A response of a server to a request about itself. */
export interface Answer<Data> {
  readonly server: { readonly name: string; readonly cluster?: string };
  readonly data?: Data;
  readonly error?: { readonly description?: string };
}

/** Returns the servers that have not answered. @param serverNames the names of all servers */
export function withoutAnswer(serverNames: readonly string[], answers: readonly Answer<unknown>[]): string[] {
  return serverNames.filter((name) => !answers.some(({ server }) => server.name === name));
}

/** Asks all servers of a cluster about themselves. */
export interface ServerQuestions {
  /** The number of servers that are expected to respond. */
  readonly count: number;
  /** Sends a request to all servers. */
  ask<Data>(endpoint: keyof typeof PING, payload?: object): Promise<Answer<Data>[]>;
  /** Publishes a message that all servers receive. */
  publish(subject: string, payload: object): void;
}

/** How a client connects. */
export interface Connecting {
  /** The name of the client, as servers show it. */
  readonly name?: string;
  /**
   * Requires TLS.
   *
   * @default as the server requires it
   */
  readonly tls?: TlsOptions;
}

/** A server that a client can connect to: its URL, or the URL and how to connect. */
export type Endpoint = string | RemoteServer;

/** How to connect to a server. */
export interface RemoteServer {
  /** The URL, as errors show it. */
  readonly url: string;
  /** Requires TLS. */
  readonly tls?: TlsOptions;
  /**
   * The address of this machine that leads to the server, such as `127.0.0.1:40001`.
   *
   * @default that of the URL
   */
  readonly via?: string;
}

/** A client of the system account that asks all servers of a cluster about themselves. */
export class SystemClient implements ServerQuestions {
  private constructor(
    private readonly connection: NatsConnection,
    /** The number of servers that are expected to respond. */
    readonly count: number,
  ) {}

  /**
   * Logs in to a server.
   *
   * @param urls servers that accept the login: the first one that can be reached is asked
   * @param login of a user of the system account: creds, or the seed of an nkey
   * @param count the number of servers that are expected to respond
   * @throws ServerError when the login fails
   */
  static async connect(
    urls: readonly Endpoint[],
    login: string,
    count: number,
    connecting?: Connecting,
  ): Promise<SystemClient> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return new SystemClient(await openConnection(urls, login, connecting), count);
      } catch (error) {
        if (attempt === ATTEMPTS || !isInterrupted(error)) {
          throw loginError(urls, error);
        }
      }
    }
  }

  /** The server that it is connected to. */
  get server(): Readonly<Record<"id" | "name", string>> {
    const { server_id: id = "", server_name: name = "" } = this.connection.info ?? {};
    return { id, name };
  }

  /** Sends a request to the server that it is connected to. The answer to a request that fails is its error. */
  async askOwn<Data>(endpoint: keyof typeof PING, payload: object): Promise<Answer<Data>> {
    const { id, name } = this.server;
    try {
      const options = { timeout: ANSWER_TIMEOUT };
      const reply = await this.connection.request(ownSubject(id, endpoint), JSON.stringify(payload), options);
      return reply.json<Answer<Data>>();
    } catch (error) {
      return { server: { name }, error: { description: errorMessage(error) } };
    }
  }

  /**
   * Sends a request to all servers. Returns as soon as every expected server has responded.
   *
   * @returns no response if the request is not permitted
   */
  async ask<Data>(endpoint: keyof typeof PING, payload: object = {}): Promise<Answer<Data>[]> {
    try {
      return await this.#request<Data>(endpoint, payload);
    } catch (error) {
      if (isDenied(error)) {
        return [];
      }
      throw error;
    }
  }

  async #request<Data>(endpoint: keyof typeof PING, payload: object): Promise<Answer<Data>[]> {
    const replies = await this.connection.requestMany(PING[endpoint], JSON.stringify(payload), {
      strategy: "count",
      maxMessages: this.count,
      maxWait: ANSWER_TIMEOUT,
    });
    const found: Answer<Data>[] = [];
    for await (const reply of replies) {
      found.push(reply.json<Answer<Data>>());
    }
    return found;
  }

  /** Sends a request that one server responds to. @returns undefined if none does */
  async request<T>(subject: string, payload?: object): Promise<T | undefined> {
    const body = payload === undefined ? "" : JSON.stringify(payload);
    try {
      return (await this.connection.request(subject, body, { timeout: ANSWER_TIMEOUT })).json<T>();
    } catch (error) {
      if (error instanceof TimeoutError || error instanceof RequestError) {
        return undefined;
      }
      throw error;
    }
  }

  publish(subject: string, payload: object): void {
    this.connection.publish(subject, JSON.stringify(payload));
  }

  /** True when the connection was closed, for example because its server has ended. */
  get isClosed(): boolean {
    return this.connection.isClosed();
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

/**
 * Connects once.
 *
 * @param urls the first one that can be reached is used
 * @param login creds, the seed of an nkey, or undefined for an anonymous client
 */
export async function openConnection(
  urls: readonly Endpoint[],
  login: string | undefined,
  connecting: Connecting = {},
): Promise<NatsConnection> {
  const servers = urls.map(toRemoteServer);
  const plain = servers.filter(({ tls }) => tls === undefined).map(addressOf);
  let failure: unknown;
  // The library has one TLS setting for all URLs.
  for (const server of servers) {
    const { tls } = server;
    if (tls !== undefined) {
      try {
        return await connectOnce([addressOf(server)], login, { ...connecting, tls });
      } catch (error) {
        failure ??= error;
      }
    }
  }
  if (plain.length === 0) {
    throw failure;
  }
  try {
    return await connectOnce(plain, login, connecting);
  } catch (error) {
    throw failure ?? error;
  }
}

function toRemoteServer(endpoint: Endpoint): RemoteServer {
  return typeof endpoint === "string" ? { url: endpoint } : endpoint;
}

function addressOf({ url, via }: RemoteServer): string {
  return via === undefined ? url : `${new URL(url).protocol}//${via}`;
}

function connectOnce(
  urls: readonly string[],
  login: string | undefined,
  { name = "pulumi-nats-auth check", tls }: Connecting,
): Promise<NatsConnection> {
  return connect({
    servers: [...urls],
    noRandomize: true,
    ...(login === undefined ? {} : { authenticator: authenticatorOf(login) }),
    ...(tls === undefined ? {} : { tls }),
    name,
    timeout: CONNECT_TIMEOUT,
    reconnect: false,
    ignoreClusterUpdates: true,
  });
}

function authenticatorOf(login: string): Authenticator {
  const bytes = new TextEncoder().encode(login);
  return seedProblem("user", login) === undefined ? nkeyAuthenticator(bytes) : credsAuthenticator(bytes);
}

/** How often a login is tried that the server interrupts. */
const ATTEMPTS = 3;

/** True when the server closed the connection before the login was complete, as it does if this machine is too busy to answer in time. */
function isInterrupted(error: unknown): boolean {
  return [error, (error as Error).cause].some((one) => /EPIPE|ECONNRESET|authentication timeout/i.test(String(one)));
}

/** True for a request that the server does not permit. */
export function isDenied(error: unknown): boolean {
  return [error, (error as Error).cause].some((one) => one instanceof PermissionViolationError);
}

const UNREACHABLE = "Check that this machine can reach the address.";
const REJECTED =
  "The credentials were created for this login and are valid for at least a minute. Check that the clocks of this machine and of " +
  "the server agree, and that no other server listens on the address.";

/** The error for a login that failed. */
export function loginError(endpoints: readonly Endpoint[], error: unknown): ServerError {
  const urls = endpoints.map((endpoint) => toRemoteServer(endpoint).url);
  const isRejected = error instanceof AuthorizationError;
  return new ServerError(
    isRejected ? "NA5021" : "NA5020",
    `the verification could not log in to the server at ${urls.join(" or ")} (${errorMessage(error)})`,
    [isRejected ? REJECTED : UNREACHABLE],
    { cause: error },
  );
}
