import { describeAbsent, describeProblem, findDifferences, listNames, type ExpectedCluster } from "./cluster-problems";
import { ServerError } from "./errors";
import { NOT_A_MEMBER, type JetStreamCheck, type JetStreamProblem } from "./jetstream-health";
import { waitFor } from "./log";
import { SystemClient, type Endpoint } from "./system-client";
import { CHECK_TIMEOUTS, type CheckTimeouts } from "./timeouts";

export type { ExpectedCluster } from "./cluster-problems";

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
  /**
   * Reads what servers logged about connections with hubs, as lines of an error: why one is missing.
   *
   * @default it is not known
   */
  readonly readRemotes?: (serverNames: readonly string[]) => Promise<readonly string[]>;
}

/** Milliseconds in which a container engine restarts a server that has ended. */
const RESTART_TIME = 5_000;

/** The problem to report while there is no connection. */
const CLOSED = "the server closed the connection of the verification";

/**
 * Verifies that the servers of a cluster have the expected state, and waits until they do.
 *
 * @param urls servers that accept the login: the first one that can be reached is asked
 * @param login of a user of the system account who may publish to the subjects of verifications
 * @returns a sentence that describes the cluster
 * @throws ServerError with every difference
 */
export async function checkCluster(
  urls: readonly Endpoint[],
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

function describeCluster({ serverNames, absentNames = [], clusterName, accounts, jetstream }: ExpectedCluster): string {
  const count = Object.keys(accounts).length;
  const loaded = `loaded all ${count} accounts`;
  const what =
    serverNames.length === 1
      ? `${serverNames.join()} is the cluster ${clusterName}, and has ${loaded}`
      : `${listNames(serverNames)} are one cluster, ${clusterName}, and have ${loaded}`;
  const all = jetstream === undefined ? what : `${what}; ${JETSTREAM_RESULTS[jetstream]}`;
  return absentNames.length === 0 ? all : `${all}; ${describeAbsent(absentNames)}`;
}

const JETSTREAM_RESULTS: Readonly<Record<JetStreamCheck, string>> = {
  all: "JetStream has a leader, and every stream is healthy",
  members: "JetStream has a leader; the health of streams was not verified",
};

async function waitUntilAsExpected(
  connect: () => Promise<SystemClient>,
  expected: ExpectedCluster,
  { timeouts = CHECK_TIMEOUTS, isExcepted = () => false, findEnded, readRemotes }: CheckOptions,
): Promise<void> {
  const start = performance.now();
  let client = await connect();
  const look = async (): Promise<"as expected" | ServerError | undefined> => {
    const { cluster, jetstream, apart } = await findTexts(client, expected).catch(async (error: unknown) => {
      if (!client.isClosed) {
        throw error;
      }
      // The server that it is connected to ended or closed the connection. It may come back.
      client = await connect().catch(() => client);
      return { cluster: [CLOSED], jetstream: [], apart: [] };
    });
    const problems = jetstream.filter((problem) => !isExcepted(problem));
    if (cluster.length + problems.length === 0) {
      return "as expected";
    }
    const elapsed = performance.now() - start;
    const isEnded = cluster.length > 0 && elapsed > RESTART_TIME && (await findEnded?.()) !== undefined;
    if (!isEnded && elapsed <= (cluster.length > 0 ? timeouts.cluster : timeouts.jetstream)) {
      return undefined;
    }
    const reasons = apart.length === 0 ? [] : ((await readRemotes?.(apart)) ?? []);
    return clusterError(expected.clusterName, cluster, problems, reasons);
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

async function findTexts(client: SystemClient, expected: ExpectedCluster) {
  const { cluster, jetstream } = await findDifferences(client, expected);
  const apart = cluster.filter(({ kind }) => kind === "remotes").map(({ server }) => server);
  return { cluster: cluster.map(describeProblem), jetstream, apart };
}

/** The problems of JetStream that an error lists: a cluster can have thousands of streams. */
const MAX_PROBLEMS = 20;

const REJOINING =
  "A server that was removed can join JetStream again under the same name only after about five minutes: give it a new name, " +
  "or rerun `pulumi up` later.";

/** The error for a cluster that differs from the declared one. @param reasons more lines */
export function clusterError(
  clusterName: string,
  problems: readonly string[],
  jetstream: readonly JetStreamProblem[] = [],
  reasons: readonly string[] = [],
): ServerError {
  const lines = listProblems(problems, jetstream, reasons);
  return problems.length > 0
    ? new ServerError("NA5022", `the cluster ${clusterName} is not as declared`, lines)
    : new ServerError("NA5051", `JetStream of the cluster ${clusterName} is not healthy`, lines);
}

/** The error for a server that does not stop, because streams could lose messages without it. @param server its `server_name` */
export function unhealthyWithout(server: string, jetstream: readonly JetStreamProblem[]): ServerError {
  const problem = `server ${server} does not restart, because JetStream is not healthy`;
  return new ServerError("NA5051", problem, listProblems([], jetstream));
}

function listProblems(
  problems: readonly string[],
  jetstream: readonly JetStreamProblem[],
  reasons: readonly string[] = [],
): string[] {
  const rest = jetstream.length > MAX_PROBLEMS ? [`${jetstream.length - MAX_PROBLEMS} more problems of JetStream`] : [];
  const texts = [...problems, ...jetstream.slice(0, MAX_PROBLEMS).map(({ text }) => text), ...rest];
  const isMissing = jetstream.some(({ text }) => text.includes(NOT_A_MEMBER));
  return [...texts.map((line) => `  - ${line}`), ...reasons, ...(isMissing ? [REJOINING] : [])];
}
