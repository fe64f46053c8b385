import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { getClusterWaits, type RouteTerms } from "../../../provider/dynamic/cluster/waits";
import { verifyCluster } from "../../../provider/dynamic/cluster/verify";
import { waitFor } from "../../../provider/servers/log";
import type { JetStream } from "../../../provider/model/account/jetstream";
import type { Place } from "../../../provider/servers/place";
import { findRunningServers } from "../../../provider/servers/process/process-table";
import { MAIN_FILE } from "../../../provider/servers/server";
import { change, changeOne, pairFiles, type PairFiles } from "../../support/change";
import { Clients } from "../../support/clients";
import { seedOf } from "../../support/keys";
import { newServer } from "../../support/local-server";
import { ROUTE_PASSWORD, startPair, urlOf, type Link, type Listeners, type Pair } from "../../support/pair";
import { SIDES, type Side } from "../../support/sides";
import { answerTo, storeMessage } from "../../support/streams";
import { CHECK_SIGNER, loginOf, worldOf, type World } from "../../support/world";

const LINK: Link = { jetstream: { memoryStorage: 2 ** 26, fileStorage: 2 ** 26 } };
const TIMEOUT = 120_000;
const COUNT = 5;
/** Milliseconds for restarted servers to load their streams. */
const SETTLED = 60_000;

/** Streams by name: one replica in a file, two in files, two in memory. */
const STREAMS = {
  f1: { storage: "file", num_replicas: 1 },
  f2: { storage: "file", num_replicas: 2 },
  m2: { storage: "memory", num_replicas: 2 },
};

/** A world in which an account has this JetStream, and another one has it always. */
function worldWith(jetstream?: JetStream): Promise<World> {
  return worldOf([
    { name: "A", users: { all: {} }, ...(jetstream === undefined ? {} : { jetstream }) },
    { name: "B", jetstream: {} },
  ]);
}

