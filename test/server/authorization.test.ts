import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import type { AuthorizationRequest } from "nats-jwt";
import { createCurve } from "nkeys.js";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { clusterDiagnostics } from "../../provider/model/cluster/cluster";
import { formatDiagnostic } from "../../provider/diagnostics/diagnostic";
import { serve, type Service } from "../support/callout";
import { changeOne, pairFiles } from "../support/change";
import { answer, ask, by, Clients } from "../support/clients";
import { startPair, urlOf, type Pair } from "../support/pair";
import { keyOf, pairOf } from "../support/keys";
import { otherSide, SIDES, type Side } from "../support/sides";
import { loginOf, serviceLabel, worldOf, type World } from "../support/world";

/** An account whose service decides, one that it may let clients into, and one that it has nothing to do with. */
function accounts(authorization: object = {}): AccountDeclaration[] {
  return [
    { name: "A", users: { service: {}, one: {}, two: {} }, authorization: { users: ["service"], ...authorization } },
    { name: "B", users: { b: {} }, signingKeys: [keyOf("account", serviceLabel("A"))] },
    { name: "C", users: { c: {} }, signingKeys: [keyOf("account", serviceLabel("A"))] },
  ];
}

/** Lets clients in whose name is that of an account, and no others. */
const SERVICE: Service = {
  signer: pairOf("account", serviceLabel("A")),
  decide: ({ connect_opts: { name } }) =>
    name === undefined || name === "" ? { refused: "no name" } : { account: keyOf("account", name) },
};

describe("authorization by a service", () => {
  let world: World;
  let pair: Pair;
  let clients: Clients;

  beforeEach(() => {
    clients = new Clients();
  });

  afterEach(async () => {
    await clients.close();
    pair.stop();
  });

  async function start(model: readonly AccountDeclaration[]): Promise<void> {
    const problems = [...model.flatMap(accountDiagnostics), ...clusterDiagnostics(model)];
    assert.deepEqual(problems.map(formatDiagnostic), []);
    world = await worldOf(model);
    pair = await startPair(world);
  }

  function connectAs(user: string, side: Side, name = ""): Promise<NatsConnection> {
    const { seed, creds } = loginOf(world, user);
    return clients.connect(urlOf(pair, side), side === "static" ? by.seed(seed) : by.creds(creds), name);
  }

  /** Has a service serve on one server, and waits until the other one knows it. */
  async function serveOn(side: Side, service: Service): Promise<AuthorizationRequest[]> {
    const connection = await connectAs("A/service", side);
    const asked = await serve(connection, service);
    await answer(connection, "ready", "yes");
    const other = await connectAs("A/service", otherSide(side));
    await ask(other, "ready");
    await other.close();
    return asked;
  }

  /** The account that a client is in, and whether it may publish what the service lets it. */
  async function whereabouts(client: NatsConnection): Promise<string> {
    const { data } = JSON.parse((await client.request("$SYS.REQ.USER.INFO")).string()) as {
      readonly data: { readonly account: string; readonly permissions?: { readonly publish?: object } };
    };
    const account = world.model.accounts.find(({ publicKey }) => publicKey === data.account);
    return `${account?.name ?? data.account} ${JSON.stringify(data.permissions?.publish)}`;
  }

  for (const where of SIDES) {
    it(`should accept on both servers only the clients that the service on the ${where} server accepts, with its permissions`, async () => {
      await start(accounts());
      const asked = await serveOn(where, SERVICE);
      for (const side of SIDES) {
        assert.match(await whereabouts(await connectAs("A/one", side, "A")), /^A .*"only\.this"/);
        await assert.rejects(connectAs("A/two", side), /Authorization/i);
        assert.match(await whereabouts(await connectAs("B/b", side)), /^B undefined$/);
        assert.equal(asked.splice(0).length, 2, "whoever is of another account is none of its business");
      }
    });
  }

  it("should accept only the service itself on both servers when it does not run", async () => {
    await start(accounts());
    await Promise.all(SIDES.map((side) => assert.rejects(connectAs("A/one", side, "A"), /Authorization/i)));
  });

  it("should restrict the service to its allowed accounts only on the operator server", async () => {
    await start(accounts({ allowedAccounts: ["B"] }));
    await serveOn("static", SERVICE);
    for (const side of SIDES) {
      assert.match(await whereabouts(await connectAs("A/one", side, "B")), /^B .*"only\.this"/);
    }
    assert.match(await whereabouts(await connectAs("A/one", "static", "C")), /^C .*"only\.this"/);
    await assert.rejects(connectAs("A/one", "operator", "C"), /Authorization/i);
  });

  it("should let the service choose any account on both servers when the program allows it", async () => {
    await start(accounts({ allowedAccounts: "*" }));
    await serveOn("operator", SERVICE);
    for (const side of SIDES) {
      assert.match(await whereabouts(await connectAs("A/one", side, "C")), /^C .*"only\.this"/);
    }
  });

  it("should ask about clients without credentials only on the static server", async () => {
    await start(accounts());
    const asked = await serveOn("operator", SERVICE);
    await assert.rejects(clients.connect(urlOf(pair, "operator"), undefined, "A"), /Authorization/i);
    assert.equal(asked.length, 0);
    assert.match(await whereabouts(await clients.connect(urlOf(pair, "static"), undefined, "A")), /^A .*"only\.this"/);
  });

  it("should encrypt the requests of both servers when the service has a key", async () => {
    const xkey = createCurve();
    await start(accounts({ xkey: xkey.getPublicKey() }));
    await serveOn("static", { ...SERVICE, xkey });
    for (const side of SIDES) {
      assert.match(await whereabouts(await connectAs("A/one", side, "A")), /^A .*"only\.this"/);
    }
  });

  it("should need a restart of the static server and a reload of the operator server", async () => {
    await start(accounts());
    const changed = await worldOf(accounts({ users: ["two"] }));
    const files = pairFiles(changed, pair.listeners);
    await assert.rejects(changeOne(pair, "static", files), /not supported for AuthCallout/);
    await changeOne(pair, "operator", files);
    await serve(await connectAs("A/two", "operator"), SERVICE);
    assert.match(await whereabouts(await connectAs("A/service", "operator", "A")), /^A .*"only\.this"/);
  });

  it("should disconnect only the clients that the service accepted, at every reload of both servers, and accept them again", async () => {
    await start(accounts());
    const service = await connectAs("A/service", "operator");
    await serve(service, SERVICE);
    const others = await Promise.all(SIDES.map((side) => connectAs("B/b", side)));
    const letIn = await Promise.all(SIDES.map((side) => connectAs("A/one", side, "A")));
    const closed = Promise.all(letIn.map((client) => client.closed()));
    const [a, b, c] = accounts();
    const changed = await worldOf([a, b, { ...c, users: { c: {}, another: {} } }] as AccountDeclaration[]);
    for (const side of SIDES) {
      await changeOne(pair, side, pairFiles(changed, pair.listeners));
    }
    await closed;
    assert.deepEqual(
      [service, ...others].map((client) => client.isClosed()),
      [false, false, false],
    );
    for (const side of SIDES) {
      assert.match(await whereabouts(await connectAs("A/one", side, "A")), /^A .*"only\.this"/);
    }
  });
});
