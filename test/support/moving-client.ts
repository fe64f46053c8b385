import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";

/** Milliseconds between an answer and the next request. */
const PAUSE = 5;
/** Milliseconds for an answer: long, so that a busy machine does not cause a failure. */
const TIMEOUT = 20_000;

/** What happened to a client. */
export interface Moves {
  /** The servers that announced lame duck mode to it, in their order. */
  readonly left: readonly string[];
  readonly answered: number;
  /** Descriptions of requests without an answer. */
  readonly failures: readonly string[];
}

/**
 * A client that sends one request after the other, and connects to another server between two of them as soon as its server announces
 * lame duck mode, as applications do that lose no request.
 */
export class MovingClient {
  readonly #client: NatsConnection;
  readonly #work: Promise<void>;
  readonly #left: string[] = [];
  readonly #failures: string[] = [];
  #answered = 0;
  #mustMove = false;
  #hasArrived: (() => void) | undefined;
  #isStopped = false;

  /** @param client knows several servers, and reconnects @param subject something answers on it */
  constructor(client: NatsConnection, subject: string) {
    this.#client = client;
    void this.#watch();
    this.#work = this.#ask(subject);
  }

  /** Stops after the answer to the last request. */
  async stop(): Promise<Moves> {
    this.#isStopped = true;
    await this.#work;
    return { left: this.#left, answered: this.#answered, failures: this.#failures };
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#client.status()) {
      if (type === "ldm") {
        this.#left.push(this.#client.getServer());
        this.#mustMove = true;
      }
      if (type === "reconnect") {
        this.#hasArrived?.();
      }
    }
  }

  async #ask(subject: string): Promise<void> {
    for (let number = 1; !this.#isStopped; number += 1) {
      try {
        await this.#client.request(subject, String(number), { timeout: TIMEOUT });
        this.#answered += 1;
      } catch (error) {
        this.#failures.push(`${number}: ${String(error)}`);
      }
      if (this.#mustMove) {
        await this.#move();
      }
      await sleep(PAUSE);
    }
  }

  async #move(): Promise<void> {
    this.#mustMove = false;
    const arrived = new Promise<void>((resolve) => {
      this.#hasArrived = resolve;
    });
    await this.#client.reconnect();
    await arrived;
  }
}
