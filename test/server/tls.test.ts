import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
  type NatsConnection,
  type TlsOptions,
} from "@nats-io/transport-node";
import { CIPHER_SUITES, CURVES } from "../../provider/model/tls/options";
import { Authority, type Issued } from "../support/certificates";
import { removeCluster, temporaryFolder } from "../support/local-server";
import { filesOf, startPair, type Pair } from "../support/pair";
import { disableTls, enableTls, pairFiles, type PairTls } from "../support/pair-tls";
import { SIDES, type Side } from "../support/sides";
import { answer, ask } from "../support/stack-clients";
import { loginOf, worldOf, type World } from "../support/world";

const encoder = new TextEncoder();
const SUITES_OF_TLS_1_2 = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
];
/** Suites that a server must refuse: without forward secrecy, without encryption, or with broken ciphers. */
const REFUSED_SUITES = ["AES128-SHA", "AES128-GCM-SHA256", "NULL-SHA256", "DES-CBC3-SHA", "ADH-AES128-SHA256"];

describe("servers with mutual TLS", () => {
  let world: World;
  let tls: PairTls;
  let pair: Pair;

  before("a pair of servers", async () => {
    world = await worldOf([
      { name: "A", exports: [{ subject: "test", type: "service" }], users: { test: {} } },
      { name: "B", imports: [{ account: "A", subject: "test", type: "service" }], users: { test: {} } },
    ]);
    tls = await enableTls("mutual");
    pair = await startPair(world);
  });

  after(() => {
    pair.stop();
    disableTls();
  });

  const portOf = (side: Side) => pair.listeners[side].clientPort;

  function logIn(side: Side, user: string, own: Partial<Issued> = tls.client ?? {}): Promise<NatsConnection> {
    const { seed, creds } = loginOf(world, user);
    return connect({
      servers: `tls://127.0.0.1:${portOf(side)}`,
      authenticator:
        side === "static" ? nkeyAuthenticator(encoder.encode(seed)) : credsAuthenticator(encoder.encode(creds)),
      reconnect: false,
      tls: { ca: tls.ca, host: "127.0.0.1", ...own } as TlsOptions,
    });
  }

  for (const [from, to] of [
    ["static", "operator"],
    ["operator", "static"],
  ] as const) {
    it(`should pass requests from the ${from} to the ${to} server`, async () => {
      const [a, b] = [await logIn(to, "A/test"), await logIn(from, "B/test")];
      await answer(a, "test", "answer");
      assert.equal((await ask(b, "test", "")).string(), "answer");
      await Promise.all([a.close(), b.close()]);
    });
  }

  it("should serve the nats command with seed and creds", async function () {
    const nats = process.env.NATS_CLI;
    if (nats === undefined) {
      this.skip();
    }
    const folder = temporaryFolder("nats");
    try {
      const file = (name: string, text: string) => {
        const path = join(folder, name);
        writeFileSync(path, text, { mode: 0o600 });
        return path;
      };
      const { seed, creds } = loginOf(world, "B/test");
      const own = [
        "--tlsca",
        file("ca.pem", tls.ca),
        "--tlscert",
        file("c.pem", tls.client?.cert ?? ""),
        "--tlskey",
        file("k.pem", tls.client?.key ?? ""),
      ];
      const logins = { static: ["--nkey", file("b.nk", seed)], operator: ["--creds", file("b.creds", creds)] };
      for (const side of SIDES) {
        const server = ["--server", `tls://127.0.0.1:${portOf(side)}`];
        const { code, output } = await run(nats, [...server, ...logins[side], ...own, "pub", "free", "hello"], folder);
        assert.equal(code, 0, output);
        const without = await run(
          nats,
          [...server, ...logins[side], ...own.slice(0, 2), "pub", "free", "hello"],
          folder,
        );
        assert.notEqual(without.code, 0);
      }
    } finally {
      removeCluster(folder);
    }
  });

  it("should refuse clients without a certificate, with one of another authority, for servers alone, or without TLS", async () => {
    const elsewhere = await (await Authority.create()).issue({ purposes: ["clientAuth"] });
    for (const side of SIDES) {
      await assert.rejects(logIn(side, "A/test", {}), /certificate required|ECONNRESET/);
      await assert.rejects(logIn(side, "A/test", elsewhere), /unknown ca|bad certificate|decrypt error|ECONNRESET/);
      assert.equal(await answerTo(portOf(side), 'CONNECT {"verbose":true}\r\nPING\r\n'), "closed");
    }
  });

  it("should accept TLS 1.2 and 1.3 with suites that have forward secrecy, and nothing else", async () => {
    for (const side of SIDES) {
      const at = (options: ConnectionOptions) => handshake(portOf(side), { ca: tls.ca, ...tls.client, ...options });
      for (const version of ["TLSv1", "TLSv1.1"] as const) {
        // Node.js itself refuses these versions unless the security level is lowered.
        const old = { minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" };
        assert.match(await at(old), /^refused/);
      }
      for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
        assert.equal((await at({ minVersion: version, maxVersion: version })).split(" ")[0], version);
      }
      const only = (cipher: string) => at({ maxVersion: "TLSv1.2", ciphers: `${cipher}:@SECLEVEL=0` });
      for (const cipher of REFUSED_SUITES) {
        assert.match(await only(cipher), /^refused/, cipher);
      }
      for (const cipher of SUITES_OF_TLS_1_2) {
        assert.equal(await only(cipher), `TLSv1.2 ${cipher}`);
      }
    }
  });

  it("should keep all connections when certificates are renewed, and refuse a key that does not match", async () => {
    const client = await logIn("static", "A/test");
    const renewed = { ...tls, server: await (await Authority.create()).issue() };
    const files = { ...filesOf("static", world, pair.listeners), ...pairFiles(renewed) };
    const digest = await pair.servers.static.try(files);
    await pair.servers.static.put(files);
    await pair.servers.static.reload(digest);
    const broken = { ...files, "tls-clients.pem": renewed.server.cert + tls.server.key };
    await assert.rejects(pair.servers.static.try(broken), /private key does not match public key/);
    await client.flush();
    assert.equal(client.isClosed(), false);
    await client.close();
  });

  it("should know every cipher suite and curve that the package accepts", async () => {
    const { "nats.conf": config = "", ...files } = filesOf("static", world, pair.listeners);
    for (const [key, values] of [
      ["cipher_suites", CIPHER_SUITES],
      ["curve_preferences", CURVES],
    ] as const) {
      for (const value of values) {
        await pair.servers.static.try({
          ...files,
          "nats.conf": config.replace(/^tls \{$/m, `tls {\n  ${key}: ["${value}"]`),
        });
      }
    }
  });
});

/** Returns the first bytes after the greeting of a server, or that it has closed the connection. */
function answerTo(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connectPlain(port, "127.0.0.1");
    let isGreeted = false;
    socket.on("data", (chunk: Buffer) => {
      if (isGreeted || chunk.includes("+OK")) {
        resolve(chunk.toString());
        socket.destroy();
      } else {
        isGreeted = true;
        socket.write(text);
      }
    });
    socket.on("close", () => {
      resolve("closed");
    });
    socket.on("error", () => undefined);
  });
}

/** Returns version and cipher of a connection, or why the server or this machine refuses it. */
function handshake(port: number, options: ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const plain = connectPlain(port, "127.0.0.1");
    plain.once("error", () => undefined);
    plain.once("data", () => {
      plain.removeAllListeners("data");
      let socket: TLSSocket;
      try {
        socket = connectTls({ socket: plain, host: "127.0.0.1", ...options }, () => {
          resolve(`${socket.getProtocol() ?? ""} ${socket.getCipher().name}`);
          socket.destroy();
        });
      } catch (error) {
        plain.destroy();
        resolve(`refused: ${String(error)}`);
        return;
      }
      socket.on("error", (error) => {
        resolve(`refused: ${String(error)}`);
        plain.destroy();
      });
    });
  });
}

function run(command: string, args: readonly string[], home: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { env: { HOME: home } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr });
    });
  });
}
