import { randomBytes } from "node:crypto";
import { connect, credsAuthenticator, nkeyAuthenticator, RequestError, TimeoutError } from "@nats-io/transport-node";
import type { Authenticator, Msg, NatsConnection } from "@nats-io/transport-node";
import { waitFor } from "../provider/servers/log";
import { interruptible } from "./lib/interrupt";
import { duration, reason, ToolError } from "./lib/terminal";

/** The outputs of the stack that are used here. */
interface Outputs {
  clientUrls: ClientUrls;
  publicKeys: Record<string, string>;
  seeds: Record<string, string>;
  creds: Record<string, string>;
  /** Certificate of the authority, in a stack with TLS; empty without. */
  ca?: string;
}

/** A server, by the way in which its clients authenticate. */
type Kind = "static" | "operator";

/** The client URLs of both servers. */
export type ClientUrls = Record<Kind, string>;

const CONNECT_MS = 5_000;
const REQUEST_MS = 5_000;
const ATTEMPT_MS = 1_000;
const RETRY_MS = 20;
const REPAIR = "`npm start -- --refresh` compares the state with the servers and repairs them.";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns the value of a key. @throws ToolError that names the key, never a value */
function valueOf(values: Record<string, string> | undefined, output: string, key: string): string {
  const value = values?.[key];
  if (value === undefined) {
    const remedy = "The demonstration needs the users A/test and B/test of examples/mixed-auth.";
    throw new ToolError(`The stack has no output ${output}["${key}"].`, remedy);
  }
  return value;
}

/** Connects users to the servers and closes all connections at the end. */
class Clients {
  private readonly open: NatsConnection[] = [];
  /** Errors that servers sent, such as permission violations. */
  readonly violations: string[] = [];

  constructor(private readonly outputs: Outputs) {}

  /** A user authenticates with its nkey on the static server, and with its creds on the operator server. */
  private authenticator(user: string, kind: Kind): Authenticator {
    if (kind === "static") return nkeyAuthenticator(bytes(valueOf(this.outputs.seeds, "seeds", user)));
    return credsAuthenticator(bytes(valueOf(this.outputs.creds, "creds", user)));
  }

  async connect(user: string, kind: Kind): Promise<NatsConnection> {
    const servers = valueOf(this.outputs.clientUrls, "clientUrls", kind);
    const authenticator = this.authenticator(user, kind);
    const { ca = "" } = this.outputs;
    // Without the host, Node.js compares the certificate of a server at an IP address with "localhost".
    const tls = ca === "" ? {} : { tls: { ca, host: new URL(servers).hostname } };
    const options = { servers, authenticator, name: user, timeout: CONNECT_MS, reconnect: false, ...tls };
    try {
      const connection = await interruptible(connect(options));
      this.open.push(connection);
      void this.listen(connection);
      return connection;
    } catch (error) {
      throw new ToolError(`${user} cannot connect to the ${kind} server at ${servers}: ${reason(error)}`);
    }
  }

  private async listen(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === "error") this.violations.push(status.error.message);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.open.map((connection) => connection.close()));
  }
}

/** Describes a server and how a user authenticates there. */
const describeKind = (kind: Kind): string =>
  kind === "static" ? "static server, by nkey" : "operator server, by creds";

/**
 * A/test responds on one server to a request of B/test on the other. If the user runs another responder, the faster one
 * answers.
 */
async function request(clients: Clients, responders: Kind, requestors: Kind): Promise<void> {
  const responder = await clients.connect("A/test", responders);
  const requestor = await clients.connect("B/test", requestors);
  const greeting = `hello from the ${responders} server`;
  responder.subscribe("test", {
    callback: (_error, message) => {
      message.respond(greeting);
    },
  });
  await responder.flush();
  await demonstrate(
    clients,
    `B/test (${describeKind(requestors)}) asks "test", A/test (${describeKind(responders)}) answers`,
    async () => {
      const answer = await ask(requestor);
      return answer.string() === greeting ? undefined : "another responder on `test` answered";
    },
  );
}

