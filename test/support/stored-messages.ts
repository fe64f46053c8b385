import assert from "node:assert/strict";
import { createInbox, type NatsConnection } from "@nats-io/transport-node";
import { waitFor } from "../../provider/servers/log";

/** Milliseconds for servers to elect leaders and catch up after a change. */
const SETTLED = 60_000;
const REQUEST_TIMEOUT = 2_000;
/** Nanoseconds for a consumer to deliver a message. */
const EXPIRES = 30e9;

/** A stream, or the stream of a key-value bucket. */
export interface StreamConfig {
  readonly name: string;
  /** A subject that it stores. */
  readonly subject: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Returns a stream with a subject of its own. */
export function streamConfig(
  name: string,
  replicas: number,
  storage: "file" | "memory",
  more: object = {},
): StreamConfig {
  const config = { name, subjects: [`${name}.>`], num_replicas: replicas, storage, ...more };
  return { name, subject: `${name}.message`, config };
}

/** Returns the stream of a key-value bucket. */
export function bucketConfig(bucket: string, replicas: number): StreamConfig {
  const name = `KV_${bucket}`;
  const own = {
    max_msgs_per_subject: 64,
    allow_direct: true,
    allow_rollup_hdrs: true,
    deny_delete: true,
    discard: "new",
  };
  const config = { name, subjects: [`$KV.${bucket}.>`], num_replicas: replicas, storage: "file", ...own };
  return { name, subject: `$KV.${bucket}.key`, config };
}

interface Answer {
  readonly error?: { readonly err_code?: number; readonly description?: string };
}

/** Sends a request until it is answered as expected. @returns the answer */
async function requestUntil<T>(
  client: NatsConnection,
  subject: string,
  body: object | string,
  accept: (answer: T & Answer) => boolean,
): Promise<T> {
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  let last: unknown = "no answer";
  const ask = async () => {
    try {
      const answer = (await client.request(subject, payload, { timeout: REQUEST_TIMEOUT })).json<T & Answer>();
      last = answer;
      return accept(answer) ? answer : undefined;
    } catch (error) {
      last = String(error);
      return undefined;
    }
  };
  const answer = await waitFor(ask, SETTLED);
  assert.ok(answer !== undefined, `${subject}: ${JSON.stringify(last)}`);
  return answer;
}

const isSuccess = ({ error }: Answer) => error === undefined;

/** The streams of an account, with the number of messages that each must have. */
export class StoredMessages {
  readonly #counts = new Map<StreamConfig, number>();

  /** Creates streams, each with a consumer. */
  async create(client: NatsConnection, streams: readonly StreamConfig[]): Promise<void> {
    for (const stream of streams) {
      const { name, config } = stream;
      await requestUntil(client, `$JS.API.STREAM.CREATE.${name}`, config, isSuccess);
      const worker = { name: "worker", durable_name: "worker", ack_policy: "explicit" };
      await requestUntil(
        client,
        `$JS.API.CONSUMER.CREATE.${name}.worker`,
        { stream_name: name, config: worker },
        isSuccess,
      );
      this.#counts.set(stream, 0);
    }
  }

  /** Publishes a message to every stream, and asserts that it is the next one. */
  async publish(client: NatsConnection): Promise<void> {
    for (const [stream, count] of this.#counts) {
      const { seq } = await requestUntil<{ seq: number }>(client, stream.subject, "message", isSuccess);
      assert.equal(seq, count + 1, `${stream.name} has lost a message, or stored one twice`);
      this.#counts.set(stream, seq);
    }
  }

  /** Consumes a message of every stream, and asserts that it is the next one. */
  async consume(client: NatsConnection): Promise<void> {
    for (const { name } of this.#counts.keys()) {
      const info = `$JS.API.CONSUMER.INFO.${name}.worker`;
      interface Info {
        delivered: { consumer_seq: number; stream_seq: number };
        ack_floor: { stream_seq: number };
      }
      const before = await requestUntil<Info>(client, info, "", isSuccess);
      const next = `$JS.API.CONSUMER.MSG.NEXT.${name}.worker`;
      // A consumer delivers a message under its own subject, which the client does not recognize as the answer to a request.
      const reply = createInbox();
      const received = client.subscribe(reply, { max: 1, timeout: SETTLED });
      client.publish(next, JSON.stringify({ batch: 1, expires: EXPIRES }), { reply });
      for await (const message of received) {
        assert.equal(message.string(), "message", name);
        message.respond("+ACK");
      }
      const after = await requestUntil<Info>(client, info, "", ({ ack_floor: floor }) => {
        return floor.stream_seq === before.ack_floor.stream_seq + 1;
      });
      assert.equal(after.delivered.stream_seq, before.delivered.stream_seq + 1, `${name}: delivered twice`);
    }
  }

  /** Asserts that every stream has all of its messages, and that all of its replicas have caught up. */
  async assertKept(client: NatsConnection): Promise<void> {
    interface Info {
      readonly state: { readonly messages: number };
      readonly cluster?: { readonly leader?: string; readonly replicas?: readonly { readonly current?: boolean }[] };
    }
    for (const [{ name }, count] of this.#counts) {
      const { state } = await requestUntil<Info>(client, `$JS.API.STREAM.INFO.${name}`, "", ({ error, cluster }) => {
        return (
          error === undefined &&
          cluster?.leader !== undefined &&
          (cluster.replicas ?? []).every((one) => one.current === true)
        );
      });
      assert.equal(state.messages, count, `${name} has lost messages`);
    }
  }
}

/** Asserts that two servers become healthy. @param system a client of the system account */
export async function assertHealthy(system: NatsConnection): Promise<void> {
  let last: string[] = [];
  const areHealthy = async () => {
    last = [];
    const replies = await system.requestMany("$SYS.REQ.SERVER.PING.HEALTHZ", "{}", {
      strategy: "count",
      maxMessages: 2,
      maxWait: REQUEST_TIMEOUT,
    });
    for await (const reply of replies) {
      const { data } = reply.json<{ data: { status: string; error?: string } }>();
      last.push(data.error ?? data.status);
    }
    return last.length === 2 && last.every((status) => status === "ok") ? true : undefined;
  };
  assert.equal(await waitFor(areHealthy, SETTLED), true, last.join("; "));
}
