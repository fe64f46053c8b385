import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { useHosts } from "../../support/engine-hosts";
import { containersOf, processesOf } from "../../support/origin";
import { podStack } from "../../support/pod-stack";
import { SpanningCluster } from "../../support/spanning-cluster";
import { failed, STEP_TIMEOUT, succeeded } from "../../support/stack";
import { crosses, publishRefusal } from "../../support/stack-clients";
import { MESSAGES, messagesIn, store, type Servers } from "../../support/stack-shape";
import type { TargetName } from "../../support/stack-servers";
import { tokensOf } from "../../support/stack-tokens";

/** The servers of the cluster that spans both. */
const SPANNING = ["static", "p-0", "p-1"];

/** How a server encrypts routes. */
interface Encryption {
  readonly cluster: { readonly tls_required?: boolean; readonly tls_verify?: boolean };
}

/** The routes of a server. */
interface Routes {
  readonly routes: readonly { readonly remote_name: string }[];
}

/** Moves the servers of a machine to pods, by way of a cluster of both. */
export function movesToPods(place: TargetName): void {
  describe(`a cluster on a machine (${place}) and in pods`, function () {
    this.timeout(2 * STEP_TIMEOUT);
    const hosts = place === "docker" ? useHosts({ names: ["machine"], reachPods: true }) : undefined;

    describe("when it moves to pods", () => {
      const stack = podStack();
      const { pods } = stack;
      const origin = hosts === undefined ? processesOf(stack) : containersOf(stack, hosts);
      const cluster = new SpanningCluster(place, stack, origin);
      let watchers: NatsConnection[] = [];

      before("addresses, and a certificate for them", () => cluster.prepare());

      const lives = async () => ({ machine: await origin.lives(), pods: await pods.lives() });

      /** Connects a user that no update changes to each server of both. */
      const watch = async () => {
        watchers = await Promise.all(SPANNING.map((server) => cluster.connect(server, "A/watch")));
      };

      /** The servers that have ended a connection of this user. */
      const lost = () => SPANNING.filter((_, index) => cluster.clients.hasLost(watchers[index] ?? assert.fail()));

      /** Everything that an update without a change leaves as it is. */
      const everything = async () => {
        return { ...(await lives()), files: await pods.files("p"), outputs: await stack.outputs() };
      };

      it("should begin on the machine without TLS", async () => {
        await cluster.declareOnMachine({ parity: { mode: "lenient" } });
        succeeded(await stack.up());
        assert.equal((await store(await cluster.connect("operator"), "S", 2)).length, 2);
      });

      it("should encrypt by a reload, with the certificate for the whole move", async () => {
        const before = await origin.lives();
        await cluster.declareOnMachine({ tls: cluster.tls });
        succeeded(await stack.up());
        assert.deepEqual(await origin.lives(), before);
        assert.equal(await messagesIn(await cluster.connect("operator"), "S"), MESSAGES);
      });

      it("should keep its keys and streams when the machine becomes one of its hosts", async () => {
        const tokens = tokensOf(await stack.resources());
        stack.place = "kubernetes";
        await cluster.declare(cluster.machineServers);
        succeeded(await stack.up());
        assert.deepEqual(tokensOf(await stack.resources()), tokens);
        assert.equal(await messagesIn(await cluster.connect("operator"), "S"), MESSAGES);
        assert.deepEqual(await pods.belongings(), []);
      });

      it("should be refused at the preview without TLS, and without an address for each pod", async () => {
        const { p = assert.fail() } = cluster.operatorPods();
        const [first = ""] = cluster.routeAddresses;
        const malformed = { ...p, routeAddresses: [first.replace(/:.*/, ":0"), first] };
        await cluster.declare({ ...cluster.machineServers, p: malformed });
        assert.match(failed(await stack.preview()).output, /servers\.p\.routeAddresses\[0\] .*\[NA2211\]/);
        const { routeAddresses: _, ...unreachable } = p;
        await cluster.declare({ ...cluster.machineServers, p: unreachable });
        assert.match(failed(await stack.preview()).output, /servers\.p\.routeAddresses: is missing.*\[NA2211\]/);
        await cluster.declareWithoutTls({ ...cluster.machineServers, ...cluster.operatorPods() });
        assert.match(failed(await stack.preview()).output, /tls\.routes: is not encrypted.*\[NA2212\]/);
      });

      it("should span both, with the same keys, and without a restart on the machine", async () => {
        const before = { tokens: tokensOf(await stack.resources()), machine: await origin.lives() };
        await cluster.declare({ ...cluster.machineServers, ...cluster.operatorPods() });
        const { output } = succeeded(await stack.up());
        assert.doesNotMatch(output, /replaced/);
        assert.deepEqual({ tokens: tokensOf(await stack.resources()), machine: await origin.lives() }, before);
        const { checked } = await stack.outputs();
        assert.match(
          checked,
          /nats-static, nats-operator, nats-p-0 and nats-p-1 are one cluster, nats, .* is healthy$/,
        );
        await cluster.exchange(["static"], ["operator", "p-0", "p-1"]);
        await watch();
      });

      it("should have encrypted routes from each server to all others, which verify each other", async () => {
        const names = ["static", "operator", "p-0", "p-1"].map((server) => `nats-${server}`);
        const encryption = await cluster.inquire<Encryption>("p-0", "VARZ", names.length);
        const routes = await cluster.inquire<Routes>("static", "ROUTEZ", names.length);
        for (const name of names) {
          const { cluster: { tls_required, tls_verify } = {} } = encryption[name] ?? {};
          assert.deepEqual({ tls_required, tls_verify }, { tls_required: true, tls_verify: true }, name);
          const remote = new Set(routes[name]?.routes.map(({ remote_name }) => remote_name));
          assert.deepEqual([...remote].sort(), names.filter((other) => other !== name).sort(), name);
        }
      });

      it("should open routes from the machine to each pod, and from each pod to the machine", () =>
        cluster.assertRoutesOpened());

      it("should change nothing at a second update, nor at a refresh", async () => {
        const before = await everything();
        succeeded(await stack.up("--expect-no-changes"));
        succeeded(await stack.refresh("--expect-no-changes"));
        assert.deepEqual(await everything(), before);
      });

      it("should keep its pods when their host gets a target of its own, and when the cluster has this target again", async () => {
        const before = await lives();
        const { target: _, ...machine } = cluster.machineHost;
        const hostTargets = { machine, pods: { target: { kubernetes: stack.targetOf({ jetstream: {} }) } } };
        const servers = { ...cluster.machineServers, ...cluster.operatorPods() };
        stack.place = place;
        await cluster.declare(servers, { hosts: hostTargets });
        assert.doesNotMatch(succeeded(await stack.up()).output, /replaced|deleted/);
        assert.deepEqual(await lives(), before);
        succeeded(await stack.preview("--refresh", "--expect-no-changes"));
        stack.place = "kubernetes";
        await cluster.declare(servers);
        assert.doesNotMatch(succeeded(await stack.up()).output, /replaced|deleted/);
        assert.deepEqual(await lives(), before);
        await cluster.exchange(["static"], ["operator", "p-0", "p-1"]);
      });

      it("should refuse at the preview to exchange the ports of two pods in one update", async () => {
        const { p = assert.fail() } = cluster.operatorPods();
        const exchanged = cluster.routeAddresses.slice(0, 2).toReversed();
        await cluster.declare({ ...cluster.machineServers, p: { ...p, routeAddresses: exchanged } });
        assert.match(failed(await stack.preview()).output, /servers\.p\.routeAddresses\[0\] = \d+: .*\[NA2214\]/);
      });

      it("should move the streams of the operator server on the machine to pods, and remove the server", async () => {
        await cluster.declare(cluster.spanning());
        succeeded(await stack.up());
        const client = await cluster.connect("p-0");
        assert.equal(await messagesIn(client, "S"), MESSAGES);
        assert.equal((await store(client, "R3", 3)).length, 3);
        await cluster.exchange(["static"], ["p-0", "p-1"]);
        succeeded(await stack.preview("--refresh", "--expect-no-changes"));
      });

      it("should take a changed permission on both by reload", async () => {
        const before = await lives();
        cluster.users = { ...cluster.users, test: { permissions: { publish: { deny: ["forbidden"] } } } };
        await cluster.declare(cluster.spanning());
        succeeded(await stack.up());
        assert.deepEqual(await lives(), before);
        for (const server of SPANNING) {
          const client = await cluster.connect(server);
          assert.match(await publishRefusal(client, "forbidden"), /Permissions Violation for Publish/i);
        }
      });

      it("should lock out a removed user on both by reload", async () => {
        const before = await lives();
        const logins = await Promise.all(
          SPANNING.map(async (server) => [server, await cluster.loginOf(server, "A/other")] as const),
        );
        const connected = await Promise.all(SPANNING.map((server) => cluster.connect(server, "A/other")));
        const { other: _, ...users } = cluster.users;
        cluster.users = users;
        await cluster.declare(cluster.spanning());
        succeeded(await stack.up());
        assert.deepEqual(await lives(), before);
        assert.equal(await cluster.clients.areLost(connected), true);
        for (const [server, login] of logins) {
          const connecting = cluster.clients.connect(await stack.urlOf(server), login, { tls: cluster.tlsOf(server) });
          await assert.rejects(connecting, /authorization violation/i);
        }
      });

      it("should not have disconnected the other users in any of these updates", async () => {
        assert.deepEqual(lost(), []);
        const [onMachine = assert.fail(), ...inPods] = watchers;
        for (const watcher of inPods) {
          await crosses(onMachine, watcher, "still.there");
          await crosses(watcher, onMachine, "still.here");
        }
      });

      it("should change no server of either platform when one rejects its configuration", async () => {
        const before = { ...(await lives()), files: await pods.files("p") };
        await cluster.declare(cluster.spanning(), { settings: { extra: "not_an_option: 1" } });
        assert.match(failed(await stack.up()).output, /NA5001[^]*No server was changed/);
        assert.deepEqual({ ...(await lives()), files: await pods.files("p") }, before);
        await cluster.exchange(["static"], ["p-0"]);
        await cluster.declare(cluster.spanning());
        succeeded(await stack.up());
        const after = await lives();
        assert.deepEqual(after.pods, before.pods);
        // The rejected update has already created a container or folder in place of the present one.
        assert.notEqual(after.machine.static, before.machine.static);
      });

      it("should find a stopped server of the machine and a deleted pod at a refresh, and restore both", async () => {
        await origin.crash("static");
        await pods.scale("p", 1);
        const { output } = succeeded(await stack.refresh("--diff"));
        assert.match(output, /static *: "in force" => "stopped"/);
        assert.match(output, /p-1 *: "in force" => "stopped"/);
        succeeded(await stack.up());
        await cluster.exchange(["static"], ["p-0", "p-1"]);
      });

      /** What takes the place of the static server: another one in a pod, or clients have moved to operator mode. */
      const last = (): { servers: Servers; some: string[]; others: string[] } => {
        const routeAddresses = cluster.routeAddresses.slice(-1);
        return place === "process"
          ? {
              servers: { ...cluster.operatorPods(), q: { mode: "static", host: "pods", routeAddresses } },
              ...{ some: ["q-0"], others: ["p-0", "p-1"] },
            }
          : { servers: cluster.operatorPods(3), some: ["p-2"], others: ["p-0", "p-1"] };
      };

      it("should become a cluster of pods alone, with all streams, all clients of pods and without a restart of a pod", async () => {
        const { servers, some, others } = last();
        await watch();
        await cluster.declare({ ...cluster.spanning(), ...servers });
        succeeded(await stack.up());
        assert.deepEqual(lost(), []);
        const before = await pods.lives();
        await cluster.declareInPods(servers);
        assert.doesNotMatch(succeeded(await stack.up()).output, /replaced/);
        assert.deepEqual([await pods.lives(), await origin.remains()], [before, []]);
        assert.deepEqual(lost(), ["static"]);
        const client = await cluster.connect("p-1");
        assert.deepEqual([await messagesIn(client, "S"), await messagesIn(client, "R3")], [MESSAGES, MESSAGES]);
        assert.ok(!(await pods.belongings()).some((name) => name.endsWith("-routes")));
        await cluster.exchange(some, others);
        succeeded(await stack.preview("--refresh", "--expect-no-changes"));
      });

      it("should leave nothing on either platform when it is destroyed", async () => {
        await cluster.clients.close();
        succeeded(await stack.destroy());
        const left = (await pods.belongings()).filter((name) => !name.startsWith("persistentvolumeclaim/"));
        assert.deepEqual([left, await origin.remains()], [[], []]);
      });
    });
  });
}
