import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import {
  discardStreams,
  findStreamEffects,
  type DeployedCluster,
  type StreamInputs,
} from "../../../provider/dynamic/cluster/streams";
import { UNKNOWN } from "../../../provider/dynamic/life-cycle/unknown";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import { MAIN_FILE } from "../../../provider/servers/server";
import { change, pairFiles } from "../../support/change";
import { Clients } from "../../support/clients";
import { codesAndPaths } from "../../support/diagnostics";
import { keyOf, seedOf } from "../../support/keys";
import { startPair, urlOf, type Pair } from "../../support/pair";
import { SIDES } from "../../support/sides";
import { answerTo, until } from "../../support/streams";
import { CHECK_SIGNER, loginOf, worldOf, type World } from "../../support/world";
import type { RouteCheck } from "../../../provider/dynamic/cluster/check-credentials";

const users = { u: {} };
const A: AccountDeclaration = { name: "A", jetstream: {}, users };
const B: AccountDeclaration = { name: "B", jetstream: {}, users };
const TIMEOUT = 60_000;
const SERVERS = SIDES.map((side) => `nats-${side}`);

const STREAMS = {
  R1: { num_replicas: 1, storage: "file" },
  R2: { num_replicas: 2, storage: "file", max_bytes: 100_000 },
  M2: { num_replicas: 2, storage: "memory" },
} as const;

