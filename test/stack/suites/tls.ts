import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, rm, stat, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Authenticator, NatsConnection, TlsOptions } from "@nats-io/transport-node";
import { waitFor } from "../../../provider/servers/log";
import { Authority, type Issued } from "../../support/certificates";
import { Gaps } from "../../support/gaps";
import { Load } from "../../support/load";
import { temporaryFolder } from "../../support/local-server";
import { PodStack, stackOn, urlAt, type PlaceName } from "../../support/pod-stack";
import { serialOf, shownSerial } from "../../support/shown-certificate";
import { SIDES, type Side } from "../../support/sides";
import { DECLARED, failed, STEP_TIMEOUT, succeeded } from "../../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../../support/stack-clients";
import { changedResources } from "../../support/stack-diff";
import { freePorts } from "../../support/stack-ports";
import type { Declaration } from "../programs/declared/declaration";

const ACCOUNTS: Declaration = { accounts: { A: { users: { test: {} } } } };
/** Milliseconds in which routes are open again, also on a busy machine. */
const INTERRUPTION = 3_000;
const RELOADED = ["ClusterCheck nats", "ClusterConfiguration nats", "ConfigurationAttempt nats"];
/** The names by which the containers reach each other, and clients of this machine. */
const MACHINE: Names = { hosts: ["127.0.0.1", ...SIDES], hostOf: () => "127.0.0.1", incomplete: "n1.example.org" };

/** The hosts of certificates. */
interface Names {
  readonly hosts: readonly string[];
  /** Returns the name of a server by which clients verify its certificate. */
  readonly hostOf: (side: Side) => string;
  /** A host that is not enough: clients reach servers by others. */
  readonly incomplete: string;
}

/** The names of pods and of their Services. */
function namesInPods(namespace: string): Names {
  const ofPods = `*.nats.${namespace}.svc`;
  const ofServices = SIDES.map((side) => `nats-${side}.${namespace}.svc`);
  return {
    hosts: [ofPods, ...ofServices],
    hostOf: (side) => `nats-${side}-0.nats.${namespace}.svc`,
    incomplete: ofPods,
  };
}

/**
 * Keeps the monitoring port without TLS. In pods, Kubernetes asks it for the health of the servers, so they would restart when TLS is
 * turned on or off.
 */
const MONITORING_BY_HTTP = {
  tls: { monitoring: "disabled" },
  more: { parity: { accept: { "(servers).*.monitoring": "A test." } } },
} as const;

