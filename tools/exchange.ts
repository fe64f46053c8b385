import { randomBytes } from "node:crypto";
import { connect, credsAuthenticator, nkeyAuthenticator, RequestError } from "@nats-io/transport-node";
import type { Authenticator, Msg, NatsConnection } from "@nats-io/transport-node";
import { interruptible, pause } from "./lib/interrupt";
import { duration, reason, ToolError } from "./lib/say";

/** What is read of the stack's outputs. */
interface Outputs {
  clientUrls: ClientUrls;
  publicKeys: Record<string, string>;
  seeds: Record<string, string>;
  creds: Record<string, string>;
}

/** The two servers, by how their clients authenticate. */
type Kind = "static" | "operator";

/** Where clients connect to. */
export type ClientUrls = Record<Kind, string>;

const CONNECT_MS = 5_000;
const REQUEST_MS = 5_000;
const RETRY_MS = 20;
const REPAIR = "`npm start -- --refresh` looks at what really runs and repairs it.";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Finds a value by its key. @throws ToolError naming the key, never a value */
function need(values: Record<string, string> | undefined, output: string, key: string): string {
  const value = values?.[key];
  if (value === undefined) {
    const remedy = "Showing it takes the users A/test and B/test of examples/mixed-auth.";
    throw new ToolError(`The stack has no output ${output}["${key}"].`, remedy);
  }
  return value;
}

/** Connects users to the servers, and closes every connection at the end. */
class Clients {
  private readonly open: NatsConnection[] = [];
  /** What servers have refused, in the clients' words. */
  readonly refusals: string[] = [];

  constructor(private readonly outputs: Outputs) {}

  /** On the static server a user proves its key; on the operator server it shows its creds. */
  private authenticator(user: string, kind: Kind): Authenticator {
    if (kind === "static") return nkeyAuthenticator(bytes(need(this.outputs.seeds, "seeds", user)));
    return credsAuthenticator(bytes(need(this.outputs.creds, "creds", user)));
  }

  async connect(user: string, kind: Kind): Promise<NatsConnection> {
    const servers = need(this.outputs.clientUrls, "clientUrls", kind);
    const authenticator = this.authenticator(user, kind);
    const options = { servers, authenticator, name: user, timeout: CONNECT_MS, reconnect: false };
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
      if (status.type === "error") this.refusals.push(status.error.message);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.open.map((connection) => connection.close()));
  }
}

/** How a user authenticates at a server, for the reader. */
const by = (kind: Kind): string => (kind === "static" ? "static server, by nkey" : "operator server, by creds");

/**
 * A/test answers on one server what B/test asks on the other. Somebody may have a responder of their own there; then the
 * faster of the two answers.
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
  await show(clients, `B/test (${by(requestors)}) asks "test", A/test (${by(responders)}) answers`, async () => {
    const answer = await ask(requestor);
    return answer.string() === greeting ? undefined : "the answer came from another responder on `test`";
  });
}

/** Asks until the other server knows that there is someone who answers, a few milliseconds after the subscription. */
async function ask(requestor: NatsConnection): Promise<Msg> {
  const deadline = Date.now() + REQUEST_MS;
  for (;;) {
    try {
      return await requestor.request("test", "hello?", { timeout: REQUEST_MS });
    } catch (error) {
      const early = error instanceof RequestError && error.isNoResponders() && Date.now() < deadline;
      if (!early) throw error;
      await pause(RETRY_MS);
    }
  }
}

/** One user on both servers: what is published on one arrives on the other. */
async function bothServers(clients: Clients): Promise<void> {
  const [onStatic, onOperator] = [
    await clients.connect("A/test", "static"),
    await clients.connect("A/test", "operator"),
  ];
  const subject = `test.hello.${randomBytes(8).toString("hex")}`;
  const subscription = onOperator.subscribe(subject, { max: 1, timeout: REQUEST_MS });
  await onOperator.flush();
  const what = "A/test, on both at once, publishes on the static server, receives on the operator server";
  await show(clients, what, async () => {
    // Again and again, until the static server knows that there is someone who listens.
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

/** Does one thing, and says that it worked, how long it took, and what there is to know of it. */
async function show(clients: Clients, what: string, work: () => Promise<string | undefined>): Promise<void> {
  const begin = performance.now();
  try {
    const remark = await interruptible(work());
    const took = duration(performance.now() - begin);
    console.log(`  ✓ ${what}: ${took}${remark === undefined ? "" : ` (${remark})`}`);
  } catch (error) {
    const [refusal] = clients.refusals;
    const remedy =
      refusal === undefined ? undefined : "Showing it takes the permissions that A/test and B/test came with.";
    throw new ToolError(`Failed: ${what}: ${refusal ?? reason(error)}`, remedy, { cause: error });
  }
}

/** Does one exchange with clients of its own, which are gone when it is over. */
async function withClients(outputs: Outputs, work: (clients: Clients) => Promise<void>): Promise<void> {
  const clients = new Clients(outputs);
  try {
    await work(clients);
  } finally {
    await clients.close();
  }
}

/** Says of a failed exchange that it is no failed deployment. */
function stands(error: unknown): unknown {
  if (!(error instanceof ToolError)) return error;
  const remedy = ["The deployment itself stands; only this demonstration failed.", error.remedy ?? REPAIR];
  return new ToolError(error.message, remedy.join("\n       "), { cause: error });
}

/** Shows with real clients that both servers serve both kinds of users as one cluster. @returns where they are */
export async function exchange(stackOutputs: unknown): Promise<ClientUrls> {
  const outputs = stackOutputs as Outputs;
  console.log("\nAcross the two servers, with real clients:");
  try {
    await withClients(outputs, (clients) => request(clients, "static", "operator"));
    await withClients(outputs, (clients) => request(clients, "operator", "static"));
    await withClients(outputs, bothServers);
  } catch (error) {
    throw stands(error);
  }
  console.log(`
  static server    ${outputs.clientUrls.static}   nkey seeds   (stack output \`seeds\`)
  operator server  ${outputs.clientUrls.operator}   creds        (stack output \`creds\`)`);
  return outputs.clientUrls;
}
