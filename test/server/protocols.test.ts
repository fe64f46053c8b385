import assert from "node:assert/strict";
import { once } from "node:events";
import { wsconnect, type NatsConnection } from "@nats-io/nats-core";
import mqtt from "mqtt";
import WebSocket from "ws";
import { renderLeafNodeRemote, type LeafNodeRemote } from "../../provider/config/leaf-node-remote";
import { PROTOCOL_APPLIED } from "../../provider/config/protocols";
import type { ConnectionType } from "../../provider/model/access/connection-types";
import type { AccountDeclaration } from "../../provider/model/account/account";
import type { ProtocolSettings } from "../../provider/model/cluster/protocols";
import { waitFor } from "../../provider/servers/log";
import { MAIN_FILE } from "../../provider/servers/server";
import { by, Clients, nextMessage } from "../support/clients";
import { hasCrossed } from "../support/crossing";
import { filesOf, freeListeners, newPair, type Pair } from "../support/pair";
import { newServer } from "../support/local-server";
import { SIDES, otherSide, type Side } from "../support/sides";
import { freePorts } from "../support/stack-ports";
import { loginOf, worldOf, type World } from "../support/world";

// Node.js 20 has none of its own.
(globalThis as { WebSocket?: unknown }).WebSocket ??= WebSocket;

/** A user for each type, which cannot log in over another one. */
const TYPES = ["STANDARD", "WEBSOCKET", "LEAFNODE", "LEAFNODE_WS", "MQTT", "MQTT_WS"] as const;
const BEARERS: readonly ConnectionType[] = ["MQTT", "MQTT_WS"];

const ACCOUNT: AccountDeclaration = {
  name: "A",
  jetstream: {},
  roles: {
    bearer: { bearer: true, connectionTypes: ["WEBSOCKET"] },
    ...Object.fromEntries(BEARERS.map((type) => [type, { bearer: true, connectionTypes: [type] }])),
  },
  users: {
    any: {},
    cookie: { role: "bearer" },
    ...Object.fromEntries(
      TYPES.map((type) => [type, BEARERS.includes(type) ? { role: type } : { connectionTypes: [type] }]),
    ),
  },
};

const JETSTREAM = { memoryStorage: 2 ** 20, fileStorage: 2 ** 24, domain: "hub" };
const ORIGIN = "https://app.example.org";
const SETTINGS: ProtocolSettings = {
  leafNodes: { compression: "s2_auto", minVersion: "2.9.0" },
  websocket: { allowedOrigins: [ORIGIN], compression: true, handshakeTimeout: "5s" },
  mqtt: { ackWait: "20s", maxAckPending: 100, streamReplicas: 1 },
};

