import type { Answer, ServerQuestions } from "./system-client";

/** A server's replica of a stream, as it reports it (JSZ), as far as it matters here. */
export interface StreamReport {
  readonly name: string;
  readonly state?: { readonly messages?: number };
  readonly config?: { readonly storage?: string; readonly num_replicas?: number; readonly max_bytes?: number };
  readonly cluster?: {
    readonly leader?: string;
    readonly replicas?: readonly Replica[];
    readonly traffic_account?: string;
  };
  readonly consumer_detail?: readonly {
    readonly name: string;
    readonly config?: { readonly max_ack_pending?: number };
  }[];
}

/** A member of a group of servers that replicate something, as another one sees it. */
export interface Replica {
  readonly name: string;
  readonly current?: boolean;
  readonly offline?: boolean;
}

/** Returns what is wrong with a member of a group, as a clause without subject. */
export function replicaProblem({ current, offline }: Replica): string | undefined {
  if (offline === true) {
    return "is offline";
  }
  return current === false ? "has not caught up" : undefined;
}

interface ServerStreams {
  readonly account_details?: readonly {
    readonly id?: string;
    readonly name: string;
    readonly stream_detail?: readonly StreamReport[];
  }[];
}

/** A stream, and the server and the account that have it. */
export interface ReportedStream {
  readonly server: string;
  /** Public key of the account. */
  readonly account: string;
  readonly report: StreamReport;
}

/** More accounts than a cluster has: by default, a server lists some only. */
const REQUEST = { accounts: true, streams: true, config: true, limit: 1_000_000 };

/**
 * Asks all servers for their streams. Streams that a server has stopped are missing.
 *
 * @returns each answer, and the streams of all of them
 */
export async function askForStreams(
  client: ServerQuestions,
  { consumers = false }: { readonly consumers?: boolean } = {},
): Promise<{ readonly answers: readonly Answer<unknown>[]; readonly streams: readonly ReportedStream[] }> {
  const answers = await client.ask<ServerStreams>("JSZ", { ...REQUEST, ...(consumers ? { consumer: true } : {}) });
  return { answers, streams: answers.flatMap(streamsIn) };
}

function streamsIn({ server, data }: Answer<ServerStreams>): ReportedStream[] {
  return (data?.account_details ?? []).flatMap(({ id, name, stream_detail: reports = [] }) =>
    reports.map((report) => ({ server: server.name, account: id ?? name, report })),
  );
}
