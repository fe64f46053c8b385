import assert from "node:assert/strict";
import { join } from "node:path";
import type { NatsConnection } from "@nats-io/transport-node";
import { provider } from "../../../provider/dynamic/cluster-configuration";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import type { Place } from "../../../provider/servers/place";
import { makePlace } from "../../../provider/servers/process/folder";
import { MAIN_FILE } from "../../../provider/servers/server";
import { CHECK_SUBJECTS, PING, purgeSubject } from "../../../provider/servers/system-subjects";
import { by, Clients } from "../../support/clients";
import { keyOf, seedOf } from "../../support/keys";
import { Engine, failureCodes } from "../../support/life-cycle";
import { natsServer, newCluster, removeCluster } from "../../support/local-server";
import { filesOf, freeListeners, type Listeners } from "../../support/pair";
import { SIDES, type Side } from "../../support/sides";
import { answerTo, until } from "../../support/streams";
import { CHECK_SIGNER, loginOf, worldOf } from "../../support/world";
import type { RouteCheck } from "../../../provider/dynamic/cluster/check-credentials";

const TIMEOUT = 120_000;
const HOST = "127.0.0.1";
const LINK = { jetstream: { memoryStorage: 2 ** 26, fileStorage: 2 ** 26 } };

const users = { u: {} };
const A: AccountDeclaration = { name: "A", jetstream: {}, users };
const M: AccountDeclaration = { name: "M", jetstream: {}, users };
const REROUTED: AccountDeclaration = { ...M, jetstream: { clusterTraffic: "owner" } };

