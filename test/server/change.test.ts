import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Server } from "../../provider/servers/server";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { change, changeOne, pairFiles, type PairFiles } from "../support/change";
import { by, Clients, nextMessage } from "../support/clients";
import { DOCUMENTATION } from "../support/documentation";
import { newServer } from "../support/local-server";
import { startPair, urlOf, type Pair } from "../support/pair";
import { otherSide, SIDES, type Side } from "../support/sides";
import { loginOf, worldOf, type World } from "../support/world";

/** Milliseconds in which a client that tries again and again is in, and what it subscribes to has crossed the route. */
const ENTERED = 300;
/** Milliseconds between attempts of a client that is early. */
const PAUSE = 1;

const WITH_C: readonly AccountDeclaration[] = [...DOCUMENTATION, { name: "C", users: { one: {}, two: {} } }];

/** Has a server reload so late that every client that can be earlier is. */
function delayReloads(server: Server): void {
  const reload = server.reload.bind(server);
  server.reload = async (digest) => {
    await sleep(ENTERED);
    await reload(digest);
  };
}

describe("changing two real servers", () => {
  let without: World;
  let withC: World;
  let pair: Pair;
  let clients: Clients;
  let filesWithout: PairFiles;
  let filesWithC: PairFiles;

  beforeEach(async () => {
    clients = new Clients();
    [without, withC] = await Promise.all([worldOf(DOCUMENTATION), worldOf(WITH_C)]);
    pair = await startPair(without);
    filesWithout = pairFiles(without, pair.listeners);
    filesWithC = pairFiles(withC, pair.listeners);
  });

  afterEach(async () => {
    await clients.close();
    pair.stop();
  });

  const login = (user: string, side: Side) => {
    const { seed, creds } = loginOf(withC, user);
    return side === "static" ? by.seed(seed) : by.creds(creds);
  };
  const connect = (user: string, side: Side) => clients.connect(urlOf(pair, side), login(user, side));

  /** Messages from a client must reach another one that has subscribed before, as soon as the servers are linked. */
  async function assertReaches(publisher: NatsConnection, received: Promise<unknown>): Promise<void> {
    const publishing = setInterval(() => {
      publisher.publish("hello");
    }, PAUSE);
    try {
      await received;
    } finally {
      clearInterval(publishing);
    }
  }

  it("should keep the clients that may stay, and accept new ones", async () => {
    const stay = await Promise.all(SIDES.map((side) => connect("B/test", side)));
    await change(pair, filesWithC, filesWithout);
    await Promise.all(SIDES.map((side) => connect("C/one", side)));
    await Promise.all(stay.map((client) => client.flush()));
  });

  it("should change neither when one refuses a change that needs a restart", async () => {
    const { listeners } = pair;
    const moved = { ...listeners, operator: { ...listeners.operator, serverName: "another" } };
    await assert.rejects(change(pair, pairFiles(withC, moved), filesWithout), (error: Error) => {
      assert.match(error.message, /^the operator server .*\n.*not supported for ServerName/);
      assert.match(error.message, /- the static server has its previous configuration\n/);
      return true;
    });
    for (const side of SIDES) {
      assert.deepEqual((await pair.servers[side].state()).files, filesWithout[side]);
      await assert.rejects(connect("C/one", side), /Authorization/);
    }
  });

  it("should name the part of the program when one refuses", async () => {
    const files = { ...filesWithC.static };
    files["nats.conf"] = files["nats.conf"]?.replace('subject: "test"', 'subject: "nowhere"') ?? "";
    await assert.rejects(
      change(pair, { ...filesWithC, static: files }, filesWithout),
      /Error adding service import "nowhere".*\nIn the program:\n {2}account "B", imports, .* from A\nNo server was changed/,
    );
  });

  describe("for clients that connect to a new account as early as possible", () => {
    for (const side of SIDES) {
      it(`should deliver messages from the ${otherSide(side)} server when they are on the ${side} server`, async () => {
        delayReloads(pair.servers[otherSide(side)]);
        let early: NatsConnection | undefined;
        const entering = (async () => {
          while (early === undefined) {
            early = await connect("C/one", side).catch(() => undefined);
            await sleep(PAUSE);
          }
          return nextMessage(early, "hello");
        })();
        await change(pair, filesWithC, filesWithout);
        const { message } = await entering;
        await assertReaches(await connect("C/two", otherSide(side)), message);
      });
    }
  });

  describe("for clients that stayed connected while one server had dropped their account", () => {
    beforeEach(() => change(pair, filesWithC, filesWithout));

    for (const side of SIDES) {
      it(`should deliver messages again when an update was killed after the ${side} server and reverted`, async () => {
        const { message } = await nextMessage(await connect("C/one", otherSide(side)), "hello");
        await changeOne(pair, side, filesWithout);
        await change(pair, filesWithC, filesWithC);
        await assertReaches(await connect("C/two", side), message);
        assert.deepEqual((await pair.servers[side].state()).files, filesWithC[side]);
      });

      it(`should deliver messages again when the ${side} server refused a change and both were restored`, async () => {
        const { listeners } = pair;
        const moved = { ...listeners, [side]: { ...listeners[side], serverName: "another" } };
        const { message } = await nextMessage(await connect("C/one", side), "hello");
        await assert.rejects(change(pair, pairFiles(without, moved), filesWithC), /ServerName/);
        await assertReaches(await connect("C/two", otherSide(side)), message);
      });
    }
  });

  it("should keep the old server when its port is in use in the new place", async () => {
    const { listeners } = pair;
    const taken = { ...listeners, static: { ...listeners.static, clientPort: listeners.operator.clientPort } };
    const { server: replacement } = await newServer(pair.cluster, "static");
    const replaced = { ...pair, servers: { ...pair.servers, static: replacement } };
    await assert.rejects(
      change(replaced, pairFiles(without, taken), filesWithout),
      /the static server .*NA5002[\s\S]*address already in use[\s\S]*- the static server runs in its previous place/,
    );
    await connect("B/test", "static");
  });
});
