import assert from "node:assert/strict";
import { ROUTES_FILE } from "../../provider/config/listener";
import { renderOperatorConfig } from "../../provider/config/operator";
import { renderRoutesConfig } from "../../provider/config/routes";
import { checkCluster, type ExpectedCluster } from "../../provider/servers/check";
import { findEndedServers } from "../../provider/servers/ended";
import { ServerError } from "../../provider/servers/errors";
import { findRunningServers, sendSignal } from "../../provider/servers/process/process-table";
import { MAIN_FILE } from "../../provider/servers/server";
import { DOCUMENTATION } from "../support/documentation";
import { keyOf, seedOf } from "../support/keys";
import { newCluster, newServer, removeCluster } from "../support/local-server";
import { filesOf, freeListeners, newPair, ROUTE_PASSWORD, startPair, urlOf, type Pair } from "../support/pair";
import { SIDES } from "../support/sides";
import { freePorts } from "../support/stack-ports";
import { checkCreds, ISSUED_AT, worldOf, type World } from "../support/world";

/** Milliseconds for verifications that must fail. */
const SOON = { cluster: 300, jetstream: 300 };

describe("the verification of a cluster", () => {
  let world: World;
  let pair: Pair;
  let creds: string;

  before(async () => {
    world = await worldOf(DOCUMENTATION);
    pair = await startPair(world);
    creds = await checkCreds(world);
  });

  after(() => {
    pair.stop();
  });

  function expected(change: Partial<ExpectedCluster> = {}): ExpectedCluster {
    const accounts = world.model.accounts.map(({ publicKey, name }) => [publicKey, name] as const);
    return {
      clusterName: "nats",
      serverNames: ["nats-static", "nats-operator"],
      accounts: Object.fromEntries(accounts),
      ...change,
    };
  }

  const failing = (change: Partial<ExpectedCluster>, message: RegExp) =>
    assert.rejects(checkCluster([urlOf(pair, "operator")], creds, expected(change), { timeouts: SOON }), {
      code: "NA5022",
      message,
    });

  it("should return a description of the cluster when everything is as expected", async () => {
    assert.equal(
      await checkCluster([urlOf(pair, "operator")], creds, expected()),
      "nats-static and nats-operator are one cluster, nats, and have loaded all 3 accounts",
    );
  });

  it("should name both servers and the account when no server has it", async () => {
    const stranger = keyOf("account", "stranger");
    const accounts = { ...expected().accounts, [stranger]: "stranger" };
    await failing({ accounts }, new RegExp(`server nats-static: account stranger \\(${stranger}\\)`));
    await failing({ accounts }, new RegExp(`server nats-operator: account stranger \\(${stranger}\\)`));
  });

  it("should name the actual cluster when it is a different one", async () => {
    await failing({ clusterName: "other" }, /server nats-static .*\bnats\b/);
  });

  it("should name a server that does not exist", async () => {
    await failing({ serverNames: ["nats-operator", "third"] }, /server third /);
  });

  it("should leave out servers that do not run, and name them", async () => {
    assert.equal(
      await checkCluster([urlOf(pair, "operator")], creds, expected({ absentNames: ["third"] })),
      "nats-static and nats-operator are one cluster, nats, and have loaded all 3 accounts; third does not run",
    );
  });

  it("should find a server that should not run, but is connected with the others", async () => {
    const names = { serverNames: ["nats-operator"], absentNames: ["nats-static"] };
    await failing(names, /server nats-static still runs with its former configuration/);
  });

  it("should not describe what happens to the servers", async () => {
    await assert.rejects(
      checkCluster([urlOf(pair, "operator")], creds, expected({ clusterName: "other" }), { timeouts: SOON }),
      (error: Error) => !error.message.includes("keep their"),
    );
  });

  it("should report rejected credentials", async () => {
    const expired = await checkCreds(world, ISSUED_AT + 60);
    await assert.rejects(checkCluster([urlOf(pair, "operator")], expired, expected(), { timeouts: SOON }), {
      code: "NA5021",
      message: /Authorization Violation/,
    });
  });

  it("should show the address, and no secret, when it cannot connect", async () => {
    await assert.rejects(
      checkCluster(["nats://127.0.0.1:1"], creds, expected(), { timeouts: SOON }),
      (error: Error) => {
        assert.ok(error instanceof ServerError && error.code === "NA5020");
        assert.ok(error.message.includes("nats://127.0.0.1:1"), error.message);
        assert.equal(error.message.includes(seedOf("user", "check")), false);
        return true;
      },
    );
  });

  it("should name the static server when the route is missing", async () => {
    const alone = await newPair(await freeListeners("alone"));
    try {
      for (const side of ["static", "operator"] as const) {
        await alone.servers[side].put({ ...filesOf(side, world, alone.listeners), [ROUTES_FILE]: "" });
        await alone.servers[side].start();
      }
      const cluster = expected({ clusterName: "alone", serverNames: ["alone-static", "alone-operator"] });
      await assert.rejects(checkCluster([urlOf(alone, "operator")], creds, cluster, { timeouts: SOON }), {
        code: "NA5022",
        message: /server alone-static /,
      });
    } finally {
      alone.stop();
    }
  });

  it("should name the servers between which a route is missing, although both respond", async () => {
    const cluster = newCluster();
    const ports = await freePorts(6);
    const names = ["a", "b", "c"];
    const [, ofFirst = 0] = ports;
    try {
      for (const [index, name] of names.entries()) {
        const [clientPort = 0, clusterPort = 0] = ports.slice(2 * index);
        const listener = { serverName: `mesh-${name}`, clusterName: "mesh", clientPort, clusterPort };
        const { text } = renderOperatorConfig(world.model, world.tokens, listener);
        const peers = index === 0 ? [] : [{ host: "127.0.0.1", clusterPort: ofFirst }];
        const { server } = await newServer(cluster, name);
        await server.put({
          // The first one tells the others an address of each other at which nobody listens.
          [MAIN_FILE]: text.replace("cluster {", 'cluster {\n  advertise: "127.0.0.1:1"'),
          [ROUTES_FILE]: renderRoutesConfig(peers, ROUTE_PASSWORD),
        });
        await server.start();
      }
      const serverNames = names.map((name) => `mesh-${name}`);
      const mesh = expected({ clusterName: "mesh", serverNames });
      await assert.rejects(checkCluster([`nats://127.0.0.1:${ports[0]}`], creds, mesh, { timeouts: SOON }), {
        code: "NA5022",
        message: /server mesh-b has no route to mesh-c\n.*server mesh-c has no route to mesh-b$/,
      });
    } finally {
      removeCluster(cluster);
    }
  });

  it("should report that a server has ended, with its last output and what to do, instead of the route", async () => {
    const ended = await startPair(world);
    try {
      const [killed] = findRunningServers().filter(({ place }) => place.startsWith(`${ended.cluster}/static/`));
      assert.ok(killed);
      sendSignal(killed, "SIGKILL");
      const findEnded = () => findEndedServers(SIDES.map((side) => ended.servers[side]));
      await assert.rejects(
        checkCluster([urlOf(ended, "operator")], creds, expected(), { timeouts: SOON, findEnded }),
        (error: ServerError) => {
          assert.equal(error.code, "NA5050");
          assert.match(
            error.message,
            /^the static server has ended \[NA5050\]:\nLast output of the static server:\n {2}\[/,
          );
          assert.match(error.message, /\nRun `pulumi up --refresh`/);
          assert.ok(!error.message.includes(ROUTE_PASSWORD));
          return true;
        },
      );
    } finally {
      ended.stop();
    }
  });
});
