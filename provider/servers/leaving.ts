import { ServerError } from "./errors";
import { waitFor } from "./log";
import { askForStreams, type ReportedStream } from "./stream-reports";
import type { SystemClient } from "./system-client";
import { moveSubject, REMOVE_MEMBER } from "./system-subjects";

/** Milliseconds for all streams of a server to move, for a request to be accepted, and for a member to be removed. */
export interface LeaveTimeouts {
  readonly move: number;
  readonly accept: number;
  readonly remove: number;
}

const TIMEOUTS: LeaveTimeouts = { move: 600_000, accept: 30_000, remove: 30_000 };

interface Reply {
  readonly success?: boolean;
  readonly error?: { readonly description?: string };
}

/**
 * Moves the streams of a server to other servers of its cluster, and waits until it has none. A stream stays available in the
 * meantime, with all of its replicas.
 *
 * @param server the `server_name`
 * @throws ServerError when a stream cannot be moved; those that have moved stay where they are
 */
export async function moveStreams(client: SystemClient, server: string, timeouts = TIMEOUTS): Promise<void> {
  const start = performance.now();
  const accepted = new Set<string>();
  const refused = new Map<string, string>();
  const move = async (stream: ReportedStream): Promise<void> => {
    const name = nameOf(stream);
    const { account, report } = stream;
    const reply = await client.request<Reply>(moveSubject(account, report.name), { server });
    const isMoving = /in progress/i.test(reply?.error?.description ?? "");
    if (reply !== undefined && (reply.error === undefined || isMoving)) {
      accepted.add(name);
      refused.delete(name);
    } else {
      refused.set(name, reply?.error?.description ?? "the servers do not respond");
    }
  };
  let left: readonly ReportedStream[] = [];
  const haveMoved = async () => {
    const { answers, streams } = await askForStreams(client);
    left = streams.filter((stream) => stream.server === server);
    if (left.length === 0 && answers.some((answer) => answer.server.name === server)) {
      return true;
    }
    await Promise.all(left.filter((stream) => !accepted.has(nameOf(stream))).map(move));
    return refused.size > 0 && performance.now() - start > timeouts.accept ? false : undefined;
  };
  if ((await waitFor(haveMoved, timeouts.move)) !== true) {
    const reasons = [...refused].map(([name, reason]) => `${name} (${reason})`);
    throw notMoved(server, reasons.length > 0 ? reasons : left.map(nameOf));
  }
}

function nameOf({ account, report }: ReportedStream): string {
  return `${account} > ${report.name}`;
}

/** The streams that an error names. */
const MAX_STREAMS = 10;

/** The error for streams that stay on a server. @param streams the streams, each perhaps with a reason */
export function notMoved(server: string, streams: readonly string[]): ServerError {
  const what = streams.length === 0 ? "it does not report its streams" : streams.slice(0, MAX_STREAMS).join(", ");
  const remedy = "The server still runs. Correct the cause, then rerun `pulumi up`. It continues from here.";
  return new ServerError("NA5055", `the streams of server ${server} could not be moved to other servers: ${what}`, [
    remedy,
  ]);
}

/**
 * Removes a server without streams from the members of JetStream, so that it does not count for the quorum: it may run or not.
 * Does nothing if it is not a member. The leader of JetStream does not respond to its own removal.
 *
 * @param server the `server_name`
 */
export async function removeMember(client: SystemClient, server: string, timeouts = TIMEOUTS): Promise<void> {
  let reason = "the servers do not respond";
  const isRemoved = async () => {
    const reply = await client.request<Reply>(REMOVE_MEMBER, { peer: server });
    reason = reply?.error?.description ?? reason;
    return reply?.success === true || /not a member/i.test(reply?.error?.description ?? "") ? true : undefined;
  };
  if ((await waitFor(isRemoved, timeouts.remove)) !== true) {
    throw stillMember(server, reason);
  }
}

/** The error for a server that stays a member of JetStream. @param reason a clause */
export function stillMember(server: string, reason: string): ServerError {
  const remedy =
    "Its streams have moved. Check that the servers are healthy, then rerun `pulumi up`. It continues from here.";
  return new ServerError("NA5056", `server ${server} could not be removed from JetStream: ${reason}`, [remedy]);
}
