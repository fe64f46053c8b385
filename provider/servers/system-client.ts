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
} from "@nats-io/transport-node";
import { seedProblem } from "../nkeys/keys";
import { errorMessage, ServerError } from "./errors";
import { PING } from "./system-subjects";

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

/** A client of the system account that asks all servers of a cluster about themselves. */
export class SystemClient {
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
  static async connect(urls: readonly string[], login: string, count: number): Promise<SystemClient> {
    try {
      const connection = await connect({
        servers: [...urls],
        noRandomize: true,
        authenticator: authenticatorOf(login),
        name: "pulumi-nats-auth check",
        timeout: CONNECT_TIMEOUT,
        reconnect: false,
        ignoreClusterUpdates: true,
      });
      return new SystemClient(connection, count);
    } catch (error) {
      throw loginError(urls, error);
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

function authenticatorOf(login: string): Authenticator {
  const bytes = new TextEncoder().encode(login);
  return seedProblem("user", login) === undefined ? nkeyAuthenticator(bytes) : credsAuthenticator(bytes);
}

function isDenied(error: unknown): boolean {
  return [error, (error as Error).cause].some((one) => one instanceof PermissionViolationError);
}

const UNREACHABLE = "Check that this machine can reach the address.";
const REJECTED =
  "The credentials were created for this login and are valid for at least a minute. Check that the clocks of this machine and of " +
  "the server agree, and that no other server listens on the address.";

/** The error for a login that failed. */
export function loginError(urls: readonly string[], error: unknown): ServerError {
  const isRejected = error instanceof AuthorizationError;
  return new ServerError(
    isRejected ? "NA5021" : "NA5020",
    `the verification could not log in to the server at ${urls.join(" or ")} (${errorMessage(error)})`,
    [isRejected ? REJECTED : UNREACHABLE],
    { cause: error },
  );
}
