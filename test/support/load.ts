import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "../../provider/servers/log";
import type { NatsConnection } from "@nats-io/transport-node";

/** Milliseconds between requests, and between numbered messages, of one pair of clients. */
const REQUEST_PAUSE = 10;
const NUMBER_PAUSE = 5;
/** Timeout of a request, in milliseconds. Long, so that a busy machine does not cause a failure. */
const REQUEST_TIMEOUT = 20_000;
/** Timeout for the arrival of the last message, in milliseconds. */
const ARRIVAL = 5_000;

/** Traffic from a client of one server to a client of the other one. */
export interface Crossing {
  readonly from: NatsConnection;
  readonly to: NatsConnection;
  /** The subject, used by these two clients only. */
  readonly subject: string;
}

/** Delivered messages, and failures. */
export interface LoadResult {
  readonly answered: number;
  readonly arrived: number;
  /**
   * Numbers that arrived twice. For a moment of a reload, nats-server has the former and the new subscription to an import of a stream
   * (`processSubsOnConfigReload`).
   */
  readonly repeated: number;
  /** Descriptions of failed requests, and of numbers that are missing or out of order. */
  readonly failures: readonly string[];
}

/** Sends requests and numbered messages at a steady rate, until it is stopped. */
export class Load {
  readonly #work: Promise<unknown>[] = [];
  readonly #failures: string[] = [];
  readonly #published = new Map<string, number>();
  readonly #arrived = new Map<string, number>();
  #answered = 0;
  #repeated = 0;
  #stopped = false;

  /**
   * @param requests the first client sends requests, the second one answers them
   * @param numbers the first client publishes numbers, the second one subscribes
   */
  constructor(
    private readonly requests: readonly Crossing[],
    private readonly numbers: readonly Crossing[],
  ) {}

  /** Starts when the subscriptions have crossed the route. */
  async start(): Promise<void> {
    for (const { to, subject } of this.requests) {
      to.subscribe(subject, { callback: (_error, message) => void message.respond(message.data) });
    }
    await Promise.all(this.requests.map(firstAnswer));
    await Promise.all(this.numbers.map((crossing) => this.#listen(crossing)));
    this.#work.push(...this.requests.map((crossing) => this.#ask(crossing)));
    this.#work.push(...this.numbers.map((crossing) => this.#publish(crossing)));
  }

  /** The result so far. */
  get result(): LoadResult {
    const arrived = [...this.#arrived.values()].reduce((sum, count) => sum + count, 0);
    return { answered: this.#answered, arrived, repeated: this.#repeated, failures: this.#failures };
  }

  /** Stops when the last answers and messages have arrived. */
  async stop(): Promise<LoadResult> {
    this.#stopped = true;
    await Promise.all(this.#work);
    const deadline = performance.now() + ARRIVAL;
    while (this.#missing().length > 0 && performance.now() < deadline) {
      await sleep(REQUEST_PAUSE);
    }
    this.#failures.push(...this.#missing());
    return this.result;
  }

  #missing(): string[] {
    return [...this.#published].flatMap(([name, published]) => {
      const arrived = this.#arrived.get(name) ?? 0;
      return arrived === published ? [] : [`${name}: ${published} were published, ${arrived} have arrived`];
    });
  }

  /** Subscribes, and publishes zeros until one has arrived. */
  async #listen({ from, to, subject }: Crossing): Promise<void> {
    let linked = false;
    to.subscribe(subject, {
      callback: (_error, message) => {
        linked = true;
        this.#arrive(subject, Number(message.string()));
      },
    });
    await waitFor(() => {
      from.publish(subject, "0");
      return Promise.resolve(linked ? true : undefined);
    }, ARRIVAL);
  }

  #arrive(subject: string, number: number): void {
    const expected = (this.#arrived.get(subject) ?? 0) + 1;
    if (number === 0) {
      return;
    }
    if (number === expected - 1) {
      this.#repeated += 1;
      return;
    }
    if (number !== expected) {
      this.#failures.push(`${subject}: number ${number} instead of ${expected}`);
    }
    this.#arrived.set(subject, number);
  }

  async #ask({ from, subject }: Crossing): Promise<void> {
    const open: Promise<void>[] = [];
    for (let index = 0; !this.#stopped; index++) {
      open.push(this.#answer(subject, from.request(subject, String(index), { timeout: REQUEST_TIMEOUT })));
      await sleep(REQUEST_PAUSE);
    }
    await Promise.all(open);
  }

  async #answer(subject: string, request: Promise<unknown>): Promise<void> {
    try {
      await request;
      this.#answered += 1;
    } catch (error) {
      this.#failures.push(`${subject}: ${String(error)}`);
    }
  }

  async #publish({ from, subject }: Crossing): Promise<void> {
    for (let number = 1; !this.#stopped; number++) {
      from.publish(subject, String(number));
      this.#published.set(subject, number);
      await sleep(NUMBER_PAUSE);
    }
  }
}

/** Sends requests until one is answered, since subscriptions take a moment to cross a route. */
async function firstAnswer({ from, subject }: Crossing): Promise<void> {
  const answered = await waitFor(() => from.request(subject, "", { timeout: REQUEST_TIMEOUT }).then(yes, no), ARRIVAL);
  if (answered === undefined) {
    throw new Error(`nobody answers on ${subject}`);
  }
}

const yes = () => true as const;
const no = () => undefined;
