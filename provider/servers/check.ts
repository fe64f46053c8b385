import { ServerError } from "./errors";
import {
  findJetStreamProblems,
  type JetStreamCheck,
  type JetStreamProblem,
  type ServerReport,
} from "./jetstream-health";
import { waitFor } from "./log";
import { SystemClient, withoutAnswer, type Answer } from "./system-client";
import { LOOK_UP } from "./system-subjects";
import { CHECK_TIMEOUTS, type CheckTimeouts } from "./timeouts";

/** The expected state of a cluster. */
export interface ExpectedCluster {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The names of its servers. */
  readonly serverNames: readonly string[];
  /** The names of the accounts that every server should have loaded, by their public keys. */
  readonly accounts: Readonly<Record<string, string>>;
  /**
   * The part of JetStream to verify.
   *
   * @default none: the servers do not run it
   */
  readonly jetstream?: JetStreamCheck;
}

/** Options of {@link checkCluster}. */
export interface CheckOptions {
  readonly timeouts?: CheckTimeouts;
  /**
   * True for problems of JetStream that are not waited for.
   *
   * @default none
   */
  readonly isExcepted?: (problem: JetStreamProblem) => boolean;
  /**
   * Finds servers that have ended, which explains every other problem.
   *
   * @default the servers are not inspected
   */
  readonly findEnded?: () => Promise<ServerError | undefined>;
}

/** Milliseconds in which a container engine restarts a server that has ended. */
const RESTART_TIME = 5_000;

/** The differences between a cluster and the expected one. */
interface Differences {
  readonly cluster: readonly string[];
  readonly jetstream: readonly JetStreamProblem[];
}

/** The differences to report while there is no connection. */
const CLOSED: Differences = {
  cluster: ["the server closed the connection of the verification"],
  jetstream: [],
};

/**
 * Verifies that the servers of a cluster have the expected state, and waits until they do.
 *
 * @param urls servers that accept the login: the first one that can be reached is asked
 * @param login of a user of the system account who may publish to the subjects of verifications
 * @returns a sentence that describes the cluster
 * @throws ServerError with every difference
 */
export async function checkCluster(
  urls: readonly string[],
  login: string,
  expected: ExpectedCluster,
  options: CheckOptions = {},
): Promise<string> {
  try {
    await waitUntilAsExpected(() => SystemClient.connect(urls, login, expected.serverNames.length), expected, options);
  } catch (error) {
    throw (await options.findEnded?.()) ?? error;
  }
  return describeCluster(expected);
}

function describeCluster({ serverNames, clusterName, accounts, jetstream }: ExpectedCluster): string {
  const count = Object.keys(accounts).length;
  const loaded = `loaded all ${count} accounts`;
  const what =
    serverNames.length === 1
      ? `${serverNames.join()} is the cluster ${clusterName}, and has ${loaded}`
      : `${listNames(serverNames)} are one cluster, ${clusterName}, and have ${loaded}`;
  return jetstream === undefined ? what : `${what}; ${JETSTREAM_RESULTS[jetstream]}`;
}

function listNames(names: readonly string[]): string {
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" and ");
}

const JETSTREAM_RESULTS: Readonly<Record<JetStreamCheck, string>> = {
  all: "JetStream has a leader, and every stream is healthy",
  members: "JetStream has a leader; the health of streams was not verified",
};

async function waitUntilAsExpected(
  connect: () => Promise<SystemClient>,
  expected: ExpectedCluster,
  { timeouts = CHECK_TIMEOUTS, isExcepted = () => false, findEnded }: CheckOptions,
): Promise<void> {
  const start = performance.now();
  let client = await connect();
  const look = async (): Promise<"as expected" | ServerError | undefined> => {
    const { cluster, jetstream } = await findDifferences(client, expected).catch(async (error: unknown) => {
      if (!client.isClosed) {
        throw error;
      }
      // The server that it is connected to ended or closed the connection. It may come back.
      client = await connect().catch(() => client);
      return CLOSED;
    });
    const problems = jetstream.filter((problem) => !isExcepted(problem));
    if (cluster.length + problems.length === 0) {
      return "as expected";
    }
    const elapsed = performance.now() - start;
    const isEnded = cluster.length > 0 && elapsed > RESTART_TIME && (await findEnded?.()) !== undefined;
    return isEnded || elapsed > (cluster.length > 0 ? timeouts.cluster : timeouts.jetstream)
      ? clusterError(expected.clusterName, cluster, problems)
      : undefined;
  };
  try {
    const outcome = await waitFor(look, Infinity);
    if (outcome instanceof ServerError) {
      throw outcome;
    }
  } finally {
    await client.close();
  }
}

