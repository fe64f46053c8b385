import assert from "node:assert/strict";
import { TimeoutError, type NatsConnection } from "@nats-io/transport-node";
import type { AccountDeclaration } from "../../provider/model/account/account";
import type { JetStream } from "../../provider/model/account/jetstream";
import { Clients } from "../support/clients";
import { filesOf, startPair, type Pair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { answerTo, lead, storeMessage, until } from "../support/streams";
import { loginOf, worldOf, type World } from "../support/world";

/** A JetStream request, and the expected error code, if any. */
interface Asked {
  readonly subject: string;
  readonly body: object;
  readonly expected: number | undefined;
}

const NOT_ENABLED = 10_039;
const NO_MEMORY = 10_028;
const NO_STORAGE = 10_047;
const TOO_MANY_STREAMS = 10_027;
const TOO_MANY_CONSUMERS = 10_026;
const TOO_MANY_PENDING = 10_121;
const STREAM_TOO_LARGE = 10_122;
const MUST_SAY_BYTES = 10_113;
const NO_SUCH_TIER = 10_120;
/** The creation of a stream failed, for a reason other than a limit. */
const CANNOT_CREATE = 10_049;

const STREAMS = ["a", "b", "c"] as const;

function stream(name: (typeof STREAMS)[number], config: object, expected?: number): Asked {
  const body = { name, subjects: [`${name}.>`], storage: "memory", num_replicas: 1, ...config };
  return { subject: `STREAM.CREATE.${name}`, body, expected };
}

function consumer(name: string, pending: number, expected?: number): Asked {
  const config = { name, durable_name: name, ack_policy: "explicit", max_ack_pending: pending };
  const body = { stream_name: "a", config };
  return { subject: `CONSUMER.CREATE.a.${name}`, body, expected };
}

const FILE = { storage: "file" };

/** JetStream limits of accounts, each with requests up to and beyond the limits. */
const CASES: Readonly<Record<string, readonly [JetStream | undefined, ...Asked[]]>> = {
  "no JetStream": [undefined, stream("a", {}, NOT_ENABLED)],
  "no limits": [{}, stream("a", {}), stream("b", FILE), stream("c", { num_replicas: 2 }), consumer("one", 5_000)],
  "streams in memory alone": [
    { fileStorage: 0, memoryStorage: "10KiB" },
    stream("a", { max_bytes: 10_000 }),
    stream("b", { max_bytes: 1_000 }, NO_MEMORY),
    stream("c", FILE, NO_STORAGE),
  ],
  "streams in files alone": [
    { memoryStorage: 0, fileStorage: "10KiB" },
    stream("a", { ...FILE, max_bytes: 10_000 }),
    stream("b", { ...FILE, max_bytes: 1_000 }, NO_STORAGE),
    stream("c", {}, NO_MEMORY),
  ],
  "storage that replicas share": [
    { fileStorage: 1_000 },
    stream("a", { ...FILE, max_bytes: 600, num_replicas: 2 }, NO_STORAGE),
    stream("a", { ...FILE, max_bytes: 500, num_replicas: 2 }),
  ],
  "two streams, one consumer, five messages without an acknowledgement": [
    { streams: 2, consumers: 1, maxAckPending: 5 },
    stream("a", {}),
    stream("b", FILE),
    stream("c", {}, TOO_MANY_STREAMS),
    consumer("one", 6, TOO_MANY_PENDING),
    consumer("one", 5),
    consumer("two", 1, TOO_MANY_CONSUMERS),
  ],
  "small streams": [
    { memoryMaxStreamBytes: 1_000, fileMaxStreamBytes: "2KiB" },
    stream("a", { max_bytes: 1_001 }, STREAM_TOO_LARGE),
    stream("a", { max_bytes: 1_000 }),
    stream("b", { ...FILE, max_bytes: 2_049 }, STREAM_TOO_LARGE),
    stream("b", { ...FILE, max_bytes: 2_048 }),
  ],
  "streams that say how large they are": [
    { maxBytesRequired: true },
    stream("a", {}, MUST_SAY_BYTES),
    stream("a", { max_bytes: 1 }),
  ],
  "servers that talk in its own account": [{ clusterTraffic: "owner" }, stream("a", { num_replicas: 2 })],
};

/** An account with tiers, which only the operator server supports. */
const TIERED = "one stream with one replica";

describe("JetStream of accounts", () => {
  let world: World;
  let pair: Pair;
  let clients: Clients;

  before(async () => {
    const cases = Object.entries(CASES).map(([name, [jetstream]]) => [name, jetstream] as const);
    const declared = [...cases, [TIERED, { tiers: { R1: { streams: 1 } } }] as const];
    world = await worldOf(
      declared.map(([name, jetstream]): AccountDeclaration => {
        return { name, users: { all: {} }, ...(jetstream === undefined ? {} : { jetstream }) };
      }),
    );
    pair = await startPair(world, { jetstream: { memoryStorage: 2 ** 26, fileStorage: 2 ** 26 } });
  });

  after(() => {
    pair.stop();
  });

  beforeEach(() => {
    clients = new Clients();
  });

  afterEach(() => clients.close());

  function connectAs(user: string, side: Side): Promise<NatsConnection> {
    return clients.logIn(pair, side, loginOf(world, user));
  }

  /**
   * Returns the answer to a request. A busy server can fail to create a stream, for no reason of its limits, and a leader that changes
   * can leave a request without an answer: try again.
   */
  async function answerOf(client: NatsConnection, subject: string, body: object): Promise<number | undefined> {
    const answer = await answerTo(client, subject, body).catch((error: unknown) => {
      if (error instanceof TimeoutError) return CANNOT_CREATE;
      throw error;
    });
    return answer === CANNOT_CREATE ? answerTo(client, subject, body) : answer;
  }

  /** Sends all requests, then deletes the streams. */
  async function answersTo(client: NatsConnection, asked: readonly Asked[]): Promise<(number | undefined)[]> {
    const answers = [];
    for (const { subject, body } of asked) {
      answers.push(await answerOf(client, subject, body));
    }
    for (const name of STREAMS) {
      await answerTo(client, `STREAM.DELETE.${name}`, {});
    }
    return answers;
  }

  for (const leader of SIDES) {
    describe(`when the ${leader} server leads`, () => {
      // On a busy machine, the other server may have become leader in the meantime.
      beforeEach(async function () {
        this.timeout(30_000);
        await lead(await connectAs("SYS/sys", leader), leader);
      });

      for (const side of SIDES) {
        for (const [name, [, ...asked]] of Object.entries(CASES)) {
          it(`should enforce the account's limits for a client of the ${side} server: ${name}`, async () => {
            const expected = asked.map(({ expected: code }) => code);
            assert.deepEqual(await answersTo(await connectAs(`${name}/all`, side), asked), expected);
          });
        }
      }

      it(`should ${leader === "operator" ? "enforce" : "not enforce"} the limits of tiers`, async () => {
        const tooMany = leader === "operator" ? TOO_MANY_STREAMS : undefined;
        const client = await connectAs(`${TIERED}/all`, "operator");
        assert.deepEqual(await answersTo(client, [stream("a", {}), stream("b", {})]), [undefined, tooMany]);
        if (leader === "operator") {
          assert.deepEqual(await answersTo(client, [stream("a", { num_replicas: 2 })]), [NO_SUCH_TIER]);
        }
      });
    });
  }
});

describe("a JetStream domain", function () {
  this.timeout(120_000);

  it("should keep streams when it is set, and address the API of both servers", async () => {
    const world = await worldOf([{ name: "A", jetstream: {}, users: { u: {} } }]);
    const clients = new Clients();
    const pair = await startPair(world, { jetstream: {} });
    try {
      const login = loginOf(world, "A/u");
      const before = await clients.logIn(pair, "static", login);
      const create = { name: "kept", subjects: ["kept.>"], storage: "file", num_replicas: 2 };
      await until(async () => (await answerTo(before, "STREAM.CREATE.kept", create)) === undefined);
      await storeMessage(before, "kept.1");
      await clients.close();
      for (const side of SIDES) {
        const { servers, listeners } = pair;
        await servers[side].stop();
        await servers[side].put(
          filesOf(side, world, {
            ...listeners,
            [side]: { ...listeners[side], jetstream: { ...listeners[side].jetstream, domain: "hub" } },
          }),
        );
        await servers[side].start();
      }
      for (const side of SIDES) {
        const client = await clients.logIn(pair, side, login);
        for (const api of ["$JS.API", "$JS.hub.API"]) {
          await until(async () => {
            const info = await client.request(`${api}.STREAM.INFO.kept`, "", { timeout: 5_000 });
            return info.json<{ state?: { messages: number } }>().state?.messages === 1;
          });
        }
      }
    } finally {
      await clients.close();
      pair.stop();
    }
  });
});
