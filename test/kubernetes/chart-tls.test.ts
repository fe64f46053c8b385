import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { NatsConnection, TlsOptions } from "@nats-io/transport-node";
import type { VerifiedServer } from "../../provider";
import type { Tunnel } from "../../provider/servers/kubernetes/tunnel";
import { waitFor } from "../../provider/servers/log";
import { writeTlsSecret } from "../support/cert-manager";
import { Authority } from "../support/certificates";
import type { PlainValues } from "../support/chart";
import { manifestsOf } from "../support/chart-manifests";
import { testContext, testNamespace } from "../support/kubernetes";
import { openPodTunnel } from "../support/pod-tunnel";
import { serialOf, shownSerial } from "../support/shown-certificate";
import { SIDES, type Side } from "../support/sides";
import { CHART, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients, crosses, publishRefusal } from "../support/stack-clients";

interface Outputs {
  readonly values: Readonly<Record<Side, PlainValues>>;
  readonly secrets: {
    readonly a: Readonly<Record<"test", { readonly stringData: Readonly<Record<string, string>> }>>;
  };
  readonly verified?: Readonly<Record<string, VerifiedServer>>;
}

const RELEASES = { static: { name: "nats-static" }, operator: { name: "nats-operator" } };
const SECRET = "nats-tls";
/** Names of the Services, and of the pods by which servers reach each other. */
const HOSTS = SIDES.flatMap((side) => [RELEASES[side].name, `*.${RELEASES[side].name}-headless`]);
/** Milliseconds in which Kubernetes updates files in pods, and the servers reload them. */
const ARRIVAL = 150_000;

/** The first message of a server, which it sends before the handshake. */
async function readInfo(address: string): Promise<{ readonly tls_required?: boolean }> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connectTcp(Number(port), hostname);
  const [data] = (await once(socket, "data")) as [Buffer];
  socket.end();
  return JSON.parse(data.toString().replace(/^INFO /, "")) as { readonly tls_required?: boolean };
}

describe("servers with TLS that the Helm chart of NATS deploys with its reloader", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const namespace = testNamespace();
  const stack = testStack(CHART);
  const clients = new Clients();
  const urls = new Map<Side, string>();
  const tunnels: Tunnel[] = [];
  let authority: Authority;

  after("no tunnel is open", () => {
    tunnels.forEach((tunnel) => {
      tunnel.close();
    });
  });

  const podOf = (side: Side) => `${RELEASES[side].name}-0`;
  const outputs = async () => (await stack.outputs()) as unknown as Outputs;

  const issue = () => writeTlsSecret(namespace, authority, SECRET, HOSTS);

  async function deploy(): Promise<void> {
    const { values } = await outputs();
    for (const side of SIDES) {
      const { name } = RELEASES[side];
      await namespace.apply(await manifestsOf(name, namespace, values[side], { reloader: true }));
    }
    for (const side of SIDES) {
      await namespace.rolledOut(RELEASES[side].name);
    }
  }

  async function connect(side: Side, more: TlsOptions = {}): Promise<NatsConnection> {
    const { stringData } = (await outputs()).secrets.a.test;
    const login = side === "static" ? bySeed(stringData.seed) : byCreds(stringData["nats.creds"]);
    const tls = { ca: authority.cert, host: RELEASES[side].name, ...more } as TlsOptions;
    return clients.connect(urls.get(side) ?? assert.fail(side), login, { tls });
  }

  /** The serial number of the certificate that a server shows to new clients. */
  const shown = (side: Side) => shownSerial((tls) => connect(side, tls));

  const lives = () => Promise.all(SIDES.map(async (side) => (await namespace.get("pod", podOf(side))).metadata));
  const uids = async () => (await lives()).map((metadata) => (metadata as { readonly uid: string }).uid);

  it("should encrypt clients and routes with a Secret as cert-manager writes it, and be verified", async () => {
    authority = await Authority.create();
    await issue();
    const secret = { secretName: SECRET };
    Object.assign(stack.config, { releases: RELEASES, namespace: namespace.name, subjects: ["test"] });
    Object.assign(stack.config, { hubPassword: "unused", tls: { ca: secret, clients: secret, routes: secret } });
    stack.config.ca = authority.cert;
    succeeded(await stack.up());
    await deploy();
    for (const side of SIDES) {
      const pod = { namespace: namespace.name, statefulSet: RELEASES[side].name, ordinal: 0 };
      const tunnel = await openPodTunnel(pod, 4222);
      tunnels.push(tunnel);
      urls.set(side, `tls://${tunnel.address}`);
    }
    stack.config.context = testContext();
    // The names in a certificate are those of the chart's Services.
    stack.config.servers = Object.fromEntries(
      SIDES.map((side) => [podOf(side), { mode: side, tls: { serverName: RELEASES[side].name } }]),
    );
    succeeded(await stack.up());
    assert.deepEqual(Object.keys((await outputs()).verified ?? {}).sort(), SIDES.map(podOf).sort());
    await crosses(await connect("static"), await connect("operator"), "test");
    for (const { address } of tunnels) {
      assert.equal((await readInfo(address)).tls_required, true);
    }
  });

  it("should reload a certificate that is renewed in place, without disconnecting clients", async () => {
    const [onStatic, onOperator] = [await connect("static"), await connect("operator")];
    const before = await uids();
    const renewed = serialOf((await issue()).cert);
    for (const side of SIDES) {
      const isShown = async () => ((await shown(side)) === renewed ? true : undefined);
      assert.equal(await waitFor(isShown, ARRIVAL), true, side);
    }
    await crosses(onStatic, onOperator, "test");
    assert.equal(clients.hasLost(onStatic) || clients.hasLost(onOperator), false);
    assert.deepEqual(await uids(), before);
  });

  it("should reload changed permissions by themselves, which an update then proves", async () => {
    const [client, before] = [await connect("static"), await uids()];
    assert.match(await publishRefusal(client, "more"), /permissions violation/i);
    const { servers } = stack.config;
    delete stack.config.servers;
    stack.config.subjects = ["test", "more"];
    succeeded(await stack.up());
    await deploy();
    stack.config.servers = servers;
    const isVerified = async () => ((await stack.up()).code === 0 ? true : undefined);
    assert.equal(await waitFor(isVerified, ARRIVAL), true);
    await crosses(client, await connect("operator"), "more");
    assert.equal(clients.hasLost(client), false);
    assert.deepEqual(await uids(), before);
  });
});