/** The problems of JetStream that an error lists: a cluster can have thousands of streams. */
const MAX_PROBLEMS = 20;

/** The error for a cluster that differs from the declared one. */
export function clusterError(
  clusterName: string,
  problems: readonly string[],
  jetstream: readonly JetStreamProblem[] = [],
): ServerError {
  const rest = jetstream.length > MAX_PROBLEMS ? [`${jetstream.length - MAX_PROBLEMS} more problems of JetStream`] : [];
  const texts = [...problems, ...jetstream.slice(0, MAX_PROBLEMS).map(({ text }) => text), ...rest];
  const lines = texts.map((line) => `  - ${line}`);
  return problems.length > 0
    ? new ServerError("NA5022", `the cluster ${clusterName} is not as declared`, lines)
    : new ServerError("NA5051", `JetStream of the cluster ${clusterName} is not healthy`, lines);
}

async function findDifferences(client: SystemClient, expected: ExpectedCluster): Promise<Differences> {
  const { serverNames, clusterName, jetstream } = expected;
  const servers = await client.ask<ServerReport>("VARZ");
  const missing = withoutAnswer(serverNames, servers);
  if (missing.length > 0) {
    const cluster = missing.map((name) => `server ${name} does not respond: it does not run, or has no route`);
    return { cluster, jetstream: [] };
  }
  // A server that runs JetStream alone has no name of a cluster.
  const elsewhere = serverNames.length === 1 ? [] : servers.filter(({ server }) => server.cluster !== clusterName);
  const cluster = [
    ...elsewhere.map(
      ({ server }) => `server ${server.name} belongs to the cluster ${server.cluster ?? "without a name"}`,
    ),
    ...(await findRouteProblems(client, serverNames)),
    ...(await findAccountProblems(client, expected)),
  ];
  return {
    cluster,
    jetstream: jetstream === undefined ? [] : await findJetStreamProblems(client, serverNames, servers, jetstream),
  };
}

interface Routes {
  readonly routes?: readonly { readonly remote_name?: string }[];
}

/** Every server has a route to every other one: a server sends no message on that it has received over a route. */
async function findRouteProblems(client: SystemClient, serverNames: readonly string[]): Promise<string[]> {
  const answers = await client.ask<Routes>("ROUTEZ");
  return serverNames.flatMap((name) => {
    const answer = answers.find(({ server }) => server.name === name);
    if (answer === undefined) {
      return [];
    }
    const reached = (answer.data?.routes ?? []).map(({ remote_name: remote }) => remote);
    const missing = serverNames.filter((other) => other !== name && !reached.includes(other));
    return missing.length === 0 ? [] : [`server ${name} has no route to ${listNames(missing)}`];
  });
}

interface AccountAnswer {
  readonly account_detail?: { readonly expired?: boolean; readonly complete?: boolean };
}

async function findAccountProblems(
  client: SystemClient,
  { accounts, serverNames }: ExpectedCluster,
): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(accounts).map(async ([publicKey, name]) => {
      client.publish(LOOK_UP, { acc: publicKey });
      const replies = await client.ask<AccountAnswer>("ACCOUNTZ", { account: publicKey });
      return serverNames.flatMap((server) => {
        const reply = replies.find((answer) => answer.server.name === server);
        const problem = accountProblem(reply);
        return problem === undefined ? [] : [`server ${server}: account ${name} (${publicKey}) ${problem}`];
      });
    }),
  );
  return found.flat();
}

function accountProblem(reply: Answer<AccountAnswer> | undefined): string | undefined {
  const detail = reply?.data?.account_detail;
  if (detail === undefined) {
    return `is not loaded${reply?.error?.description === undefined ? "" : ` (${reply.error.description})`}`;
  }
  if (detail.expired === true) {
    return "has expired";
  }
  return detail.complete === false ? "has imports that could not be resolved" : undefined;
}
