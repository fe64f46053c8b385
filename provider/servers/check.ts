import { AuthorizationError, connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { eventually } from "./log";
import { LOOK_UP, PING } from "./questions";
import { wordsOf } from "./words";

/** What a cluster should be. */
export interface ExpectedCluster {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The name of each of its servers. */
  readonly serverNames: readonly string[];
  /** The public key of each account that every server should know, with its name. */
  readonly accounts: Readonly<Record<string, string>>;
}

/** Milliseconds in which the servers must have become one cluster. */
const CHECK_TIMEOUT = 20_000;
/** Milliseconds to wait for more servers to answer a question to all. */
const ANSWER_TIMEOUT = 2_000;
const CONNECT_TIMEOUT = 10_000;

/** An answer of a server to a question about itself. */
interface Answer<Data> {
  readonly server: { readonly name: string; readonly cluster?: string };
  readonly data?: Data;
  readonly error?: { readonly description?: string };
}

/**
 * Asks all servers of a cluster whether they are what they should be, until they are or the time is over.
 *
 * @param url a server that accepts the credentials
 * @param creds credentials of the system account that may publish to {@link CHECK_SUBJECTS}
 * @param timeout milliseconds in which the servers must have become what they should be
 * @returns what was found, in words
 * @throws Error that says everything that is wrong
 */
export async function checkCluster(
  url: string,
  creds: string,
  expected: ExpectedCluster,
  timeout = CHECK_TIMEOUT,
): Promise<string> {
  const connection = await connectTo(url, creds);
  try {
    let wrong: string[] = [];
    const right = await eventually(async () => {
      wrong = await problems(connection, expected);
      return wrong.length === 0 ? true : undefined;
    }, timeout);
    if (right !== true) {
      throw new Error(failure(expected, wrong));
    }
  } finally {
    await connection.close();
  }
  const { serverNames, clusterName, accounts } = expected;
  const count = Object.keys(accounts).length;
  return `${serverNames.join(" and ")} are one cluster, ${clusterName}, and know all ${count} accounts`;
}

function failure({ clusterName }: ExpectedCluster, wrong: readonly string[]): string {
  return [
    `the cluster ${clusterName} runs, but is not what the program says:`,
    ...wrong.map((line) => `  - ${line}`),
  ].join("\n");
}

const UNREACHED = "See whether this machine reaches that address.";
const REFUSED =
  "Its credentials were made just now and hold for a minute: see whether this machine's clock and the server's agree, and " +
  "whether it is another server that listens on that address.";

async function connectTo(url: string, creds: string): Promise<NatsConnection> {
  try {
    return await connect({
      servers: url,
      authenticator: credsAuthenticator(new TextEncoder().encode(creds)),
      name: "pulumi-nats-auth check",
      timeout: CONNECT_TIMEOUT,
      reconnect: false,
      ignoreClusterUpdates: true,
    });
  } catch (error) {
    const what = `the check of the cluster could not log in to the operator server at ${url} (${wordsOf(error)})`;
    throw new Error(`${what}. ${error instanceof AuthorizationError ? REFUSED : UNREACHED}`, { cause: error });
  }
}

async function problems(connection: NatsConnection, expected: ExpectedCluster): Promise<string[]> {
  const servers = await answers<object>(connection, "VARZ", {}, expected);
  const missing = expected.serverNames.filter((name) => !servers.some(({ server }) => server.name === name));
  if (missing.length > 0) {
    return missing.map((name) => `server ${name} does not answer over the route: it is not linked to the other one`);
  }
  const strangers = servers.filter(({ server }) => server.cluster !== expected.clusterName);
  return [
    ...strangers.map(
      ({ server }) => `server ${server.name} says it is in the cluster ${server.cluster ?? "without a name"}`,
    ),
    ...(await routeProblems(connection, expected)),
    ...(await accountProblems(connection, expected)),
  ];
}

interface Routes {
  readonly num_routes?: number;
}

async function routeProblems(connection: NatsConnection, expected: ExpectedCluster): Promise<string[]> {
  const routes = await answers<Routes>(connection, "ROUTEZ", {}, expected);
  return routes
    .filter(({ data }) => (data?.num_routes ?? 0) === 0)
    .map(({ server }) => `server ${server.name} has no route to the other one`);
}

interface AccountAnswer {
  readonly account_detail?: { readonly expired?: boolean; readonly complete?: boolean };
}

async function accountProblems(connection: NatsConnection, expected: ExpectedCluster): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(expected.accounts).map(async ([publicKey, name]) => {
      connection.publish(LOOK_UP, JSON.stringify({ acc: publicKey }));
      const replies = await answers<AccountAnswer>(connection, "ACCOUNTZ", { account: publicKey }, expected);
      return expected.serverNames.flatMap((server) => {
        const reply = replies.find((answer) => answer.server.name === server);
        const problem = accountProblem(reply);
        return problem === undefined ? [] : [`server ${server} ${problem} account ${name} (${publicKey})`];
      });
    }),
  );
  return found.flat();
}

function accountProblem(reply: Answer<AccountAnswer> | undefined): string | undefined {
  const detail = reply?.data?.account_detail;
  if (detail === undefined) {
    return `does not know${reply?.error?.description === undefined ? "" : ` (${reply.error.description})`}`;
  }
  if (detail.expired === true) {
    return "says it is expired:";
  }
  return detail.complete === false ? "could not resolve all imports of" : undefined;
}

/** Asks all servers one question; waits no longer than until every expected server has answered. */
async function answers<Data>(
  connection: NatsConnection,
  endpoint: keyof typeof PING,
  question: object,
  { serverNames }: ExpectedCluster,
): Promise<Answer<Data>[]> {
  const subject = PING[endpoint];
  const replies = await connection.requestMany(subject, JSON.stringify(question), {
    strategy: "count",
    maxMessages: serverNames.length,
    maxWait: ANSWER_TIMEOUT,
  });
  const found: Answer<Data>[] = [];
  for await (const reply of replies) {
    found.push(reply.json<Answer<Data>>());
  }
  return found;
}