describe("streams that a program gives up", function () {
  this.timeout(TIMEOUT);
  const engine = new Engine(provider);
  const clients = new Clients();
  let cluster: string;
  let listeners: Listeners;

  before(async () => {
    cluster = newCluster();
    listeners = await freeListeners("nats", LINK);
  });

  afterEach(() => clients.close());

  after(() => {
    removeCluster(cluster);
  });

  const operatorUrl = () => `nats://${HOST}:${listeners.operator.clientPort}`;

  async function newPlace(side: Side, inside: string): Promise<Place> {
    const folder = await makePlace(join(cluster, inside), side, natsServer());
    return { kind: "process", address: HOST, folder, ports: {} };
  }

  async function newPlaces(inside: string): Promise<Record<Side, Place>> {
    return { static: await newPlace("static", inside), operator: await newPlace("operator", inside) };
  }

  function check(): RouteCheck {
    return {
      url: operatorUrl(),
      systemAccount: keyOf("account", "SYS"),
      signer: seedOf("account", CHECK_SIGNER),
      serverNames: SIDES.map((side) => `nats-${side}`),
      accounts: Object.fromEntries([A, M].map(({ name }) => [keyOf("account", name), name])),
      jetstream: "all",
    };
  }

  async function inputs(accounts: readonly AccountDeclaration[], places: Record<Side, Place>, more: object = {}) {
    const world = await worldOf(accounts);
    const servers = Object.fromEntries(
      SIDES.map((side) => {
        const config = filesOf(side, world, listeners, LINK)[MAIN_FILE];
        return [side, { host: HOST, clusterPort: listeners[side].clusterPort, config }];
      }),
    );
    const declared = accounts.map(({ name, jetstream }) => ({ name, publicKey: keyOf("account", name), jetstream }));
    const streams = { isEnabled: true, accounts: declared, discard: ["A"] };
    return { clusterName: "nats", attempt: "1", places, servers, check: check(), streams, ...more };
  }

  async function connect(account: string): Promise<NatsConnection> {
    return clients.connect(operatorUrl(), by.creds(loginOf(await worldOf([A, M]), `${account}/u`).creds));
  }

  /** Creates a stream in memory with two replicas and a message. */
  async function store(account: string): Promise<void> {
    const client = await connect(account);
    const stream = { name: "S", subjects: ["s"], num_replicas: 2, storage: "memory" };
    await until(async () => (await answerTo(client, "STREAM.CREATE.S", stream)) === undefined);
    await until(
      async () => (await client.request("s", "message", { timeout: 2_000 })).json<{ seq?: number }>().seq === 1,
    );
  }

  it("should stay when the update is refused for another reason, and be deleted when it is not", async () => {
    const places = await newPlaces("old");
    const { id, outs } = await engine.create(await inputs([A, M], places));
    await store("A");
    await store("M");
    const both = await inputs([REROUTED], await newPlaces("new"), {
      attempt: JSON.stringify({ name: "2", before: "1" }),
    });
    await assert.rejects(engine.update(id, outs, both), /"M".*"S" \[NA5053\][^]*\nNo server was changed/);
    assert.equal(await answerTo(await connect("A"), "STREAM.INFO.S", {}), undefined, "A has lost its stream");

    await clients.close();
    await engine.update(id, outs, await inputs([M], places));
    const restored = await engine.update(id, outs, await inputs([A, M], places));
    assert.equal(await answerTo(await connect("A"), "STREAM.INFO.S", {}), 10059, "A still has its stream");
    assert.equal(await answerTo(await connect("M"), "STREAM.INFO.S", {}), undefined, "M has lost its stream");
    await provider.delete?.(id, restored);
  });

  it("should be named with those that remain when not all can be deleted, and be deleted by the next update", async () => {
    const places = await newPlaces("halfway");
    const limited = [...CHECK_SUBJECTS, PING.HEALTHZ, PING.JSZ, purgeSubject(keyOf("account", "A"))];
    const permissions = { publish: { allow: limited }, subscribe: { allow: ["_INBOX.>"] } };
    const sys: AccountDeclaration = { name: "SYS", users: { sys: {} }, roles: { limited: { permissions } } };
    const kept: AccountDeclaration = { name: "K", jetstream: {}, users };
    const { id, outs } = await engine.create(await inputs([sys, A, M, kept], places));
    await store("A");
    await store("M");
    await clients.close();
    const streams = {
      isEnabled: true,
      accounts: [{ name: "K", publicKey: keyOf("account", "K"), jetstream: {} }],
      discard: ["A", "M"],
    };
    const next = async (more: object) => inputs([sys, kept], places, { streams, ...more });
    const halfway = { check: { ...check(), signer: seedOf("account", "SYS role limited") } };
    const [a = "", m = ""] = [A, M].map(({ name }) => keyOf("account", name));
    await assert.rejects(engine.update(id, outs, await next(halfway)), (error: Error) => {
      assert.match(error.message, new RegExp(`\\[NA4065\\]:\nNot deleted: the streams of account ${m}\\.`));
      assert.match(
        error.message,
        new RegExp(`\nThe streams of account ${a} were deleted\\.\nNothing else was changed`),
      );
      return !error.message.includes("No server was changed");
    });
    assert.equal(await answerTo(await connect("A"), "STREAM.INFO.S", {}), 10059, "A still has its stream");
    assert.equal(await answerTo(await connect("M"), "STREAM.INFO.S", {}), undefined, "M has lost its stream");

    await clients.close();
    const last = await engine.update(id, outs, await next({}));
    await assert.rejects(connect("M"));
    await provider.delete?.(id, last);
  });

  it("should be named when an unfinished update has created their account, also without a verification", async () => {
    const unverified = { check: undefined };
    const places = await newPlaces("killed");
    const { id, outs } = await engine.create(await inputs([M], places, unverified));
    // As if the update had been killed when it was done, and nothing of it had got into the state.
    const second = { ...unverified, attempt: JSON.stringify({ name: "2", before: "1" }) };
    const lost = await engine.update(id, outs, await inputs([A, M], places, second));
    const third = { ...unverified, attempt: JSON.stringify({ name: "3", before: "2" }) };
    const before = await inputs([M], places, unverified);
    const { failures } = await engine.check(await inputs([M], places, third), before as never);
    assert.deepEqual(failureCodes(failures), [`NA4064 accounts.${keyOf("account", "A")}`]);
    const kept = await engine.check(await inputs([A, M], places, third), before as never);
    assert.deepEqual(kept.failures, []);
    await provider.delete?.(id, lost);
  });

  it("should be deleted by the first update that can ask the servers when their account is not declared", async () => {
    const places = await newPlaces("orphans");
    const { id, outs } = await engine.create(await inputs([A, M], places));
    await store("A");
    await clients.close();
    const streams = { isEnabled: true, accounts: [{ name: "M", publicKey: keyOf("account", "M"), jetstream: {} }] };
    const news = async (discard: readonly string[], more: object = {}) =>
      inputs([M], places, { streams: { ...streams, discard }, ...more });
    const key = keyOf("account", "A");
    const unverified = await news([key], { check: undefined });
    const without = await engine.update(id, outs, unverified);
    assert.deepEqual((await engine.diff(id, without, unverified)).changes, false);
    const verified = await news([key]);
    assert.deepEqual((await engine.diff(id, without, verified)).changes, true);
    const last = await engine.update(id, without, verified);
    assert.deepEqual((await engine.diff(id, last, verified)).changes, false);
    assert.deepEqual((await engine.diff(id, last, await news([key], { check: undefined }))).changes, false);
    await provider.delete?.(id, last);
  });
});