describe("streams of a cluster that changes", function () {
  this.timeout(TIMEOUT);
  const clients = new Clients();
  let pair: Pair;
  let servers: Pair["servers"];
  let world: World;
  let files: PairFiles;
  let listeners: Listeners;

  before("streams with messages", async () => {
    world = await worldWith({});
    pair = await startPair(world, LINK);
    ({ servers, listeners } = pair);
    files = pairFiles(world, listeners);
    await verify();
    const client = await connect();
    for (const [name, config] of Object.entries(STREAMS)) {
      const stream = { name, subjects: [`${name}.>`], ...config };
      assert.equal(await answerTo(client, `STREAM.CREATE.${name}`, stream), undefined);
      for (let sent = 0; sent < COUNT; sent += 1) {
        await storeMessage(client, `${name}.x`);
      }
    }
  });

  after(() => {
    pair.stop();
  });

  afterEach(() => clients.close());

  const connect = (): Promise<NatsConnection> => clients.logIn(pair, "operator", loginOf(world, "A/all"));

  function places(): Record<Side, Place> {
    const place = (side: Side): Place => {
      const folder = running(side).place;
      return { kind: "process", folder, address: "127.0.0.1", ports: {} };
    };
    return { static: place("static"), operator: place("operator") };
  }

  function running(side: Side) {
    const found = findRunningServers().find(({ place }) => place.startsWith(`${pair.cluster}/${side}/`));
    assert.ok(found);
    return found;
  }

  const pids = () => SIDES.map((side) => running(side).pid);

  function check() {
    return {
      url: urlOf(pair, "operator"),
      systemAccount: world.model.systemAccount,
      signer: seedOf("account", CHECK_SIGNER),
      serverNames: ["nats-static", "nats-operator"],
      accounts: Object.fromEntries(world.model.accounts.map(({ publicKey, name }) => [publicKey, name])),
      jetstream: "all",
    } as const;
  }

  const verify = () => verifyCluster(check(), undefined, { clusterName: "nats", ...check() });

  function terms(of: PairFiles): RouteTerms {
    const peer = (side: Side) => ({
      host: "127.0.0.1",
      clusterPort: pair.listeners[side].clusterPort,
      config: of[side][MAIN_FILE] ?? "",
    });
    const peers = { static: peer("static"), operator: peer("operator") };
    return { clusterName: "nats", servers: peers, places: places(), routePassword: ROUTE_PASSWORD };
  }

  /** Changes the cluster as an update does, and verifies it. */
  async function update(next: World, inPlaces = servers): Promise<void> {
    const wanted = pairFiles(next, listeners);
    await change({ servers: inPlaces }, wanted, files, getClusterWaits(terms(wanted), terms(files), check()));
    [world, files, servers] = [next, wanted, inPlaces];
    await verify();
  }

  async function newPlaces(): Promise<Pair["servers"]> {
    const [ofStatic, ofOperator] = [await newServer(pair.cluster, "static"), await newServer(pair.cluster, "operator")];
    return { static: ofStatic.server, operator: ofOperator.server };
  }

  /** The number of messages of each stream. */
  async function counts(names = Object.keys(STREAMS)): Promise<number[]> {
    const client = await connect();
    const infos = names.map((name) => client.request(`$JS.API.STREAM.INFO.${name}`, "", { timeout: 5_000 }));
    return (await Promise.all(infos)).map((info) => info.json<{ state: { messages: number } }>().state.messages);
  }

  it("should be a reason to refuse when JetStream is taken from their account", async () => {
    const before = pids();
    await assert.rejects(update(await worldWith()), (error: Error & { cause?: { code?: string } }) => {
      assert.equal(error.cause?.code, "NA5052");
      assert.match(error.message, /account "A" .*"f1", "f2", "m2"[^]*\nNo server was changed/);
      return true;
    });
    assert.deepEqual([pids(), await counts()], [before, [COUNT, COUNT, COUNT]]);
  });

  it("should be a reason to refuse when both servers restart, and the traffic of streams in memory changes", async () => {
    const before = pids();
    await assert.rejects(update(await worldWith({ clusterTraffic: "owner" }), await newPlaces()), (error: Error) => {
      assert.match(error.message, /"A".*"m2" \[NA5053\][^]*\nNo server was changed/);
      return true;
    });
    assert.deepEqual([pids(), await counts()], [before, [COUNT, COUNT, COUNT]]);
  });

  it("should keep their messages, in memory as well, when both servers restart in new places", async () => {
    const before = pids();
    const jetstream = { memoryStorage: 2 ** 25, fileStorage: 2 ** 25 };
    listeners = { static: { ...listeners.static, jetstream }, operator: { ...listeners.operator, jetstream } };
    await update(world, await newPlaces());
    assert.notDeepEqual(pids(), before);
    assert.deepEqual(await counts(), [COUNT, COUNT, COUNT]);
  });

  it("should be replicated by both servers when their traffic changes, for which the static server restarts", async () => {
    const [ofStatic, ofOperator] = pids();
    await update(await worldWith({ clusterTraffic: "owner" }));
    assert.deepEqual([pids()[0] === ofStatic, pids()[1] === ofOperator], [false, true]);
    const client = await connect();
    for (const name of Object.keys(STREAMS)) {
      await storeMessage(client, `${name}.x`);
    }
    assert.deepEqual(await counts(), [COUNT + 1, COUNT + 1, COUNT + 1]);
  });

  it("should be loaded again when something took JetStream from their account, for which both servers restart", async () => {
    const before = pids();
    const without = pairFiles(await worldWith(), listeners);
    await changeOne({ servers }, "static", without);
    await changeOne({ servers }, "operator", without);
    await assert.rejects(counts(["f1"]));
    await clients.close();
    await update(await worldWith({}));
    assert.equal(
      pids().some((pid) => before.includes(pid)),
      false,
    );
    // The servers load the streams again, and elect their leaders, in their own time.
    const found = await waitFor(() => counts(["f1", "f2"]).catch(() => undefined), SETTLED);
    assert.deepEqual(found, [COUNT + 1, COUNT + 1]);
  });

  it("should not be a reason to restart when their account has none, and JetStream is taken and given back", async () => {
    const client = await connect();
    for (const name of Object.keys(STREAMS)) {
      assert.equal(await answerTo(client, `STREAM.DELETE.${name}`, {}), undefined);
    }
    const before = pids();
    await update(await worldWith());
    await update(await worldWith({}));
    assert.deepEqual(pids(), before);
    assert.equal(await answerTo(await connect(), "STREAM.CREATE.f1", { name: "f1", num_replicas: 1 }), undefined);
  });
});
