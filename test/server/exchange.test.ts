import assert from "node:assert/strict";
import { answer, ask, by, Clients, nextMessage } from "../support/clients";
import { DOCUMENTATION } from "../support/documentation";
import { startPair, urlOf, type Pair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { loginOf, worldOf, type World } from "../support/world";

describe("the exchange between a static and an operator server", () => {
  let world: World;
  let pair: Pair;
  let clients: Clients;

  before(async () => {
    world = await worldOf(DOCUMENTATION);
    pair = await startPair(world);
  });

  after(() => {
    pair.stop();
  });

  beforeEach(() => {
    clients = new Clients();
  });

  afterEach(() => clients.close());

  function connectAs(user: string, side: Side) {
    return clients.logIn(pair, side, loginOf(world, user));
  }

  for (const [responders, requestors] of [
    ["static", "operator"],
    ["operator", "static"],
    ["static", "static"],
    ["operator", "operator"],
  ] as const) {
    it(`should carry a request when A/test answers on the ${responders} and B/test asks on the ${requestors} server`, async () => {
      await answer(await connectAs("A/test", responders), "test", `from ${responders}`);
      assert.equal(await ask(await connectAs("B/test", requestors), "test"), `from ${responders}`);
    });

    it(`should carry the latency message when the request goes from ${requestors} to ${responders}`, async () => {
      const responder = await connectAs("A/test", responders);
      await answer(responder, "test", "measured");
      const { message } = await nextMessage(responder, "latency.on.test");
      await ask(await connectAs("B/test", requestors), "test");
      const { type, status } = (await message).json<{ type: string; status: number }>();
      assert.deepEqual({ type, status }, { type: "io.nats.server.metric.v1.service_latency", status: 200 });
    });
  }

  it("should give one user the same subjects on both servers when it is connected to both", async () => {
    const onStatic = await connectAs("A/test", "static");
    await answer(await connectAs("A/test", "operator"), "test.own", "here");
    assert.equal(await ask(onStatic, "test.own"), "here");
  });

  it("should accept nats.js creds on the static server when the user is listed", async () => {
    const connection = await clients.connect(urlOf(pair, "static"), by.creds(loginOf(world, "A/test").creds));
    await connection.flush();
  });

  it("should not advertise another server's address to a client", async () => {
    for (const side of SIDES) {
      const connection = await connectAs("B/test", side);
      assert.equal(connection.info?.connect_urls, undefined);
    }
  });
});
