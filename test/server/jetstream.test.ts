import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import type { AccountDeclaration } from "../../provider/model/account/account";
import type { JetStream } from "../../provider/model/account/jetstream";
import { SIDES, type Side } from "../../provider/servers/places";
import { Clients } from "../support/clients";
import { startPair, type Pair } from "../support/pair";
import { answerTo, lead } from "../support/streams";
import { loginOf, worldOf, type World } from "../support/world";

/** Something that is asked of JetStream, and what it answers: nothing, or a number that stands for an error. */
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

/** Accounts by what their streams may have, with what is asked in each, up to the limits and past them. */
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

/** An account that has tiers, which the operator server alone knows. */
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

  /** Asks everything, and takes the streams away. */
  async function answersTo(client: NatsConnection, asked: readonly Asked[]): Promise<(number | undefined)[]> {
    const answers = [];
    for (const { subject, body } of asked) {
      answers.push(await answerTo(client, subject, body));
    }
    for (const name of STREAMS) {
      await answerTo(client, `STREAM.DELETE.${name}`, {});
    }
    return answers;
  }

  for (const leader of SIDES) {
    describe(`when the ${leader} server decides`, () => {
      // On a busy machine the other one may have taken over in between.
      beforeEach(async function () {
        this.timeout(30_000);
        await lead(await connectAs("SYS/sys", leader), leader);
      });

      for (const side of SIDES) {
        for (const [name, [, ...asked]] of Object.entries(CASES)) {
          it(`should answer a client of the ${side} server as the account's limits say: ${name}`, async () => {
            const expected = asked.map(({ expected: code }) => code);
            assert.deepEqual(await answersTo(await connectAs(`${name}/all`, side), asked), expected);
          });
        }
      }

      it(`should ${leader === "operator" ? "keep" : "not know"} the limits of tiers`, async () => {
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
