import assert from "node:assert/strict";
import { once } from "node:events";
import type { SecureVersion } from "node:tls";
import { wsconnect } from "@nats-io/nats-core";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import mqtt from "mqtt";
import WebSocket from "ws";
import { renderLeafNodeRemote, type LeafNodeRemote } from "../../provider/config/leaf-node-remote";
import type { TlsBlocks } from "../../provider/config/tls";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { PROTOCOL_NAMES, PROTOCOL_PORT, type Protocol } from "../../provider/model/cluster/protocols";
import { startupTls } from "../../provider/model/cluster/tls";
import type { TlsOptions } from "../../provider/model/tls/options";
import { findComplaints, waitFor } from "../../provider/servers/log";
import { MAIN_FILE } from "../../provider/servers/server";
import { Authority } from "../support/certificates";
import { by, Clients } from "../support/clients";
import { hasCrossed } from "../support/crossing";
import { Load } from "../support/load";
import { newServer } from "../support/local-server";
import { filesOf, freeListeners, newPair, type Pair } from "../support/pair";
import { disableTls, enableTls, pairBlocks, pairFiles, type PairTls } from "../support/pair-tls";
import { MonitoringLoad, secure, SensorLoad } from "../support/protocol-load";
import { SIDES, type Side } from "../support/sides";
import { freePorts } from "../support/stack-ports";
import { loginOf, worldOf, type World } from "../support/world";

const ACCOUNT: AccountDeclaration = {
  name: "A",
  jetstream: {},
  roles: { sensor: { bearer: true, connectionTypes: ["MQTT"] } },
  users: { any: {}, sensor: { role: "sensor" } },
};

/** The public key of a certificate that no client has. */
const PIN = "a".repeat(64);

