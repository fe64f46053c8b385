import assert from "node:assert/strict";
import { once } from "node:events";
import { wsconnect, type NatsConnection } from "@nats-io/nats-core";
import mqtt from "mqtt";
import WebSocket from "ws";
import { MAIN_FILE } from "../../provider/servers/server";
import { newCluster, newServer, removeCluster } from "../support/local-server";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, Clients, crosses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import { freePorts } from "../support/stack-ports";
import { describeOn, TARGETS } from "../support/stack-servers";
import type { Declaration } from "./programs/declared/declaration";

// Node.js 20 has none of its own.
(globalThis as { WebSocket?: unknown }).WebSocket ??= WebSocket;

const RELOADED = ["ClusterCheck nats", "ClusterConfiguration nats", "ConfigurationAttempt nats"];

describeOn(TARGETS, "a deployed cluster with leaf nodes, WebSocket and MQTT", function (target) {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: [target] });
  const clients = new Clients();
  const edges = newCluster();
  const ports = { leafNodePort: 0, websocketPort: 0, mqttPort: 0, edge: 0 };
  let edgePlace: string;
  let sensor: mqtt.MqttClient;
  let browser: NatsConnection;
  let losses: string[] = [];

  const declare = (more: Declaration = {}): Declaration => {
    const { leafNodePort, websocketPort, mqttPort } = ports;
    return {
      accounts: {
        A: {
          jetstream: {},
          users: { test: {}, sensor: { bearer: true, connectionTypes: ["MQTT"] } },
        },
      },
      jetstream: {},
      operatorServer: { leafNodePort, websocketPort, mqttPort },
      parity: { accept: { "A.users.sensor.bearer": "MQTT clients connect to the operator server." } },
      edge: { account: "A", user: "test", credentials: `${edgePlace}/edge.creds` },
      ...more,
    };
  };

  before("clients of each kind", async () => {
    const [leafNodePort = 0, websocketPort = 0, mqttPort = 0, edge = 0] = await freePorts(4);
    Object.assign(ports, { leafNodePort, websocketPort, mqttPort, edge });
    const { server, place } = await newServer(edges, "edge");
    edgePlace = place;
    await stack.declare(declare());
    succeeded(await stack.up());
    const { creds, jwts, leafNode } = await stack.outputs();
    sensor = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
      username: "any",
      password: jwts?.["A/sensor"] ?? assert.fail(),
      reconnectPeriod: 0,
    });
    sensor.on("close", () => losses.push("MQTT"));
    browser = await wsconnect({
      servers: `ws://127.0.0.1:${websocketPort}`,
      authenticator: byCreds(creds["A/test"]),
      reconnect: false,
    });
    void browser.closed().then(() => losses.push("WebSocket"));
    // The outputs of the program are all that the leaf node needs.
    await server.put({
      [MAIN_FILE]: `server_name: edge\nlisten: "127.0.0.1:${edge}"\n${leafNode?.operator ?? assert.fail()}`,
      "edge.creds": creds["A/test"] ?? assert.fail(),
    });
    await server.start();
  });

  after(async () => {
    await sensor.endAsync(true);
    await browser.close();
    removeCluster(edges);
  });

  const atEdge = () => clients.connect(`nats://127.0.0.1:${ports.edge}`);
  async function atServer() {
    const { clientUrls, creds } = await stack.outputs();
    return clients.connect(clientUrls.operator, byCreds(creds["A/test"]));
  }

  it("should let clients of each kind exchange messages", async () => {
    const server = await atServer();
    const received = server.subscribe("topic.1", { max: 1, timeout: 10_000 });
    await server.flush();
    await sensor.publishAsync("topic/1", "hello", { qos: 1 });
    for await (const message of received) {
      assert.equal(message.string(), "hello");
    }
    await crosses(await atEdge(), browser, "edge");
    succeeded(await stack.preview("--expect-no-changes"));
  });

  it("should reload settings without disconnecting any client", async () => {
    const [edge, server] = [await atEdge(), await atServer()];
    const lives = await stack.servers.lives();
    await stack.declare(
      declare({ mqtt: { ackWait: "10s", maxAckPending: 100 }, leafNodes: { compression: "accept" } }),
    );
    assert.deepEqual(changedResources(succeeded(await stack.preview("--diff")).output), RELOADED);
    succeeded(await stack.up());
    assert.deepEqual(await stack.servers.lives(), lives);
    assert.deepEqual(losses, []);
    assert.equal(clients.hasLost(server), false);
    await crosses(edge, server, "after");
    await sensor.publishAsync("topic/2", "hello", { qos: 1 });
  });

  it("should restart the server for a setting of WebSocket, and nothing else", async () => {
    const lives = await stack.servers.lives();
    await stack.declare(
      declare({
        mqtt: { ackWait: "10s", maxAckPending: 100 },
        websocket: { allowedOrigins: ["https://app.example.org"] },
      }),
    );
    succeeded(await stack.up());
    const after = await stack.servers.lives();
    assert.deepEqual(after.static, lives.static);
    assert.notDeepEqual(after.operator, lives.operator);
    const refused = new WebSocket(`ws://127.0.0.1:${ports.websocketPort}`, { origin: "https://other.example.org" });
    await once(refused, "error");
    await crosses(await atEdge(), await atServer(), "again");
    losses = [];
  });
});