/** Creates the tests of TLS, with servers in some place. */
export function describeTls(place: PlaceName): void {
  describe(`a deployed cluster with TLS (${place})`, function () {
    this.timeout(2 * STEP_TIMEOUT);
    const stack = stackOn(place, DECLARED, { logs: true });
    const { hosts, hostOf, incomplete } = stack instanceof PodStack ? namesInPods(stack.namespace.name) : MACHINE;
    const clients = new Clients();
    let authority: Authority;
    let issued: Issued;

    const withTls = ({ cert, key }: Issued, tls: Declaration["tls"] = {}): Declaration => ({
      ...ACCOUNTS,
      tls: { certificate: cert, key, ca: authority.cert, ...tls },
    });

    async function loginTo(side: Side): Promise<Authenticator> {
      const { seeds, creds } = await stack.outputs();
      return side === "static" ? bySeed(seeds["A/test"]) : byCreds(creds["A/test"]);
    }

    /** TLS that can be turned off by a reload. */
    const encrypted = (): Declaration =>
      place === "kubernetes"
        ? { ...withTls(issued, MONITORING_BY_HTTP.tls), ...MONITORING_BY_HTTP.more }
        : withTls(issued);

    /** Connects a client, with a certificate of its own if it has one. */
    async function connect(side: Side, own: Partial<Issued> = {}): Promise<NatsConnection> {
      const url = await urlAt(stack, side);
      // Without the host, Node.js compares the certificate of a server at an IP address with "localhost".
      const tls = { ca: authority.cert, ...own, host: hostOf(side) } as TlsOptions;
      return clients.connect(url, await loginTo(side), url.startsWith("tls:") ? { tls } : {});
    }

    /** The serial number of the certificate that a server shows to new clients. */
    async function shown(side: Side): Promise<string> {
      const [url, login] = [await urlAt(stack, side), await loginTo(side)];
      return shownSerial((tls) => clients.connect(url, login, { tls: { ca: authority.cert, ...tls } }));
    }

    before("a cluster with one certificate for both servers", async () => {
      authority = await Authority.create();
      issued = await authority.issue({ hosts });
      await stack.declare(withTls(issued));
      succeeded(await stack.up());
    });

    it("should encrypt clients and routes", async () => {
      for (const side of SIDES) {
        assert.match(await urlAt(stack, side), /^tls:/);
        const { "nats.conf": config = "", "routes.conf": routes = "" } = await stack.servers.configuration(side);
        assert.equal(config.match(/^ *tls \{$/gm)?.length, 2);
        assert.match(routes, /"tls:\/\/route:/);
      }
      await crosses(await connect("static"), await connect("operator"), "one");
      await crosses(await connect("operator"), await connect("static"), "two");
      const { host } = new URL(await urlAt(stack, "static"));
      await assert.rejects(clients.connect(`nats://${host}`, await loginTo("static")), /certificate/);
      succeeded(await stack.preview("--expect-no-changes"));
    });

    it("should show the key to nobody", async () => {
      const body = issued.key.split("\n")[1] ?? assert.fail();
      for (const shownText of [stack.transcript, await stack.rawState(), await stack.logs()]) {
        assert.equal(shownText.includes(body), false);
      }
      for (const side of SIDES) {
        assert.equal((await stack.servers.seen(side)).includes(body), false);
        assert.equal((await stack.servers.log(side)).includes(body), false);
        assert.equal((await stack.servers.configuration(side))["nats.conf"]?.includes(body), false);
        if (place === "process") {
          const { id } = (await stack.servers.lives())[side];
          assert.equal((await stat(join(id, "tls-clients.pem"))).mode & 0o777, 0o600);
        }
      }
    });

    it("should reload renewed certificates, one for each server, without disconnecting clients, or losing messages", async () => {
      const [from, to] = [await connect("static"), await connect("operator")];
      const lives = await stack.servers.lives();
      const load = new Load([{ from, to, subject: "requests" }], [{ from: to, to: from, subject: "numbers" }]);
      await load.start();
      issued = await authority.issue({ hosts, name: "renewed" });
      const ofStatic = await authority.issue({ hosts, name: "static" });
      const staticServer = { tls: { certificate: ofStatic.cert, key: ofStatic.key } };
      await stack.declare({ ...withTls(issued), staticServer });
      const { output } = succeeded(await stack.preview("--diff"));
      assert.deepEqual(changedResources(output), RELOADED);
      assert.match(output, /CN=renewed/);
      assert.match(output, /CN=static/);
      succeeded(await stack.up());
      const { failures, arrived, answered } = await load.stop();
      assert.deepEqual(failures, []);
      assert.ok(arrived > 0 && answered > 0);
      assert.equal(clients.hasLost(from) || clients.hasLost(to), false);
      assert.deepEqual(await stack.servers.lives(), lives);
      assert.equal(await shown("static"), serialOf(ofStatic.cert));
      assert.equal(await shown("operator"), serialOf(issued.cert));
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });

    it("should change nothing when a key or a certificate is wrong", async () => {
      const before = await stack.servers.configurations();
      const other = await (await Authority.create("other")).issue({ hosts });
      const refusals: [Declaration, RegExp][] = [
        [withTls({ ...issued, key: other.key }), /tls\.key: .*\[NA1803\]/],
        [withTls(other), /tls\.certificate = .*\[NA1804\]/],
        [withTls(await authority.issue({ hosts: [incomplete] })), /tls\.certificate = .*\[NA1805\]/],
        [withTls(await authority.issue({ hosts, until: -0.5 })), /tls\.certificate = .*\[NA1806\]/],
      ];
      for (const [declaration, message] of refusals) {
        await stack.declare(declaration);
        assert.match(failed(await stack.preview()).output, message);
      }
      assert.deepEqual(await stack.servers.configurations(), before);
    });

    it("should require certificates of clients with `verify`, verify itself with one, and accept others again without", async () => {
      const own = await authority.issue({ hosts: [], name: "client", purposes: ["clientAuth"] });
      const verification = { certificate: own.cert, key: own.key };
      await stack.declare(withTls(issued, { clients: { verify: true }, verification }));
      succeeded(await stack.up());
      // The server closes the connection after the alert, which the client may not have read by then.
      await assert.rejects(connect("static"), /certificate required|ECONNRESET/);
      const [onStatic, onOperator] = [await connect("static", own), await connect("operator", own)];
      await crosses(onStatic, onOperator, "three");
      const lives = await stack.servers.lives();
      await stack.declare(withTls(issued));
      succeeded(await stack.up());
      await crosses(onStatic, onOperator, "four");
      assert.equal(clients.hasLost(onStatic) || clients.hasLost(onOperator), false);
      assert.deepEqual(await stack.servers.lives(), lives);
    });

    if (place === "kubernetes") {
      it("should restart for monitoring over HTTP", async () => {
        const lives = await stack.servers.lives();
        await stack.declare(encrypted());
        succeeded(await stack.up());
        const after = await stack.servers.lives();
        SIDES.forEach((side) => {
          assert.notEqual(after[side].id, lives[side].id);
        });
      });
    }

    it("should change to plaintext and back by reloads that disconnect no client, and interrupt routes for a moment", async () => {
      const [other, there] = [await connect("static"), await connect("operator")];
      const lives = await stack.servers.lives();
      await stack.declare(ACCOUNTS);
      assert.deepEqual(changedResources(succeeded(await stack.preview("--diff")).output), RELOADED);
      const here = await connect("static");
      const local = new Load(
        [{ from: here, to: other, subject: "local" }],
        [{ from: here, to: other, subject: "same" }],
      );
      await local.start();
      const crossing = await Gaps.start(other, there, "between");
      succeeded(await stack.up());
      assert.deepEqual((await local.stop()).failures, []);
      const milliseconds = await crossing.stop();
      console.log(`      ${milliseconds} ms of messages between the servers were lost`);
      assert.ok(milliseconds < INTERRUPTION);
      const plain = await connect("operator");
      await crosses(other, plain, "five");
      for (const side of SIDES) {
        const files = Object.entries(await stack.servers.allFiles(side));
        // The Docker Engine cannot remove files: an empty one stays.
        assert.deepEqual(
          files.filter(([name, content]) => /(^|\/)tls-/.test(name) && content !== "").map(([name]) => name),
          [],
        );
      }
      await stack.declare(encrypted());
      assert.deepEqual(changedResources(succeeded(await stack.preview("--diff")).output), RELOADED);
      succeeded(await stack.up());
      await crosses(other, plain, "six");
      await crosses(await connect("static"), await connect("operator"), "seven");
      assert.deepEqual(await stack.servers.lives(), lives);
      assert.equal(clients.hasLost(other) || clients.hasLost(plain), false);
    });

    // Processes read files of this machine, which test/components/cluster/tls.test.ts checks.
    if (place === "docker") {
      it("should read certificates from files of the host, also renewed ones, and offer monitoring over HTTPS", async () => {
        const folder = temporaryFolder("tls");
        try {
          await chmod(folder, 0o755);
          const files = { certificate: "tls.crt", key: "tls.key", ca: "ca.crt" } as const;
          const write = ({ cert, key }: Issued) =>
            Promise.all([
              writeFile(join(folder, files.certificate), cert),
              writeFile(join(folder, files.key), key),
              writeFile(join(folder, files.ca), authority.cert),
            ]);
          const at = (kind: keyof typeof files) => ({ file: join(folder, files[kind]) });
          await write(issued);
          const [monitoringPort = 0] = await freePorts(1);
          await stack.declare({
            ...ACCOUNTS,
            staticServer: { monitoringPort },
            tls: {
              ...{ certificate: at("certificate"), key: at("key"), ca: at("ca") },
              verification: { ca: authority.cert },
            },
          });
          succeeded(await stack.up());
          assert.equal(await shown("static"), serialOf(issued.cert));
          assert.equal(await health(monitoringPort), "200 ok");
          const renewed = await authority.issue({ hosts });
          await write(renewed);
          await (await stack.engine.server("static")).kill({ signal: "SIGHUP" });
          const isShown = async () => ((await shown("static")) === serialOf(renewed.cert) ? true : undefined);
          assert.equal(await waitFor(isShown, 10_000), true);
          assert.equal(await health(monitoringPort), "200 ok");
          succeeded(await stack.preview("--refresh", "--expect-no-changes"));
        } finally {
          await rm(folder, { recursive: true });
        }
      });
    }

    /** The answer of a server to a request for its health, over a new connection. */
    async function health(port: number): Promise<string> {
      const options = { ca: authority.cert, agent: false } as const;
      const request = get(`https://127.0.0.1:${port}/healthz`, options);
      const [response] = (await once(request, "response")) as [IncomingMessage];
      const { status } = JSON.parse(await text(response)) as { status: string };
      return `${response.statusCode ?? 0} ${status}`;
    }
  });
}
