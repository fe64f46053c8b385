import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { accountClaims } from "../../provider/jwt/claims";
import { formatCreds, signClaims } from "../../provider/jwt/sign";
import { normalizeAccount } from "../../provider/model/account/account";
import { readStore } from "../../provider/read/store";
import { withOperatorServer } from "../adopt/operator-server";
import { FREE, signAccount, signOperator, signUser, UNLIMITED } from "../read/sign";
import { by, Clients } from "../support/clients";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { answerTo } from "../support/streams";
import { publish, subscribe, Wire } from "../support/wire";
import { ISSUED_AT } from "../support/world";

const without = (claim: string) => ({ ...UNLIMITED, [claim]: undefined });
const FILES = { ...UNLIMITED, disk_storage: -1 };

/** Limits as JWTs contain them. An absent one is zero for servers, and zero can be nothing or no limit. */
const LIMITS: Readonly<Record<string, object>> = {
  "no limits at all": {},
  ...Object.fromEntries(Object.keys(UNLIMITED).map((claim) => [`no ${claim}`, without(claim)])),
  "storage in files": FILES,
  "storage in memory": { ...UNLIMITED, mem_storage: -1 },
  "any negative number": { ...FILES, disk_storage: -5, streams: -5, consumer: -5, data: -5 },
  "no storage, but streams": { ...UNLIMITED, streams: 5 },
  "zero streams and consumers": { ...FILES, streams: 0, consumer: 0, max_ack_pending: 0, disk_max_stream_bytes: 0 },
  "one stream and consumer": { ...FILES, streams: 1, consumer: 1 },
  "small streams": { ...FILES, disk_max_stream_bytes: 500 },
  "an empty tier": { ...UNLIMITED, tiered_limits: { R1: {} } },
  "an empty tier beside storage": { ...FILES, tiered_limits: { R1: { streams: 5 } } },
  "a tier with storage": { ...UNLIMITED, tiered_limits: { R1: { disk_storage: -1 }, R3: {} } },
  "a tier of three replicas": { ...UNLIMITED, tiered_limits: { R3: { disk_storage: -1 } } },
};

const stream = (name: string, storage: string) => [
  `STREAM.CREATE.${name}`,
  { name, subjects: [name], storage, num_replicas: 1, max_bytes: 1_000 },
];
const consumer = (name: string) => [
  `CONSUMER.DURABLE.CREATE.a.${name}`,
  { stream_name: "a", config: { durable_name: name, ack_policy: "explicit" } },
];

/** JetStream requests, one after the other. */
const REQUESTS = [
  stream("a", "file"),
  stream("b", "memory"),
  stream("c", "file"),
  consumer("one"),
  consumer("two"),
] as [string, object][];

const NO_ANSWER = "no answer";

/** Milliseconds within which a server closes a connection that exceeds a limit from the start. */
const CLOSING = 60;

describe("the limits of an adopted account", function () {
  this.timeout(60_000);
  const clients = new Clients();
  const names = Object.keys(LIMITS);
  const users = new Map<string, string>();
  let operator: string;
  let original: Record<string, unknown>;
  let adopted: Record<string, unknown>;

  /** Returns every decision of a server about the accounts with these JWTs. */
  const decisionsOf = (accounts: readonly string[]) =>
    withOperatorServer(
      operator,
      accounts,
      async (port) => {
        const decisions: Record<string, unknown> = {};
        for (const name of names) {
          decisions[name] = await decide(port, name);
        }
        await clients.close();
        return decisions;
      },
      true,
    );

  async function decide(port: number, name: string): Promise<unknown> {
    const jwt = users.get(name) ?? "";
    const seed = seedOf("user", name);
    const wire = await Wire.open(port, { seed, jwt, nkey: false }).catch(() => undefined);
    await setTimeout(CLOSING);
    const commands = [subscribe("x", 1), publish("x"), publish("x", "text")];
    // A server that allows no subscription closes the connection during the login, or a moment later.
    const sent = (await wire?.sendAll(commands)) ?? commands.map(() => "closed");
    await wire?.close();
    const connection = await clients
      .connect(`nats://127.0.0.1:${port}`, by.creds(formatCreds(jwt, seed)))
      .catch(() => undefined);
    return { sent, answers: connection === undefined ? REQUESTS.map(() => NO_ANSWER) : await answersOf(connection) };
  }

  /** Returns the code of each answer, or that there is none. */
  async function answersOf(connection: NatsConnection): Promise<unknown[]> {
    const answers: unknown[] = [];
    for (const [subject, body] of REQUESTS) {
      answers.push(await answerTo(connection, subject, body).catch(() => NO_ANSWER));
    }
    return answers;
  }

  before("the decisions about the accounts of the store, and about those of the program", async () => {
    operator = await signOperator();
    const system = await signAccount("SYS", { limits: UNLIMITED });
    const signed = await Promise.all(
      names.map(async (name) => {
        users.set(name, await signUser(name, name, name, FREE));
        return signAccount(name, { limits: LIMITS[name] });
      }),
    );
    original = await decisionsOf([system, ...signed]);
    const token = (jwt: string) => ({ origin: "it", jwt });
    const accounts = signed.map((jwt) => ({ token: token(jwt), users: [] }));
    const { accounts: read } = readStore({ operator: token(operator), accounts, seedOf: () => undefined }, ISSUED_AT);
    const again = names.map((name) => {
      const { limits, jetstream } = read[name] ?? {};
      const terms = { ...(limits && { limits }), ...(jetstream && { jetstream }) };
      const account = normalizeAccount({ name, publicKey: keyOf("account", name), users: {}, ...terms });
      return signClaims(accountClaims(account), pairOf("operator", "KO"), { issuedAt: ISSUED_AT });
    });
    adopted = await decisionsOf([system, ...(await Promise.all(again))]);
  });

  after(() => clients.close());

  for (const name of names) {
    it(`should apply as before when the JWT has ${name}`, () => {
      assert.deepEqual(adopted[name], original[name]);
    });
  }

  it("should be worth comparing: servers treat the JWTs differently", () => {
    const kinds = new Set(Object.values(original).map((decision) => JSON.stringify(decision)));
    assert.ok(kinds.size >= 8, [...kinds].join("\n"));
  });
});
