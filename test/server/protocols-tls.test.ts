import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTls } from "node:tls";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import mqtt from "mqtt";
import WebSocket from "ws";
import { renderLeafNodeRemote, type LeafNodeRemote } from "../../provider/config/leaf-node-remote";
import type { TlsBlocks } from "../../provider/config/tls";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { PROTOCOL_NAMES, PROTOCOL_PORT, type Protocol } from "../../provider/model/cluster/protocols";
import { startupTls } from "../../provider/model/cluster/tls";
import type { TlsOptions } from "../../provider/model/tls/options";
import { MAIN_FILE } from "../../provider/servers/server";
import { Authority } from "../support/certificates";
import { by, Clients } from "../support/clients";
import { hasCrossed } from "../support/crossing";
import { newServer } from "../support/local-server";
import { filesOf, freeListeners, newPair, type Pair } from "../support/pair";
import { disableTls, enableTls, pairBlocks, pairFiles, type PairTls } from "../support/pair-tls";
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
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = await freePorts(5);
    pair = await newPair({
      static: { ...listeners.static, leafNodePort: a, websocketPort: b },
      operator: { ...listeners.operator, leafNodePort: c, websocketPort: d, mqttPort: e },
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

  for (const side of SIDES) {
    for (const [scheme, protocol] of [
      ["tls", "leafNodes"],
      ["wss", "websocket"],
    ] as const) {
      it(`should connect a leaf node to the ${side} server at ${scheme}:// only if it trusts the authority`, async () => {
        const { seed, creds } = loginOf(world, "A/any");
        const urls = [`${scheme}://127.0.0.1:${portOf(side, protocol)}`];
        const connects = async (ca: string): Promise<boolean> => {
          const [port = 0] = await freePorts(1);
          const { server: edge, place } = await newServer(pair.cluster, `edge-${port}`);
          const login: Omit<LeafNodeRemote, "urls"> =
            side === "static" ? { nkey: seed } : { credentials: `${place}/edge.creds` };
          const remote = renderLeafNodeRemote({ urls, ...login, ca: `${place}/ca.pem` });
          const main = `server_name: edge\nlisten: "127.0.0.1:${port}"\n${remote}`;
          await edge.put({ [MAIN_FILE]: main, "edge.creds": creds, "ca.pem": ca });
          await edge.start();
          try {
            const atEdge = await clients.connect(`nats://127.0.0.1:${port}`);
            return await hasCrossed(atEdge, await atHub(side));
          } finally {
            await edge.stop();
          }
        };
        assert.equal(await connects(tls.ca), true);
        assert.equal(await connects((await Authority.create()).cert), false);
      });
    }
  }

  it("should offer a renewed certificate after a reload, and keep the connections", async () => {
    const sensor = await overMqtt();
    const renewed: PairTls = { ...tls, server: await (await Authority.create()).issue() };
    const { operator } = pair.servers;
    const files = { ...filesOf("operator", world, pair.listeners), ...pairFiles(renewed) };
    const digest = await operator.try(files);
    await operator.put(files);
    await operator.reload(digest);
    for (const protocol of ["websocket", "mqtt"] as const) {
      const socket = connectTls({ host: "127.0.0.1", port: portOf("operator", protocol), rejectUnauthorized: false });
      await once(socket, "secureConnect");
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      assert.ok(renewed.server.cert.replace(/\s/g, "").includes(raw.toString("base64")), protocol);
    }
    await sensor.publishAsync("still/there", "hello", { qos: 1 });
    await sensor.endAsync(true);
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
        const { [protocol]: block, ...rest } = pairBlocks(tls);
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
