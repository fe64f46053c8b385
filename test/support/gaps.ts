import type { NatsConnection } from "@nats-io/transport-node";
import { waitFor } from "../../provider/servers/log";

/** Milliseconds between messages. */
const PAUSE = 5;
/** Milliseconds in which a message arrives when nothing is interrupted. */
const ARRIVAL = 20_000;

/** Numbered messages from a client of one server to a client of another one, of which some may be lost. */
export class Gaps {
  readonly #arrived = new Set<number>();
  #published = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly from: NatsConnection,
    private readonly subject: string,
  ) {}

  /** Starts when the first message has arrived. */
  static async start(from: NatsConnection, to: NatsConnection, subject: string): Promise<Gaps> {
    const gaps = new Gaps(from, subject);
    to.subscribe(subject, { callback: (_error, message) => void gaps.#arrived.add(Number(message.string())) });
    await to.flush();
    await gaps.#arrives();
    gaps.#arrived.clear();
    gaps.#published = 0;
    gaps.#timer = setInterval(() => {
      gaps.#publish();
    }, PAUSE);
    return gaps;
  }

  /** Stops when a message arrives again. @returns milliseconds of lost messages */
  async stop(): Promise<number> {
    clearInterval(this.#timer);
    const published = this.#published;
    await this.#arrives();
    const lost = Array.from({ length: published }, (_, index) => index + 1).filter(
      (number) => !this.#arrived.has(number),
    );
    return lost.length * PAUSE;
  }

  #publish(): number {
    this.#published += 1;
    this.from.publish(this.subject, String(this.#published));
    return this.#published;
  }

  /** Publishes until a message arrives. @throws Error if none does */
  async #arrives(): Promise<void> {
    const first = this.#published + 1;
    const arrived = await waitFor(() => {
      this.#publish();
      return Promise.resolve([...this.#arrived].some((number) => number >= first) || undefined);
    }, ARRIVAL);
    if (arrived === undefined) {
      throw new Error(`no message arrives on ${this.subject}`);
    }
  }
}