describe("listeners for leaf nodes, WebSocket and MQTT with TLS", function () {
  this.timeout(60_000);

  let world: World;
  let pair: Pair;
  let tls: PairTls;
  const clients = new Clients();
  const hubs: NatsConnection[] = [];

  before(async () => {
    world = await worldOf([ACCOUNT]);
    tls = await enableTls("server");
    const listeners = await freeListeners("nats", { jetstream: {} });
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = await freePorts(6);
    pair = await newPair({
      static: { ...listeners.static, leafNodePort: a, websocketPort: b },
      operator: {
        ...listeners.operator,
        ...{ leafNodePort: c, websocketPort: d, mqttPort: e, monitoringPort: f },
        tls: { ...pairBlocks(tls), monitoring: true },
      },
    });
    for (const side of SIDES) {
      await pair.servers[side].put(filesOf(side, world, pair.listeners));
    }
    await Promise.all(SIDES.map((side) => pair.servers[side].start()));
  });

  after(async () => {
    disableTls();
    await clients.close();
    await Promise.all(hubs.map((hub) => hub.close()));
    pair.stop();
  });

  const portOf = (side: Side, protocol: Protocol) => pair.listeners[side][PROTOCOL_PORT[protocol]] ?? 0;

  /** Logs in over MQTT. Tries again until JetStream has a leader. */
  async function overMqtt(): Promise<mqtt.MqttClient> {
    const login = { username: "any", password: loginOf(world, "A/sensor").jwt, ca: tls.ca };
    for (;;) {
      const url = `mqtts://127.0.0.1:${portOf("operator", "mqtt")}`;
      const client = await mqtt
        .connectAsync(url, { ...login, reconnectPeriod: 0, connectTimeout: 2_000 }, false)
        .catch(() => undefined);
      if (client !== undefined) {
        return client;
      }
    }
  }

  async function atHub(side: Side): Promise<NatsConnection> {
    const { seed, creds } = loginOf(world, "A/any");
    const hub = await connect({
      servers: `tls://127.0.0.1:${pair.listeners[side].clientPort}`,
      authenticator: side === "static" ? by.seed(seed) : by.creds(creds),
      tls: { ca: tls.ca },
      reconnect: false,
      ignoreClusterUpdates: true,
    });
    hubs.push(hub);
    return hub;
  }

  it("should let in clients that trust the authority, and none without TLS", async () => {
    await (await overMqtt()).endAsync(true);
    const plain = mqtt.connectAsync(
      `mqtt://127.0.0.1:${portOf("operator", "mqtt")}`,
      { password: loginOf(world, "A/sensor").jwt, username: "any", reconnectPeriod: 0, connectTimeout: 2_000 },
      false,
    );
    await assert.rejects(plain);
    for (const side of SIDES) {
      const socket = new WebSocket(`wss://127.0.0.1:${portOf(side, "websocket")}`, { ca: tls.ca });
      const [info] = (await once(socket, "message")) as [Buffer];
      socket.terminate();
      assert.match(info.toString(), /^INFO .*"server_name":"nats-/);
      const refused = new WebSocket(`ws://127.0.0.1:${portOf(side, "websocket")}`);
      await once(refused, "error");
    }
  });

  /** Starts a leaf node of a server. @param trusted the certificates of the authorities that it trusts */
  async function startEdge(side: Side, url: string, trusted: string, more: Partial<LeafNodeRemote> = {}) {
    const { seed, creds } = loginOf(world, "A/any");
    const [port = 0] = await freePorts(1);
    const { server: edge, place } = await newServer(pair.cluster, `edge-${port}`);
    const login: Omit<LeafNodeRemote, "urls"> =
      side === "static" ? { nkey: seed } : { credentials: `${place}/edge.creds` };
    const remote = renderLeafNodeRemote({ urls: [url], ...login, ca: `${place}/ca.pem`, ...more });
    const main = `server_name: edge-${port}\nlisten: "127.0.0.1:${port}"\n${remote}`;
    await edge.put({ [MAIN_FILE]: main, "edge.creds": creds, "ca.pem": trusted });
    await edge.start();
    return { edge, client: () => clients.connect(`nats://127.0.0.1:${port}`) };
  }

  for (const side of SIDES) {
    for (const [scheme, protocol] of [
      ["tls", "leafNodes"],
      ["wss", "websocket"],
    ] as const) {
      it(`should connect a leaf node to the ${side} server at ${scheme}:// only if it trusts the authority`, async () => {
        const url = `${scheme}://127.0.0.1:${portOf(side, protocol)}`;
        const trusting = await startEdge(side, url, tls.ca);
        const refusing = await startEdge(side, url, (await Authority.create()).cert);
        try {
          assert.equal(await hasCrossed(await trusting.client(), await atHub(side)), true);
          const isRefused = async () => {
            const lines = findComplaints(await refusing.edge.complaints());
            return lines.some((line) => line.includes("certificate signed by unknown authority")) ? true : undefined;
          };
          assert.equal(await waitFor(isRefused, 10_000), true);
        } finally {
          await Promise.all([trusting, refusing].map(({ edge }) => edge.stop()));
        }
      });
    }
  }

  /** Connects over WebSocket. */
  async function overWebSocket(): Promise<NatsConnection> {
    const connection = await wsconnect({
      servers: `wss://127.0.0.1:${portOf("operator", "websocket")}`,
      authenticator: by.creds(loginOf(world, "A/any").creds),
      reconnect: false,
      wsFactory: (url) =>
        Promise.resolve({
          socket: new WebSocket(url, { ca: tls.ca }) as unknown as globalThis.WebSocket,
          encrypted: true,
        }),
    });
    hubs.push(connection);
    return connection;
  }

  /** The certificate that a listener shows to a new client, in Base64. */
  async function shownAt(port: number, isGreeted: boolean): Promise<string> {
    const socket = await secure(port, isGreeted, { rejectUnauthorized: false });
    const { raw } = socket.getPeerCertificate();
    socket.destroy();
    return raw.toString("base64");
  }

  /** Every listener of the operator server: its port, and whether the server greets clients before the handshake. */
  const allListeners = (): (readonly [name: string, port: number, isGreeted: boolean])[] => [
    ["clients", pair.listeners.operator.clientPort, true],
    ["routes", pair.listeners.operator.clusterPort, false],
    ["leafNodes", portOf("operator", "leafNodes"), true],
    ["websocket", portOf("operator", "websocket"), false],
    ["mqtt", portOf("operator", "mqtt"), false],
    ["monitoring", pair.listeners.operator.monitoringPort ?? 0, false],
  ];

  it("should accept TLS 1.2 and 1.3 on every listener, and nothing older", async () => {
    for (const [name, port, isGreeted] of allListeners()) {
      const at = (version: SecureVersion) => {
        const own = { ca: tls.ca, cert: tls.server.cert, key: tls.server.key };
        return secure(port, isGreeted, {
          ...own,
          minVersion: version,
          maxVersion: version,
          ciphers: "ALL:@SECLEVEL=0",
        });
      };
      for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
        const socket = await at(version);
        assert.equal(socket.getProtocol(), version, name);
        socket.destroy();
      }
      for (const version of ["TLSv1", "TLSv1.1"] as const) {
        await assert.rejects(at(version), /protocol version|unsupported protocol|ECONNRESET/, name);
      }
    }
  });

  it("should renew the certificates of all listeners by a reload under load, without disconnecting a client or losing a message", async () => {
    const { operator } = pair.servers;
    const { edge, client } = await startEdge("operator", `tls://127.0.0.1:${portOf("operator", "leafNodes")}`, tls.ca);
    const [atEdge, browser, other] = [await client(), await overWebSocket(), await atHub("static")];
    const load = new Load(
      [
        { from: atEdge, to: other, subject: "edge.requests" },
        { from: other, to: browser, subject: "browser.requests" },
      ],
      [
        { from: other, to: atEdge, subject: "edge.numbers" },
        { from: browser, to: other, subject: "browser.numbers" },
      ],
    );
    const sensors = await SensorLoad.start(await overMqtt(), other);
    const monitoring = new MonitoringLoad(pair.listeners.operator.monitoringPort ?? 0, tls.ca);
    await load.start();
    const renewed: PairTls = { ...tls, server: await (await Authority.create()).issue() };
    const files = { ...filesOf("operator", world, pair.listeners), ...pairFiles(renewed) };
    const digest = await operator.try(files);
    await operator.put(files);
    await operator.reload(digest);
    for (const [name, port, isGreeted] of allListeners()) {
      const shown = await shownAt(port, isGreeted);
      assert.ok(renewed.server.cert.replace(/\s/g, "").includes(shown), name);
    }
    const before = filesOf("operator", world, pair.listeners);
    await operator.put(before);
    await operator.reload(await operator.try(before));
    const { failures, arrived, answered } = await load.stop();
    assert.deepEqual(failures, []);
    assert.ok(arrived > 0 && answered > 0);
    assert.deepEqual(await sensors.stop(), []);
    assert.deepEqual(await monitoring.stop(), []);
    await edge.stop();
  });

  it("should begin the handshake with leaf nodes before the first message, after a reload", async () => {
    const { leafNodes, ...rest } = pairBlocks(tls);
    const blocks = { ...rest, monitoring: true, leafNodes: { ...(leafNodes ?? assert.fail()), handshakeFirst: true } };
    const { operator } = pair.servers;
    const listeners = { ...pair.listeners, operator: { ...pair.listeners.operator, tls: blocks } };
    const files = filesOf("operator", world, listeners);
    const digest = await operator.try(files);
    await operator.put(files);
    await operator.reload(digest);
    const url = `tls://127.0.0.1:${portOf("operator", "leafNodes")}`;
    const { edge, client } = await startEdge("operator", url, tls.ca, { handshakeFirst: true });
    assert.equal(await hasCrossed(await client(), await atHub("operator")), true);
    await edge.stop();
    const before = filesOf("operator", world, pair.listeners);
    await operator.put(before);
    await operator.reload(await operator.try(before));
  });

  for (const protocol of PROTOCOL_NAMES) {
    for (const [what, options] of [
      ["without TLS", undefined],
      ["with another timeout", { timeout: "7s" }],
      ["with pinned certificates", { verify: true, pinnedCertificates: [PIN] }],
      ["with TLS 1.3 alone", { minVersion: "1.3" }],
      ["with certificates of clients", { verify: true }],
    ] as const satisfies readonly (readonly [string, TlsOptions | undefined])[]) {
      it(`should restart the server where it refuses to reload ${protocol} ${what}`, async () => {
        const { [protocol]: block, ...rest } = { ...pairBlocks(tls), monitoring: true };
        const blocks: TlsBlocks =
          options === undefined || block === undefined ? rest : { ...rest, [protocol]: { ...block, ...options } };
        const startupOf = (own: TlsOptions | undefined) => JSON.stringify(startupTls({ [protocol]: own }, false));
        const needsRestart = startupOf({}) !== startupOf(options);
        const { operator } = pair.servers;
        const listeners = { ...pair.listeners, operator: { ...pair.listeners.operator, tls: blocks } };
        const files = filesOf("operator", world, listeners);
        const digest = await operator.try(files);
        await operator.put(files);
        const isReloaded = await operator.reload(digest).then(
          () => true,
          () => false,
        );
        const before = filesOf("operator", world, pair.listeners);
        await operator.put(before);
        await operator.reload(await operator.try(before));
        // A restart where a reload would do is allowed; a reload that the server refuses is not.
        assert.ok(isReloaded || needsRestart);
      });
    }
  }
});