/**
 * Sends a request until it is answered. The subscription reaches the other server a few milliseconds after it was made, and the server
 * of a responder that has left may deliver a request to it for as long.
 */
export async function ask(requestor: NatsConnection): Promise<Msg> {
  const request = (timeout: number) => requestor.request("test", "hello?", { timeout });
  const answer = await waitFor(
    () =>
      request(ATTEMPT_MS).catch((error: unknown) => {
        const isEarly = error instanceof TimeoutError || (error instanceof RequestError && error.isNoResponders());
        if (isEarly) return undefined;
        throw error;
      }),
    REQUEST_MS,
  );
  return answer ?? request(REQUEST_MS);
}

/** Connects one user to both servers: a message published on one arrives on the other. */
async function publishAcross(clients: Clients): Promise<void> {
  const [onStatic, onOperator] = [
    await clients.connect("A/test", "static"),
    await clients.connect("A/test", "operator"),
  ];
  const subject = `test.hello.${randomBytes(8).toString("hex")}`;
  const subscription = onOperator.subscribe(subject, { max: 1, timeout: REQUEST_MS });
  await onOperator.flush();
  const what = "A/test, connected to both, publishes on the static server, receives on the operator server";
  await demonstrate(clients, what, async () => {
    // Repeated until the subscription has reached the static server.
    const publisher = setInterval(() => {
      onStatic.publish(subject, "hello both");
    }, RETRY_MS);
    try {
      for await (const message of subscription) {
        if (message.string() !== "hello both") throw new Error(`the message was "${message.string()}"`);
      }
      return undefined;
    } finally {
      clearInterval(publisher);
    }
  });
}

/** Runs one demonstration and prints how long it took, with its remark, if any. */
async function demonstrate(clients: Clients, what: string, work: () => Promise<string | undefined>): Promise<void> {
  const begin = performance.now();
  try {
    const remark = await interruptible(work());
    const took = duration(performance.now() - begin);
    console.log(`  ✓ ${what}: ${took}${remark === undefined ? "" : ` (${remark})`}`);
  } catch (error) {
    const [violation] = clients.violations;
    const remedy =
      violation === undefined ? undefined : "The demonstration needs the original permissions of A/test and B/test.";
    throw new ToolError(`Failed: ${what}: ${violation ?? reason(error)}`, remedy, { cause: error });
  }
}

/** Runs one exchange with its own clients, and disconnects them afterwards. */
async function withClients(outputs: Outputs, work: (clients: Clients) => Promise<void>): Promise<void> {
  const clients = new Clients(outputs);
  try {
    await work(clients);
  } finally {
    await clients.close();
  }
}

/** Adds to the error of an exchange that the deployment succeeded. */
function explainFailure(error: unknown): unknown {
  if (!(error instanceof ToolError)) return error;
  const remedy = ["The deployment succeeded; only this demonstration failed.", error.remedy ?? REPAIR];
  return new ToolError(error.message, remedy.join("\n       "), { cause: error });
}

/**
 * Shows with real clients that both servers work as one cluster.
 *
 * @param urls the client URLs of the servers, if this machine does not reach them by those of the stack
 * @returns their client URLs
 */
export async function exchange(stackOutputs: unknown, urls?: ClientUrls): Promise<ClientUrls> {
  const stack = stackOutputs as Outputs;
  const outputs = { ...stack, clientUrls: urls ?? stack.clientUrls };
  console.log("\nAcross the two servers, with real clients:");
  try {
    await withClients(outputs, (clients) => request(clients, "static", "operator"));
    await withClients(outputs, (clients) => request(clients, "operator", "static"));
    await withClients(outputs, publishAcross);
  } catch (error) {
    throw explainFailure(error);
  }
  console.log(`
  static server    ${outputs.clientUrls.static}   nkey seeds   (stack output \`seeds\`)
  operator server  ${outputs.clientUrls.operator}   creds        (stack output \`creds\`)`);
  return outputs.clientUrls;
}
