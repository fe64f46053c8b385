import { setTimeout as sleep } from "node:timers/promises";
import { headers, RequestError, TimeoutError, type NatsConnection } from "@nats-io/transport-node";
import { errorMessage } from "../../provider/servers/errors";

/** Milliseconds between the messages of one publisher. */
const PAUSE = 20;
/** Milliseconds for an acknowledgement: what the client libraries of NATS wait by default. */
const TIMEOUT = 5_000;
/** How often a message is published again, and after how many milliseconds: what nats.go does if nobody responds. */
const RETRIES = 2;
const RETRY_PAUSE = 250;
/** By the id of a message, a stream stores it once even if it is published again. */
const MESSAGE_ID = "Nats-Msg-Id";

/** The numbers of messages of publishers, by their fate. */
export interface Published {
  readonly acknowledged: number;
  /** Those of them that were published again because nobody responded. */
  readonly unanswered: number;
  /** Those of them that were published again because no acknowledgement came. */
  readonly late: number;
  /** Descriptions of those that were not acknowledged. */
  readonly failures: readonly string[];
}

/**
 * Publishes messages to a stream at a steady rate until it is stopped, and waits for the acknowledgement of each. A message that is not
 * acknowledged is published again with the same id.
 */
export class Publishers {
  readonly #work: readonly Promise<unknown>[];
  readonly #failures: string[] = [];
  readonly #counts = { acknowledged: 0, unanswered: 0, late: 0 };
  #stopped = false;

  /** @param clients by name */
  constructor(clients: Readonly<Record<string, NatsConnection>>, subject: string) {
    this.#work = Object.entries(clients).map(([name, client]) => this.#publish(name, client, subject));
  }

  /** Stops when every message was acknowledged or has failed. */
  async stop(): Promise<Published> {
    this.#stopped = true;
    await Promise.all(this.#work);
    return { ...this.#counts, failures: this.#failures };
  }

  async #publish(name: string, client: NatsConnection, subject: string): Promise<void> {
    const open: Promise<void>[] = [];
    for (let number = 1; !this.#stopped; number += 1) {
      open.push(this.#store(client, subject, `${name} ${number}`));
      await sleep(PAUSE);
    }
    await Promise.all(open);
  }

  async #store(client: NatsConnection, subject: string, id: string): Promise<void> {
    const own = headers();
    own.set(MESSAGE_ID, id);
    let [isUnanswered, isLate] = [false, false];
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await client.request(subject, id, { timeout: TIMEOUT, headers: own });
        const { error } = answer.json<{ error?: { description: string } }>();
        if (error !== undefined) throw new Error(error.description);
        this.#counts.acknowledged += 1;
        this.#counts.unanswered += isUnanswered ? 1 : 0;
        this.#counts.late += isLate ? 1 : 0;
        return;
      } catch (error) {
        const nobody = error instanceof RequestError && error.isNoResponders();
        const late = error instanceof TimeoutError;
        if (!(nobody || late) || attempt === RETRIES) {
          this.#failures.push(`${id}: ${errorMessage(error)}`);
          return;
        }
        isUnanswered ||= nobody;
        isLate ||= late;
        await sleep(RETRY_PAUSE);
      }
    }
  }
}