describe("the effects of a change on streams of two real servers", function () {
  this.timeout(TIMEOUT);
  const clients = new Clients();
  let world: World;
  let pair: Pair;

  before("streams with messages", async () => {
    world = await worldOf([A, B]);
    pair = await startPair(world, { jetstream: { memoryStorage: 2 ** 26, fileStorage: 2 ** 26 } });
    const client = await connect("A/u");
    for (const [name, config] of Object.entries(STREAMS)) {
      const stream = { name, subjects: [`${name}.>`], ...config };
      await until(async () => (await answerTo(client, `STREAM.CREATE.${name}`, stream)) === undefined);
      await until(async () => (await publish(client, `${name}.x`)) === 1);
    }
    const worker = { stream_name: "R2", config: { name: "worker", durable_name: "worker", ack_policy: "explicit" } };
    await until(async () => (await answerTo(client, "CONSUMER.CREATE.R2.worker", worker)) === undefined);
  });

  afterEach(() => clients.close());

  after(() => {
    pair.stop();
  });

  const connect = (user: string) => clients.logIn(pair, "operator", loginOf(world, user));

  async function publish(client: NatsConnection, subject: string): Promise<number | undefined> {
    return (await client.request(subject, "message", { timeout: 2_000 })).json<{ seq?: number }>().seq;
  }

  function access(): RouteCheck {
    const systemAccount = keyOf("account", "SYS");
    return {
      url: urlOf(pair, "operator"),
      systemAccount,
      signer: seedOf("account", CHECK_SIGNER),
      serverNames: SERVERS,
      accounts: {},
    };
  }

  function deployed(): DeployedCluster {
    const files = pairFiles(world, pair.listeners);
    return {
      servers: {
        static: { config: files.static[MAIN_FILE] ?? "" },
        operator: { config: files.operator[MAIN_FILE] ?? "" },
      },
    };
  }

  function inputs(accounts: readonly AccountDeclaration[], more: Partial<StreamInputs> = {}): StreamInputs {
    const declared = accounts.map(({ name, jetstream }) => ({
      name,
      publicKey: keyOf("account", name),
      ...(jetstream === undefined ? {} : { jetstream }),
    }));
    return { isEnabled: true, accounts: declared, discard: [], ...more };
  }

  const effects = (news: StreamInputs, of = access(), isSettled = true) =>
    findStreamEffects(deployed(), news, of, isSettled);
  const found = async (...args: Parameters<typeof effects>) => codesAndPaths((await effects(...args)).diagnostics);

  it("should be none when the accounts stay", async () => {
    assert.deepEqual(await effects(inputs([A, B])), { diagnostics: [] });
    assert.deepEqual(await effects(inputs([A])), { diagnostics: [] }, "B has no streams");
  });

  it("should be a loss of the account's streams when it is removed, has another key or loses JetStream", async () => {
    const { diagnostics } = await effects(inputs([B]));
    assert.deepEqual(codesAndPaths(diagnostics), ["NA4060 accounts.A"]);
    assert.match(
      diagnostics[0]?.problem ?? "",
      /M2 \(R2, memory, .*\), R1 \(R1, file, 1 message, 0.*\), R2 \(R2, file, 1 message, 1 consumer\)/,
    );
    const rekeyed = [{ name: "A", publicKey: UNKNOWN, jetstream: {} }];
    assert.deepEqual(await found(inputs([B], { accounts: rekeyed })), ["NA4060 accounts.A"]);
    assert.deepEqual(await found(inputs([{ name: "A" }, B])), ["NA4061 accounts.A"]);
  });

  it("should be a loss of all streams when the servers lose JetStream", async () => {
    assert.deepEqual(await found(inputs([A, B], { isEnabled: false })), ["NA4062 accounts.A"]);
  });

  it("should be shown and not be an error when the program gives the streams up", async () => {
    const { diagnostics, discarded } = await effects(inputs([B], { discard: ["A"] }));
    assert.deepEqual(diagnostics, []);
    assert.match(discarded ?? "", /^A: M2 .*R1 \(R1, file, 1 message/);
  });

  it("should include accounts that an unfinished update has created", async () => {
    assert.deepEqual(await found(inputs([A, B]), access(), false), []);
    const earlier = deployed();
    const { operator } = pairFiles(await worldOf([B]), pair.listeners);
    const servers = { ...earlier.servers, operator: { config: operator[MAIN_FILE] ?? "" } };
    const { diagnostics } = await findStreamEffects({ servers }, inputs([B]), access(), false);
    assert.deepEqual(codesAndPaths(diagnostics), [`NA4060 accounts.${keyOf("account", "A")}`]);
  });

  it("should include accounts that an unfinished update has created when the servers cannot be asked", async () => {
    const configOf = async (accounts: readonly AccountDeclaration[]) =>
      pairFiles(await worldOf(accounts), pair.listeners).operator[MAIN_FILE] ?? "";
    const servers = { ...deployed().servers, operator: { config: await configOf([B]) } };
    const left = [await configOf([A, B]), await configOf([B])];
    const codes = async (news: StreamInputs, of?: RouteCheck) =>
      codesAndPaths((await findStreamEffects({ servers }, news, of, false, left)).diagnostics);
    const key = keyOf("account", "A");
    assert.deepEqual(await codes(inputs([B])), [`NA4064 accounts.${key}`]);
    assert.deepEqual(await codes(inputs([{ name: "A" }, B])), [`NA4064 accounts.${key}`]);
    assert.deepEqual(await codes(inputs([B], { isEnabled: false })), ["NA4064 accounts.B", `NA4064 accounts.${key}`]);
    assert.deepEqual(await codes(inputs([B], { discard: [key] })), []);
    assert.deepEqual(await codes(inputs([A, B])), []);
    assert.deepEqual(await codes(inputs([B]), access()), [`NA4060 accounts.${key}`]);
  });

  it("should be limits that existing streams and consumers do not meet", async () => {
    const limited = (jetstream: object) => found(inputs([{ ...A, jetstream }, B]));
    assert.deepEqual(await limited({ maxBytesRequired: true }), ["NA1730 accounts.A.jetstream.maxBytesRequired"]);
    assert.deepEqual(await limited({ fileMaxStreamBytes: "1KiB" }), ["NA1730 accounts.A.jetstream.fileMaxStreamBytes"]);
    assert.deepEqual(await limited({ maxAckPending: 5 }), ["NA1730 accounts.A.jetstream.maxAckPending"]);
    assert.deepEqual(await limited({ tiers: { R1: {} } }), ["NA1730 accounts.A.jetstream.tiers"]);
    assert.deepEqual(await limited({ fileStorage: 0, streams: 1, consumers: 1 }), []);
  });

  it("should be unknown, but no failure, when a server cannot be asked", async () => {
    const unverified = await findStreamEffects(deployed(), inputs([B]), undefined, true);
    assert.deepEqual(codesAndPaths(unverified.diagnostics), ["NA4064 accounts.A"]);
    const kept = await findStreamEffects(deployed(), inputs([B], { discard: ["A"] }), undefined, true);
    assert.equal(kept.discarded, 'A: not deleted, because `verification` is "disabled"');
    const off = inputs([A, B], { isEnabled: false, discard: ["A", "B"] });
    const withStore = await findStreamEffects(deployed(), off, undefined, true);
    assert.equal(withStore.discarded, "A: not known\nB: not known", "the storage is deleted");
    const nobody = { ...access(), serverNames: [...SERVERS, "nats-third"] };
    assert.deepEqual(await found(inputs([B]), nobody), ["NA4064 accounts.A"]);
    assert.deepEqual(await found(inputs([B], { discard: ["A"] }), nobody), []);
    assert.deepEqual(await found(inputs([{ ...A, jetstream: { maxAckPending: 5 } }, B]), nobody), []);
  });

  it("should be deleted streams and healthy servers when the account is removed afterwards", async () => {
    const news = inputs([B], { discard: ["A"] });
    const deleted: string[] = [];
    await discardStreams(deployed(), news, access(), (account) => deleted.push(account));
    assert.deepEqual(deleted, [keyOf("account", "A")]);
    assert.deepEqual(await effects(inputs([B])), { diagnostics: [] });
    const after = await worldOf([B]);
    await change(pair, pairFiles(after, pair.listeners), pairFiles(world, pair.listeners));
    await assertHealthy();
    // An account with the same key starts without streams, and can be used without a restart.
    await change(pair, pairFiles(world, pair.listeners), pairFiles(after, pair.listeners));
    const client = await connect("A/u");
    const stream = { name: "R2", subjects: ["R2.>"], ...STREAMS.R2 };
    await until(async () => (await answerTo(client, "STREAM.CREATE.R2", stream)) === undefined);
    await until(async () => (await publish(client, "R2.x")) === 1);
    await assertHealthy();
  });

  it("should be healthy servers again when streams of an account that is in no program are given up by its key", async () => {
    const after = await worldOf([B]);
    await change(pair, pairFiles(after, pair.listeners), pairFiles(world, pair.listeners));
    assert.ok((await health()).every((status) => status !== "ok"));
    world = after;
    await discardStreams(deployed(), inputs([B], { discard: [keyOf("account", "A")] }), access(), () => undefined);
    await assertHealthy();
  });

  async function health(): Promise<string[]> {
    const replies = await (
      await connect("SYS/sys")
    ).requestMany("$SYS.REQ.SERVER.PING.HEALTHZ", "{}", { strategy: "count", maxMessages: 2, maxWait: 2_000 });
    const statuses: string[] = [];
    for await (const reply of replies) {
      statuses.push(reply.json<{ data: { status: string } }>().data.status);
    }
    return statuses;
  }

  const assertHealthy = () => until(async () => (await health()).filter((status) => status === "ok").length === 2);
});
