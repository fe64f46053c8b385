import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import type { NatsConnection } from "@nats-io/transport-node";
import type { ClusterTls } from "../../provider";
import type { Declaration } from "../stack/programs/declared/declaration";
import { Authority } from "../support/certificates";
import { podStack } from "../support/pod-stack";
import { failed, STEP_TIMEOUT, succeeded } from "../support/stack";
import { byCreds, bySeed, Clients, crosses, publishRefusal } from "../support/stack-clients";
import { MESSAGES, messagesIn, store } from "../support/stack-shape";
import { tokensOf } from "../support/stack-tokens";

type Servers = NonNullable<Declaration["servers"]>;
type Users = NonNullable<NonNullable<Declaration["accounts"]>[string]["users"]>;

/** The first of the ports of nodes that a Kubernetes cluster assigns by default, and their number. */
const NODE_PORTS = 30_000;
const NODE_PORT_COUNT = 2_767;

describe("a cluster of processes that moves to pods by way of a cluster of both", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { namespace, pods } = stack;
  const clients = new Clients();
  let authority: Authority;
  let tls: ClusterTls;
  let node: string;
  let machine: string;
  let processes: Servers;
  let nodePorts: readonly number[];
  let lastPort: number;
  let users: Users = { test: {}, other: {} };

  before("addresses, and a certificate for them", async () => {
    ({ node, machine } = await stack.addresses());
    const { staticPort, staticClusterPort, operatorPort, operatorClusterPort } = stack.ports;
    processes = {
      static: { mode: "static", host: "machine", clientPort: staticPort, clusterPort: staticClusterPort },
      operator: { mode: "operator", host: "machine", clientPort: operatorPort, clusterPort: operatorClusterPort },
    };
    const port = NODE_PORTS + randomInt(NODE_PORT_COUNT - 2);
    nodePorts = [port, port + 1];
    lastPort = port + 2;
    authority = await Authority.create();
    const ofPods = ["*.nats", "nats-p", "nats-q"].map((host) => `${host}.${namespace.name}.svc`);
    const { cert, key } = await authority.issue({ hosts: [node, machine, "127.0.0.1", ...ofPods] });
    tls = { certificate: cert, key, ca: authority.cert };
  });

  const inPods = (): Servers => ({
    p: {
      mode: "operator",
      host: "pods",
      replicas: nodePorts.length,
      routeAddresses: nodePorts.map((port) => `${node}:${port}`),
    },
  });

  /** One server on the machine, two in pods. */
  const spanning = (): Servers => ({ static: processes.static ?? assert.fail(), ...inPods() });

  const declare = (servers: Servers, more: Declaration = {}) =>
    stack.declare({
      accounts: { A: { jetstream: {}, users } },
      jetstream: { fileStorage: "64MiB", memoryStorage: "64MiB" },
      hosts: { machine: { target: "process", address: machine, bindAddress: machine }, pods: {} },
      servers,
      tls,
      ...more,
    });

  const loginOf = async (server: string, user = "A/test") => {
    const { seeds, creds } = await stack.outputs();
    return ["static", "q-0"].includes(server) ? bySeed(seeds[user]) : byCreds(creds[user]);
  };

  /** The name in the certificate of a server: tunnels lead to pods. */
  const tlsOf = (server: string) => ({
    ca: authority.cert,
    host: /-\d+$/.test(server) ? `nats-${server}.nats.${namespace.name}.svc` : machine,
  });

  async function connect(server: string, user?: string): Promise<NatsConnection> {
    return clients.connect(await stack.urlOf(server), await loginOf(server, user), { tls: tlsOf(server) });
  }

  /** A message from each server of one list to each of another one, and back. */
  async function exchange(some: readonly string[], others: readonly string[]): Promise<void> {
    for (const one of some) {
      for (const other of others) {
        const [here, there] = [await connect(one), await connect(other)];
        await crosses(here, there, `from.${one}.${other}`);
        await crosses(there, here, `from.${other}.${one}`);
      }
    }
  }

  it("should begin on a machine", async () => {
    stack.place = "process";
    await stack.declare({
      accounts: { A: { jetstream: {}, users } },
      jetstream: { fileStorage: "64MiB", memoryStorage: "64MiB" },
      bindAddress: machine,
      tls,
    });
    succeeded(await stack.up());
    assert.equal((await store(await connect("operator"), "S", 2)).length, 2);
  });

  it("should keep its keys and streams when the machine becomes one of its hosts", async () => {
    const tokens = tokensOf(await stack.resources());
    stack.place = "kubernetes";
    await declare(processes);
    succeeded(await stack.up());
    assert.deepEqual(tokensOf(await stack.resources()), tokens);
    assert.equal(await messagesIn(await connect("operator"), "S"), MESSAGES);
    assert.deepEqual(await pods.belongings(), []);
  });

  it("should be refused at the preview without TLS, and without an address for each pod", async () => {
    const { p } = inPods();
    await declare({ ...processes, p: { ...p, mode: "operator", routeAddresses: [`${node}:0`, `${node}:31222`] } });
    assert.match(failed(await stack.preview()).output, /servers\.p\.routeAddresses\[0\] .*\[NA2211\]/);
    const { routeAddresses: _, ...unreachable } = p ?? assert.fail();
    await declare({ ...processes, p: unreachable });
    assert.match(failed(await stack.preview()).output, /servers\.p\.routeAddresses: is missing.*\[NA2211\]/);
    await stack.declare({
      accounts: { A: { jetstream: {}, users } },
      jetstream: { fileStorage: "64MiB", memoryStorage: "64MiB" },
      hosts: { machine: { target: "process", address: machine, bindAddress: machine }, pods: {} },
      servers: { ...processes, ...inPods() },
      parity: { mode: "lenient" },
    });
    assert.match(failed(await stack.preview()).output, /tls\.routes: is not encrypted.*\[NA2212\]/);
  });

  it("should span both, with the same keys", async () => {
    const before = { tokens: tokensOf(await stack.resources()), lives: await stack.local.lives() };
    await declare({ ...processes, ...inPods() });
    const { output } = succeeded(await stack.up());
    assert.doesNotMatch(output, /replaced/);
    assert.deepEqual({ tokens: tokensOf(await stack.resources()), lives: await stack.local.lives() }, before);
    const { checked } = await stack.outputs();
    assert.match(checked, /nats-static, nats-operator, nats-p-0 and nats-p-1 are one cluster, nats, .* is healthy$/);
    await exchange(["static"], ["operator", "p-0", "p-1"]);
  });

  it("should change nothing at a second update, nor at a refresh", async () => {
    const before = { lives: await pods.lives(), files: await pods.files("p"), outputs: await stack.outputs() };
    succeeded(await stack.up("--expect-no-changes"));
    succeeded(await stack.refresh("--expect-no-changes"));
    const after = { lives: await pods.lives(), files: await pods.files("p"), outputs: await stack.outputs() };
    assert.deepEqual(after, before);
  });

  it("should keep its pods when their host gets a target of its own, and when the cluster has this target again", async () => {
    const before = { lives: await pods.lives(), local: await stack.local.lives() };
    const kubernetes = stack.targetOf({ jetstream: {} });
    const hosts = { machine: { address: machine, bindAddress: machine }, pods: { target: { kubernetes } } };
    stack.place = "process";
    await declare({ ...processes, ...inPods() }, { hosts });
    assert.doesNotMatch(succeeded(await stack.up()).output, /replaced|deleted/);
    assert.deepEqual({ lives: await pods.lives(), local: await stack.local.lives() }, before);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    stack.place = "kubernetes";
    await declare({ ...processes, ...inPods() });
    assert.doesNotMatch(succeeded(await stack.up()).output, /replaced|deleted/);
    assert.deepEqual({ lives: await pods.lives(), local: await stack.local.lives() }, before);
    await exchange(["static"], ["operator", "p-0", "p-1"]);
  });

  it("should refuse at the preview to exchange the ports of two pods in one update", async () => {
    nodePorts = nodePorts.toReversed();
    await declare({ ...processes, ...inPods() });
    assert.match(failed(await stack.preview()).output, /servers\.p\.routeAddresses\[0\] = \d+: .*\[NA2214\]/);
    nodePorts = nodePorts.toReversed();
  });

  it("should leave the operator server of the machine, whose streams move to pods", async () => {
    await declare(spanning());
    succeeded(await stack.up());
    const client = await connect("p-0");
    assert.equal(await messagesIn(client, "S"), MESSAGES);
    assert.equal((await store(client, "R3", 3)).length, 3);
    await exchange(["static"], ["p-0", "p-1"]);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  it("should take a changed permission on both by reload", async () => {
    const lives = await pods.lives();
    users = { test: { permissions: { publish: { deny: ["forbidden"] } } }, other: {} };
    await declare(spanning());
    succeeded(await stack.up());
    assert.deepEqual(await pods.lives(), lives);
    for (const server of ["static", "p-0", "p-1"]) {
      assert.match(await publishRefusal(await connect(server), "forbidden"), /Permissions Violation for Publish/i);
    }
  });

  it("should change no server of either platform when one rejects its configuration", async () => {
    const before = { lives: await pods.lives(), files: await pods.files("p") };
    await declare(spanning(), { settings: { extra: "not_an_option: 1" } });
    assert.match(failed(await stack.up()).output, /NA5001[^]*No server was changed/);
    assert.deepEqual({ lives: await pods.lives(), files: await pods.files("p") }, before);
    await exchange(["static"], ["p-0"]);
    await declare(spanning());
    succeeded(await stack.up());
  });

  it("should lock out a removed user on both", async () => {
    const logins = await Promise.all(
      ["static", "p-0", "p-1"].map(async (server) => [server, await loginOf(server, "A/other")] as const),
    );
    users = { test: users.test ?? {} };
    await declare(spanning());
    succeeded(await stack.up());
    for (const [server, login] of logins) {
      const url = await stack.urlOf(server);
      await assert.rejects(clients.connect(url, login, { tls: tlsOf(server) }), /authorization violation/i);
    }
  });

  it("should find a stopped process and a deleted pod at a refresh, and restore both", async () => {
    await stack.local.crash("static");
    await pods.scale("p", 1);
    const { output } = succeeded(await stack.refresh("--diff"));
    assert.match(output, /static *: "in force" => "stopped"/);
    assert.match(output, /p-1 *: "in force" => "stopped"/);
    succeeded(await stack.up());
    await exchange(["static"], ["p-0", "p-1"]);
  });

  it("should become a cluster of pods alone, with all streams and without a restart of a pod", async () => {
    const q = { mode: "static" } as const;
    await declare({ ...spanning(), q: { ...q, host: "pods", routeAddresses: [`${node}:${lastPort}`] } });
    succeeded(await stack.up());
    const lives = await pods.lives();
    await stack.declare({
      accounts: { A: { jetstream: {}, users } },
      jetstream: { fileStorage: "64MiB", memoryStorage: "64MiB" },
      servers: { p: { mode: "operator", replicas: nodePorts.length }, q },
      tls,
    });
    assert.doesNotMatch(succeeded(await stack.up()).output, /replaced/);
    assert.deepEqual([await pods.lives(), await stack.local.listening()], [lives, []]);
    const client = await connect("p-1");
    assert.deepEqual([await messagesIn(client, "S"), await messagesIn(client, "R3")], [MESSAGES, MESSAGES]);
    assert.ok(!(await pods.belongings()).some((name) => name.endsWith("-routes")));
    await exchange(["q-0"], ["p-0", "p-1"]);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  it("should leave nothing on either platform when it is destroyed", async () => {
    await clients.close();
    succeeded(await stack.destroy());
    const left = (await pods.belongings()).filter((name) => !name.startsWith("persistentvolumeclaim/"));
    assert.deepEqual([left, await stack.local.listening()], [[], []]);
  });
});
