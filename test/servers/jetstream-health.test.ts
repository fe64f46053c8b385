import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import type { JetStream } from "../../provider/model/account/jetstream";
import { StreamProtection } from "../../provider/dynamic/cluster/stream-protection";
import { checkCluster, type ExpectedCluster } from "../../provider/servers/check";
import { inspectJetStream } from "../../provider/servers/jetstream-health";
import { waitFor } from "../../provider/servers/log";
import { Clients } from "../support/clients";
import { filesOf, startPair, urlOf, type Link, type Listeners, type Pair } from "../support/pair";
import { SIDES } from "../support/sides";
import { answerTo } from "../support/streams";
import { seedOf } from "../support/keys";
import { CHECK_SIGNER, checkCreds, loginOf, worldOf, type World } from "../support/world";

const LINK: Link = { jetstream: { memoryStorage: 2 ** 26, fileStorage: 2 ** 26 } };
/** Milliseconds for verifications that must fail. */
const SOON = { cluster: 5_000, jetstream: 300 };
/** Milliseconds in which a server reads what JetStream has stored. */
const RECOVERY = 20_000;
const TIMEOUT = 60_000;
const SERVERS = ["nats-static", "nats-operator"];

/** A world in which an account has this JetStream, and another one has it always. */
function worldWith(jetstream?: JetStream): Promise<World> {
  return worldOf([
    { name: "A", users: { all: {} }, ...(jetstream === undefined ? {} : { jetstream }) },
    { name: "B", jetstream: {} },
  ]);
}

describe("the verification of JetStream", function () {
  this.timeout(TIMEOUT);
  const clients = new Clients();
  let world: World;
  let pair: Pair;
  let account: string;

  before("two servers with JetStream", async () => {
    world = await worldWith({});
    pair = await startPair(world, LINK);
    account = world.model.accounts.find(({ name }) => name === "A")?.publicKey ?? "";
  });

  after(() => {
    pair.stop();
  });

  afterEach(() => clients.close());

  const verify = async (expected: Partial<ExpectedCluster> = {}, timeouts?: typeof SOON) => {
    const cluster = { clusterName: "nats", serverNames: SERVERS, accounts: {}, jetstream: "all", ...expected } as const;
    const creds = await checkCreds(world);
    return checkCluster([urlOf(pair, "operator")], creds, cluster, timeouts === undefined ? {} : { timeouts });
  };

  const fails = (message: RegExp, expected: Partial<ExpectedCluster> = {}) =>
    assert.rejects(verify(expected, SOON), { code: "NA5051", message });

  async function reload(next: World): Promise<void> {
    for (const side of SIDES) {
      const server = pair.servers[side];
      const files = filesOf(side, next, pair.listeners, LINK);
      await server.put(files);
      await server.reload(await server.try(files));
    }
  }

  async function restart(next: World, listeners: Listeners = pair.listeners): Promise<void> {
    for (const side of SIDES) {
      const server = pair.servers[side];
      await server.put(filesOf(side, next, listeners, LINK));
      await server.stop();
    }
    await Promise.all(SIDES.map((side) => pair.servers[side].start()));
  }

  const connect = (): Promise<NatsConnection> => clients.logIn(pair, "operator", loginOf(world, "A/all"));

  it("should wait until it has a leader when the servers have just started", async () => {
    assert.match(await verify(), /one cluster, nats, .*; JetStream has a leader, and every stream is healthy$/);
  });

  it("should wait until every stream has a leader when both servers have restarted", async () => {
    const stream = { name: "S", subjects: ["s.>"], storage: "file", num_replicas: 2 };
    assert.equal(await answerTo(await connect(), "STREAM.CREATE.S", stream), undefined);
    await clients.close();
    await restart(world);
    await verify();
    const client = await connect();
    assert.match((await client.request("s.one", "", { timeout: 1_000 })).string(), /"seq": ?1/);
  });

  it("should ask for the leader and the members alone when more is not permitted", async () => {
    assert.match(await verify({ jetstream: "members" }), /; JetStream has a leader; the health .* not verified$/);
  });

  it("should name a stream when the servers replicate it in different accounts", async () => {
    await reload(await worldWith({ clusterTraffic: "owner" }));
    await fails(/ {2}- stream S has replicas that use different accounts/);
    await reload(world);
  });

  /** Waits until a server can stop. */
  async function waitBefore(stopping: string): Promise<StreamProtection> {
    const protection = new StreamProtection({
      url: urlOf(pair, "operator"),
      systemAccount: world.model.systemAccount,
      signer: seedOf("account", CHECK_SIGNER),
      serverNames: SERVERS,
      jetstream: "all",
    });
    await protection.waitUntilHealthy([], { serverNames: SERVERS, absentNames: [] }, stopping, SOON.jetstream);
    return protection;
  }

  it("should not keep a server from stopping when a stream has a lasting problem, but wait for all others", async () => {
    await reload(await worldWith({ clusterTraffic: "owner" }));
    const { isExcepted, hasExceptions } = await waitBefore("nats-static");
    const text = "stream S has replicas that use different accounts for their traffic, so they cannot reach each other";
    const lasting = { account, stream: "S", text };
    const others = [
      { ...lasting, text: "stream S has a replica on nats-static that has not caught up" },
      { ...lasting, stream: "T" },
      { text: "server nats-static has not caught up", server: "nats-static" },
    ];
    assert.deepEqual([lasting, ...others].map(isExcepted), [true, false, false, false]);
    assert.equal(hasExceptions, true);
    await reload(world);
    assert.equal((await waitBefore("nats-static")).hasExceptions, false);
  });

  it("should keep a server from stopping when the other one does not run", async () => {
    await pair.servers.static.stop();
    await assert.rejects(waitBefore("nats-operator"), {
      code: "NA5051",
      message: /^server nats-operator does not restart, because JetStream is not healthy \[NA5051\]:\n {2}- /,
    });
    await pair.servers.static.start();
    await verify();
  });

  it("should show the servers' own words when JetStream was taken from an account with streams", async () => {
    await reload(await worldWith());
    for (const name of SERVERS) {
      await fails(new RegExp(`server ${name}: JetStream stream '${account} > S' is not current`));
    }
  });

  it("should be impossible when the system account does not permit it, or no server can be reached", async () => {
    await reload(await worldOf([{ name: "A", users: { all: {} } }]));
    await fails(/server nats-static does not respond to a request for its health/);
    const creds = await checkCreds(world);
    for (const url of [urlOf(pair, "operator"), "nats://127.0.0.1:1"]) {
      assert.equal(await inspectJetStream([url], creds, { serverNames: SERVERS, absentNames: [] }, "all"), undefined);
    }
    await reload(world);
  });

  it("should report missing leaders and unknown members when the servers got other names", async () => {
    const renamed = Object.fromEntries(
      SIDES.map((side) => [side, { ...pair.listeners[side], clusterName: "other", serverName: `other-${side}` }]),
    ) as unknown as Listeners;
    await restart(world, renamed);
    const expected = { clusterName: "other", serverNames: ["other-static", "other-operator"] };
    const recovering = "JetStream is still recovering meta layer";
    const asked = async () => {
      const error: unknown = await verify(expected, SOON).catch((reason: unknown) => reason);
      return String(error).includes(recovering) ? undefined : true;
    };
    assert.equal(await waitFor(asked, RECOVERY), true);
    await fails(/server other-operator: JetStream has not established contact with a meta leader/, expected);
    await fails(/has a member that is not a server of this cluster: Server name unknown at this time/, expected);
    await fails(/do not agree on a leader/, { ...expected, jetstream: "members" });
  });
});