describe("listeners besides that of NATS clients", function () {
  this.timeout(60_000);

  let world: World;
  let pair: Pair;
  const clients = new Clients();
  /** Connections over WebSocket. */
  const open: NatsConnection[] = [];

  before(async () => {
    world = await worldOf([ACCOUNT, { name: "LIMITED", limits: { leafNodes: 1 }, users: { edge: {} } }]);
    const listeners = await freeListeners("nats", { jetstream: JETSTREAM });
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = await freePorts(5);
    pair = await newPair({
      static: { ...listeners.static, leafNodePort: a, websocketPort: b, protocols: SETTINGS },
      operator: {
        ...listeners.operator,
        ...{ leafNodePort: c, websocketPort: d, mqttPort: e },
        protocols: { ...SETTINGS, websocket: { ...SETTINGS.websocket, jwtCookie: "nats" } },
      },
    });
    for (const side of SIDES) {
      await pair.servers[side].put(filesOf(side, world, pair.listeners));
    }
    await Promise.all(SIDES.map((side) => pair.servers[side].start()));
    // A server accepts MQTT clients once JetStream has a leader.
    for (;;) {
      const client = await overMqtt("MQTT").catch(() => undefined);
      if (client !== undefined) {
        await client.endAsync(true);
        break;
      }
    }
  });

  afterEach(async () => {
    await clients.close();
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });

  after(() => {
    pair.stop();
  });

  function loginFor(side: Side, user: string) {
    const { seed, creds } = loginOf(world, `A/${user}`);
    return side === "static" ? by.seed(seed) : by.creds(creds);
  }

  function logIn(side: Side, user: string): Promise<NatsConnection> {
    return clients.connect(`nats://127.0.0.1:${pair.listeners[side].clientPort}`, loginFor(side, user));
  }

  async function overWebSocket(side: Side, user: string): Promise<NatsConnection> {
    const servers = `ws://127.0.0.1:${pair.listeners[side].websocketPort ?? 0}`;
    const connection = await wsconnect({
      servers,
      authenticator: loginFor(side, user),
      reconnect: false,
      timeout: 5_000,
    });
    open.push(connection);
    return connection;
  }

  /** Logs in with the JWT of a user as password. */
  function overMqtt(user: "MQTT" | "MQTT_WS", port = pair.listeners.operator.mqttPort): Promise<mqtt.MqttClient> {
    const url = user === "MQTT" ? `mqtt://127.0.0.1:${port}` : `ws://127.0.0.1:${port}/mqtt`;
    const login = { username: "any", password: loginOf(world, `A/${user}`).jwt };
    return mqtt.connectAsync(url, { ...login, reconnectPeriod: 0, connectTimeout: 2_000, clientId: user }, false);
  }

  /** Asserts that a message crosses from one connection to another one, on any server. */
  async function crosses(from: Pick<NatsConnection, "publish" | "flush">, to: NatsConnection): Promise<void> {
    const { message } = await nextMessage(to, "crossing");
    const received = message.then((found) => found.string());
    for (let isOver = false; !isOver;) {
      from.publish("crossing", "hello");
      await from.flush();
      const pause = new Promise<boolean>((resolve) => setTimeout(resolve, 50, false));
      isOver = await Promise.race([received.then(() => true), pause]);
    }
    assert.equal(await received, "hello");
  }

  /** Starts a server that connects as a leaf node. */
  async function startEdge(side: Side, user: string, url: string) {
    const { seed, creds } = loginOf(world, user);
    const [edgePort = 0] = await freePorts(1);
    const { server: edge, place } = await newServer(pair.cluster, `edge-${edgePort}`);
    const login: Omit<LeafNodeRemote, "urls"> =
      side === "static" ? { nkey: seed } : { credentials: `${place}/edge.creds` };
    const remote = renderLeafNodeRemote({ urls: [url], ...login });
    await edge.put({
      [MAIN_FILE]: `server_name: edge-${edgePort}\nlisten: "127.0.0.1:${edgePort}"\n${remote}`,
      "edge.creds": creds,
    });
    await edge.start();
    return { edge, edgePort };
  }

  for (const side of SIDES) {
    it(`should refuse more leaf nodes on the ${side} server than the account may have`, async () => {
      const url = `nats-leaf://127.0.0.1:${pair.listeners[side].leafNodePort ?? 0}`;
      const first = await startEdge(side, "LIMITED/edge", url);
      const atEdge = await clients.connect(`nats://127.0.0.1:${first.edgePort}`);
      const atServer = await clients.logIn(pair, side, loginOf(world, "LIMITED/edge"));
      assert.equal(await hasCrossed(atEdge, atServer), true);
      const second = await startEdge(side, "LIMITED/edge", url);
      try {
        const lines = async () => (await second.edge.complaints()).join("\n");
        const isRefused = async () => (/maximum .*exceeded/.test(await lines()) ? true : undefined);
        assert.equal(await waitFor(isRefused, 10_000), true, await lines());
        assert.equal(await hasCrossed(atEdge, atServer), true);
      } finally {
        await Promise.all([first, second].map(({ edge }) => edge.stop()));
      }
    });

    it(`should let a client in over WebSocket on the ${side} server, and only there if its type permits nothing else`, async () => {
      const client = await overWebSocket(side, "WEBSOCKET");
      await crosses(client, await logIn(otherSide(side), "any"));
      await assert.rejects(logIn(side, "WEBSOCKET"), /Authorization/i);
      await assert.rejects(overWebSocket(side, "STANDARD"), /Authorization/i);
    });

    for (const [user, scheme, port] of [
      ["LEAFNODE", "nats-leaf", "leafNodePort"],
      ["LEAFNODE_WS", "ws", "websocketPort"],
    ] as const) {
      it(`should connect a leaf node as ${user} to the ${side} server, and messages of both servers`, async () => {
        const url = `${scheme}://127.0.0.1:${pair.listeners[side][port] ?? 0}`;
        const { edge, edgePort } = await startEdge(side, `A/${user}`, url);
        try {
          const atEdge = await clients.connect(`nats://127.0.0.1:${edgePort}`);
          await crosses(atEdge, await logIn(side, "any"));
          await crosses(await logIn(otherSide(side), "any"), atEdge);
        } finally {
          await edge.stop();
        }
      });
    }
  }

  it("should let MQTT clients in on the operator server, and deliver their messages to clients of the static server", async () => {
    for (const [user, port] of [
      ["MQTT", pair.listeners.operator.mqttPort],
      ["MQTT_WS", pair.listeners.operator.websocketPort],
    ] as const) {
      const client = await overMqtt(user, port);
      try {
        const publish = () => void client.publish("crossing", "hello");
        await crosses({ publish, flush: () => Promise.resolve() }, await logIn("static", "any"));
        const received = new Promise<[string, Buffer]>((resolve) => {
          client.once("message", (topic, payload) => {
            resolve([topic, payload]);
          });
        });
        await client.subscribeAsync("back/#");
        const nats = await logIn("static", "any");
        const sending = setInterval(() => {
          nats.publish("back.1", "hello");
        }, 50);
        const [topic, payload] = await received.finally(() => {
          clearInterval(sending);
        });
        assert.deepEqual([topic, payload.toString()], ["back/1", "hello"]);
      } finally {
        await client.endAsync(true);
      }
    }
  });

  it("should refuse pages of other origins", async () => {
    for (const side of SIDES) {
      const url = `ws://127.0.0.1:${pair.listeners[side].websocketPort ?? 0}`;
      const answered = async (origin: string) => {
        const socket = new WebSocket(url, { origin });
        const result = await Promise.race([
          once(socket, "open").then(() => "open"),
          once(socket, "unexpected-response").then(() => "refused"),
        ]);
        socket.terminate();
        return result;
      };
      assert.deepEqual([await answered(ORIGIN), await answered("https://other.example.org")], ["open", "refused"]);
    }
  });

  it("should let a bearer in by a cookie on the operator server", async () => {
    const { jwt } = loginOf(world, "A/cookie");
    const socket = new WebSocket(`ws://127.0.0.1:${pair.listeners.operator.websocketPort ?? 0}`, {
      headers: { cookie: `nats=${jwt}` },
    });
    const answers: string[] = [];
    socket.on("message", (data: Buffer) => answers.push(data.toString()));
    await once(socket, "open");
    socket.send('CONNECT {"verbose":false,"protocol":1}\r\nPING\r\n');
    while (!answers.join("").includes("PONG") && !answers.join("").includes("-ERR")) {
      await once(socket, "message");
    }
    socket.terminate();
    assert.ok(answers.join("").includes("PONG"), "the server refuses the cookie");
  });

  describe("when a setting changes", () => {
    const CHANGED: { readonly [P in keyof ProtocolSettings]-?: Required<NonNullable<ProtocolSettings[P]>> } = {
      leafNodes: { compression: "s2_fast", minVersion: "2.10.0" },
      websocket: {
        allowedOrigins: ["https://changed.example.org"],
        sameOrigin: true,
        compression: false,
        jwtCookie: "changed",
        handshakeTimeout: "6s",
      },
      mqtt: { ackWait: "21s", maxAckPending: 101, streamReplicas: 2 },
    };

    for (const [protocol, settings] of Object.entries(CHANGED)) {
      for (const [name, value] of Object.entries(settings as object)) {
        const applied = (PROTOCOL_APPLIED as Readonly<Record<string, Readonly<Record<string, string>>>>)[protocol]?.[
          name
        ];
        it(`should ${applied === "reload" ? "reload" : "need a restart for"} ${protocol}.${name}`, async () => {
          const { listeners } = pair;
          const present = (listeners.operator.protocols ?? {}) as Readonly<Record<string, object>>;
          const protocols: ProtocolSettings = {
            ...present,
            [protocol]: { ...present[protocol], [name]: value as unknown },
          };
          const files = filesOf("operator", world, {
            ...listeners,
            operator: { ...listeners.operator, protocols },
          });
          const { operator } = pair.servers;
          const digest = await operator.try(files);
          await operator.put(files);
          const outcome = await operator.reload(digest).then(
            () => "reload",
            () => "restart",
          );
          const before = filesOf("operator", world, listeners);
          await operator.put(before);
          await operator.reload(await operator.try(before));
          assert.equal(outcome, applied);
        });
      }
    }
  });
});
