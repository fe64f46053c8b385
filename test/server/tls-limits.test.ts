import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type NatsConnection, type TlsOptions } from "@nats-io/transport-node";
import WebSocket from "ws";
import { accessEndpoint } from "../../provider/dynamic/cluster/check-credentials";
import { connectAll } from "../../provider/servers/deployment/connect";
import type { DeployedServer } from "../../provider/servers/deployment/deployment";
import { findMonitoringProblem } from "../../provider/servers/deployment/monitoring";
import { MAIN_FILE, type Server } from "../../provider/servers/server";
import { openConnection } from "../../provider/servers/system-client";
import { Authority, type Issued } from "../support/certificates";
import { keyOf, seedOf } from "../support/keys";
import { newCluster, newServer, removeCluster } from "../support/local-server";
import { logInOverMqtt } from "../support/mqtt";
import { freePorts } from "../support/stack-ports";

const LOGIN = { username: "u", password: "p" };

/** The public key of a certificate that no client has. */
const PIN = "a".repeat(64);

/** What nats-server does not enforce, and what the package therefore refuses or reports. */
describe("TLS options of nats-server", () => {
  let cluster: string;
  let server: Server;
  let authority: Authority;
  let issued: Issued;
  let ports: readonly number[];

  const block = (...more: readonly string[]) =>
    `tls { cert_file: "pair.pem", key_file: "pair.pem", ca_file: "ca.pem"\n${more.join("\n")}\n}`;

  before("a server with TLS that also accepts clients without it", async () => {
    authority = await Authority.create();
    issued = await authority.issue();
    ports = await freePorts(3);
    cluster = newCluster();
    ({ server } = await newServer(cluster, "one"));
    const [client = 0, mqtt = 0, websocket = 0] = ports;
    const main = [
      "server_name: one",
      `listen: "127.0.0.1:${client}"`,
      "authorization { user: u, password: p }",
      'jetstream { store_dir: "js" }',
      "allow_non_tls: true",
      block("verify: true"),
      `mqtt { listen: "127.0.0.1:${mqtt}"\n${block("verify: true")} }`,
      `websocket { listen: "127.0.0.1:${websocket}"\n${block("verify: true", `pinned_certs: ["${PIN}"]`)} }`,
    ].join("\n");
    await server.put({ [MAIN_FILE]: main, "pair.pem": issued.cert + issued.key, "ca.pem": authority.cert });
    await server.start();
  });

  after(() => {
    removeCluster(cluster);
  });

  /** Logs in with TLS, or without it even if the server offers it. */
  const logIn = (tls: TlsOptions | null): Promise<NatsConnection> =>
    connect({
      servers: `nats://127.0.0.1:${ports[0] ?? 0}`,
      user: LOGIN.username,
      pass: LOGIN.password,
      reconnect: false,
      tls,
    });

  it("should let in MQTT clients without TLS where NATS clients may connect without it", async () => {
    assert.equal(await logInOverMqtt(ports[1] ?? 0, LOGIN), true);
  });

  it("should not require certificates of clients without TLS", async () => {
    await assert.rejects(logIn({ ca: authority.cert }), /certificate required|ECONNRESET/);
    await (await logIn(null)).close();
  });

  it("should not compare pins with the certificates of clients over WebSocket", async () => {
    const { cert, key } = issued;
    const socket = new WebSocket(`wss://127.0.0.1:${ports[2] ?? 0}`, { ca: authority.cert, cert, key });
    const [info] = (await once(socket, "message")) as [Buffer];
    socket.terminate();
    assert.match(info.toString(), /^INFO /);
  });
});

/** Clients of the package, and of the handlers, connect as clients in Go do. */
describe("a server with a certificate for another name, of an intermediate authority", () => {
  const NAME = "nats.internal";
  let cluster: string;
  let middle: Authority;
  let ports: readonly number[];

  before("a server whose handshake comes first", async () => {
    middle = await Authority.create("middle", await Authority.create());
    const { cert, key } = await middle.issue({ hosts: [NAME] });
    ports = await freePorts(2);
    cluster = newCluster();
    const { server } = await newServer(cluster, "one");
    const [client = 0, monitoring = 0] = ports;
    const main = [
      "server_name: one",
      `listen: "127.0.0.1:${client}"`,
      `https: "127.0.0.1:${monitoring}"`,
      `authorization { users: [{ nkey: ${keyOf("user", "u")} }] }`,
      'tls { cert_file: "pair.pem", key_file: "pair.pem", handshake_first: true }',
    ].join("\n");
    await server.put({ [MAIN_FILE]: main, "pair.pem": cert + key });
    await server.start();
  });

  after(() => {
    removeCluster(cluster);
  });

  const url = () => `tls://127.0.0.1:${ports[0] ?? 0}`;

  it("should be reached by the verification of a cluster", async () => {
    const known = { ca: middle.cert, serverName: NAME, isFirst: true };
    const connection = await openConnection([accessEndpoint({ url: url(), tls: known })], seedOf("user", "u"));
    await connection.close();
    for (const wrong of [{ serverName: "other" }, { ca: (await Authority.create()).cert }, { isFirst: false }]) {
      const endpoint = accessEndpoint({ url: url(), tls: { ...known, ...wrong } });
      await assert.rejects(openConnection([endpoint], seedOf("user", "u")));
    }
  });

  it("should be reached by the verification of a deployment, also for its monitoring", async () => {
    const target: DeployedServer = { mode: "static", url: url(), certificateName: NAME, handshakeFirst: true };
    const tls = { ca: middle.cert };
    const access = { seed: seedOf("user", "u"), seeds: {}, users: "none", tls } as const;
    const { clients, problems } = await connectAll({ one: target }, access);
    assert.deepEqual(problems, []);
    const { one } = clients;
    const monitored = { ...target, monitoringUrl: `https://127.0.0.1:${ports[1] ?? 0}` };
    const id = one?.server.id ?? "";
    assert.equal(await findMonitoringProblem(monitored, id, tls), undefined);
    assert.match((await findMonitoringProblem({ ...monitored, certificateName: "other" }, id, tls)) ?? "", /altnames/);
    // Like a tunnel: the names are those of the URLs, and the addresses are others.
    const behind = {
      mode: "static",
      monitoringUrl: `https://${NAME}:8222`,
      monitoringVia: `127.0.0.1:${ports[1] ?? 0}`,
    } as const;
    const reached = { ...behind, url: `tls://${NAME}:4222`, via: new URL(url()).host, handshakeFirst: true };
    assert.equal(await findMonitoringProblem(reached, id, tls), undefined);
    const { clients: tunnelled, problems: none } = await connectAll({ one: reached }, access);
    assert.deepEqual(none, []);
    await tunnelled.one?.close();
    await one?.close();
  });
});
