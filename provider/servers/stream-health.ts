import { askForStreams, replicaProblem, type ReportedStream, type StreamReport } from "./stream-reports";
import type { ServerQuestions } from "./system-client";

/** A stream as one server has it. */
export interface StreamOnServer {
  readonly server: string;
  /** The public key of the stream's account. */
  readonly account: string;
  readonly name: string;
  readonly messages: number;
  /** Whether the server stores the messages in memory only. */
  readonly isInMemory: boolean;
  readonly replicas: number;
  readonly cluster: NonNullable<StreamReport["cluster"]>;
}

/**
 * Lists the streams of all accounts, once for each server that has a replica.
 *
 * @returns undefined if not every server responds
 */
export async function listStreams(client: ServerQuestions): Promise<StreamOnServer[] | undefined> {
  const { answers, streams } = await askForStreams(client);
  return answers.filter(({ data }) => data !== undefined).length < client.count
    ? undefined
    : streams.map(toStreamOnServer);
}

function toStreamOnServer({ server, account, report }: ReportedStream): StreamOnServer {
  const { name, state, config, cluster = {} } = report;
  return {
    server,
    account,
    name,
    messages: state?.messages ?? 0,
    isInMemory: config?.storage === "memory",
    replicas: config?.num_replicas ?? 1,
    cluster,
  };
}

/** A problem of one stream. */
export interface StreamProblem {
  /** A sentence without a period. */
  readonly text: string;
  /** The public key of the stream's account. */
  readonly account?: string;
  /** The name of the stream; missing if it is not known which streams there are. */
  readonly stream?: string;
}

/**
 * Finds streams that no server can write to, and each replica that is behind.
 *
 * @param streams undefined if not every server lists them
 * @param absentNames the names of servers that do not run: their replicas are missing
 */
export function findStreamProblems(
  streams: readonly StreamOnServer[] | undefined,
  absentNames: readonly string[] = [],
): StreamProblem[] {
  if (streams === undefined) {
    return [{ text: UNLISTED }];
  }
  const replicas = new Map<string, StreamOnServer[]>();
  for (const stream of streams) {
    const key = `${stream.account} > ${stream.name}`;
    replicas.set(key, [...(replicas.get(key) ?? []), stream]);
  }
  return [...replicas.values()].flatMap((found) =>
    found.slice(0, 1).flatMap(({ account, name }) =>
      streamProblems(found, absentNames).map((problem) => ({
        text: `stream ${name} ${problem}`,
        account,
        stream: name,
      })),
    ),
  );
}

const UNLISTED = "not every server responds to a request for its streams";

function streamProblems(replicas: readonly StreamOnServer[], absentNames: readonly string[]): string[] {
  const traffic = new Set(replicas.flatMap(({ cluster }) => cluster.traffic_account ?? []));
  if (traffic.size > 1) {
    return ["has replicas that use different accounts for their traffic, so they cannot reach each other"];
  }
  const leading = replicas.find(({ server, cluster }) => cluster.leader === server);
  if (leading === undefined || replicas.some(({ cluster }) => cluster.leader !== leading.server)) {
    return ["has no leader that all servers agree on"];
  }
  const present = (leading.cluster.replicas ?? []).filter(({ name }) => !absentNames.includes(name));
  return present.flatMap((replica) => {
    const problem = replicaProblem(replica);
    return problem === undefined ? [] : [`has a replica on ${replica.name} that ${problem}`];
  });
}
