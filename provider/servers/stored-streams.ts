import { displayList } from "../diagnostics/diagnostic";
import { omitUndefined, sortEntries } from "../model/form/order";
import type { StoredConsumer, StoredStream } from "../model/cluster/stored-streams";
import { ServerError } from "./errors";
import { waitFor } from "./log";
import { askForStreams, type StreamReport } from "./stream-reports";
import { withoutAnswer, type SystemClient } from "./system-client";
import { purgeSubject } from "./system-subjects";

/**
 * Lists the streams of all accounts. A stream with several replicas is listed once, with the messages of the most complete
 * replica.
 *
 * @param serverNames the names of the servers
 * @throws ServerError when a server does not respond: it may have streams that no other server has
 */
export async function listStoredStreams(client: SystemClient, serverNames: readonly string[]): Promise<StoredStream[]> {
  const { answers, streams } = await askForStreams(client, { consumers: true });
  const silent = withoutAnswer(serverNames, answers);
  if (silent.length > 0) {
    throw silentServers(silent);
  }
  const stored = new Map<string, StoredStream>();
  for (const { account, report } of streams) {
    const stream = toStoredStream(account, report);
    const key = JSON.stringify([account, stream.name]);
    const other = stored.get(key);
    stored.set(key, other === undefined || stream.messages > other.messages ? stream : other);
  }
  return sortEntries(Object.fromEntries(stored)).map(([, stream]) => stream);
}

function toStoredStream(account: string, { name, state, config = {}, consumer_detail: consumers }: StreamReport) {
  return omitUndefined<StoredStream>({
    account,
    name,
    messages: state?.messages ?? 0,
    replicas: config.num_replicas ?? 1,
    storage: config.storage === "memory" ? "memory" : "file",
    maxBytes: ifPositive(config.max_bytes),
    consumers: (consumers ?? []).map((consumer) =>
      omitUndefined<StoredConsumer>({
        name: consumer.name,
        maxAckPending: ifPositive(consumer.config?.max_ack_pending),
      }),
    ),
  });
}

/** Servers report a missing limit as zero or a negative number. */
function ifPositive(limit: number | undefined): number | undefined {
  return limit !== undefined && limit > 0 ? limit : undefined;
}

/** Milliseconds for the servers to delete streams. */
const DELETE_TIMEOUT = 30_000;

/** The accounts whose streams are deleted, by public key. */
export interface DiscardedAccounts {
  /** Accounts that the servers have loaded. */
  readonly accounts: readonly string[];
  /** Accounts that the servers have dropped earlier: nothing is waited for. */
  readonly unloaded: readonly string[];
}

/**
 * Deletes all streams of some accounts, one account after the other, and waits until no server has any of them. Accounts must
 * still be loaded: servers that have dropped an account keep its deleted streams in memory until they start again.
 *
 * @param onDeleted receives each account whose streams have been deleted
 * @throws ServerError when streams remain
 */
export async function deleteStreams(
  client: SystemClient,
  serverNames: readonly string[],
  { accounts, unloaded }: DiscardedAccounts,
  onDeleted: (account: string) => void,
): Promise<void> {
  const all = [...accounts, ...unloaded];
  for (const [index, account] of all.entries()) {
    const reason =
      (await purge(client, account)) ??
      (accounts.includes(account) ? await waitUntilDeleted(client, serverNames, account) : undefined);
    if (reason !== undefined) {
      throw notDeleted(reason, all.slice(index));
    }
    onDeleted(account);
  }
}

/** Returns why an account still has streams, or undefined if it has none. */
async function waitUntilDeleted(
  client: SystemClient,
  serverNames: readonly string[],
  own: string,
): Promise<string | undefined> {
  let remaining: readonly StoredStream[] = [];
  const areDeleted = async () => {
    remaining = (await listStoredStreams(client, serverNames)).filter(({ account }) => account === own);
    return remaining.length === 0 ? true : undefined;
  };
  return (await waitFor(areDeleted, DELETE_TIMEOUT)) === true
    ? undefined
    : `the servers still have ${displayList(remaining.map(({ name }) => name))} of account ${own}`;
}

interface PurgeAnswer {
  readonly initiated?: boolean;
  readonly error?: { readonly description?: string };
}

/**
 * Requests the deletion of an account's streams. Only the leader of JetStream responds, which servers may be electing.
 *
 * @returns why the servers do not delete them, or undefined
 */
async function purge(client: SystemClient, account: string): Promise<string | undefined> {
  let reason = "the servers have not responded";
  const ask = async () => {
    const answer = await client.request<PurgeAnswer>(purgeSubject(account));
    reason =
      answer?.error?.description === undefined
        ? reason
        : `the servers have responded ${JSON.stringify(answer.error.description)}`;
    return answer?.initiated === true ? true : undefined;
  };
  return (await waitFor(ask, DELETE_TIMEOUT)) === true ? undefined : `${reason} to the request for account ${account}`;
}

/** The error for servers that do not respond to a request for their streams. */
export function silentServers(names: readonly string[]): ServerError {
  const problem = `server ${names.join(" and server ")} does not report its streams`;
  return new ServerError("NA4066", problem, ["Check that all servers run and are connected."]);
}

/**
 * The error for streams that remain.
 *
 * @param reason a clause
 * @param accounts the accounts whose streams have not been deleted
 */
export function notDeleted(reason: string, accounts: readonly string[]): ServerError {
  const problem = `not all streams that \`discardStreams\` gives up could be deleted: ${reason}`;
  const remedy =
    "Check that all servers run and are healthy. If the port or the address " +
    "of a server changes as well, change it in another update.";
  return new ServerError("NA4065", problem, [`Not deleted: the streams of account ${accounts.join(", ")}.`, remedy]);
}
