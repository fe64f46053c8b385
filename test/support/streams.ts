import assert from "node:assert/strict";
import { RequestError, type NatsConnection } from "@nats-io/transport-node";
import { waitFor } from "../../provider/servers/log";
import type { Side } from "./sides";

/** Milliseconds until the servers agree on who decides. */
const AGREED = 20_000;

/** Milliseconds until JetStream has elected its leaders. */
const ELECTION = 30_000;

/** Waits until something holds. An error, such as the answer of servers without a leader, means that it does not hold yet. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const found = await waitFor(
    () =>
      holds().then(
        (yes) => yes || undefined,
        () => undefined,
      ),
    ELECTION,
  );
  assert.equal(found, true);
}

/** What JetStream answers to a request: nothing, or the number of an error. */
export async function answerTo(client: NatsConnection, subject: string, body: object): Promise<number | undefined> {
  const answer = await client.request(`$JS.API.${subject}`, JSON.stringify(body), { timeout: 5_000 });
  return answer.json<{ error?: { err_code: number } }>().error?.err_code;
}

/**
 * Stores a message in a stream. Nobody responds until the subscription of a new stream, or of one whose leader has changed, has
 * crossed a route.
 */
export async function storeMessage(client: NatsConnection, subject: string): Promise<void> {
  const store = async () => {
    try {
      return await client.request(subject, "message", { timeout: 5_000 });
    } catch (error) {
      if (error instanceof RequestError && error.isNoResponders()) {
        return undefined;
      }
      throw error;
    }
  };
  assert.ok((await waitFor(store, ELECTION)) !== undefined, `nobody stores ${subject}`);
}

/** Has one server of a pair with JetStream decide for the cluster. @param system a client of the system account there */
export async function lead(system: NatsConnection, side: Side): Promise<void> {
  const leader = `nats-${side}`;
  const isLeading = async () => {
    const { data } = (await system.request("$SYS.REQ.SERVER.PING.JSZ", "")).json<{
      data: { meta_cluster?: { leader?: string } };
    }>();
    return data.meta_cluster?.leader === leader ? true : undefined;
  };
  const leads = async () => {
    if (await isLeading()) {
      return true;
    }
    await system.request("$JS.API.META.LEADER.STEPDOWN", JSON.stringify({ placement: { preferred: leader } }));
    return isLeading();
  };
  assert.equal(await waitFor(() => leads().catch(() => undefined), AGREED), true, `${leader} does not lead`);
}
