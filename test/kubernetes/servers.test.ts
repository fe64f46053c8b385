import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "@nats-io/transport-node";
import { ROUTES_FILE } from "../../provider/config/listener";
import { provider } from "../../provider/dynamic/cluster-configuration";
import { inspectServer } from "../../provider/servers/condition";
import { ServerRefusal } from "../../provider/servers/errors";
import { NamespaceClient } from "../../provider/servers/kubernetes/client";
import { fileInPod, podName, RESTART_ANNOTATION, storeClaim } from "../../provider/servers/kubernetes/layout";
import { PodServer } from "../../provider/servers/kubernetes/pod";
import { removeTrials, testInPod, TRIAL_LABEL } from "../../provider/servers/kubernetes/trial";
import { openPodTunnel } from "../support/pod-tunnel";
import type { KubernetesPlace } from "../../provider/servers/place";
import { checkCreated, removeServer } from "../../provider/servers/platforms";
import { realServerContract, serverContract } from "../servers/contract";
import { testNamespace } from "../support/kubernetes";
import { Engine } from "../support/life-cycle";
import { CLAIM, createPlace, filesFor, podHost, SERVER, startServer, type PodOptions } from "./pod-host";

/** Milliseconds in which Kubernetes starts, replaces or removes a pod, on a slow machine. */
const TIMEOUT = 180_000;
/** Milliseconds in which a test fails that no node can run, on a slow machine. */
const UNSCHEDULED_TIMEOUT = 60_000;

/** How many requests of a test create or delete something. */
const TRIAL_WRITES = 4;
const KILLED = /^Error: killed$/;

/** Returns a client whose process is killed after some requests that create or delete something. */
function killedAfter(client: NamespaceClient, writes: number): NamespaceClient {
  let count = 0;
  let isKilled = false;
  return new Proxy(client, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value !== "function"
        ? value
        : (...args: unknown[]): unknown => {
            isKilled ||= /^(?:create|delete)/.test(String(key)) && count++ === writes;
            return isKilled ? Promise.reject(new Error("killed")) : Reflect.apply(value, target, args);
          };
    },
  });
}

describe("a server in a pod", function () {
  this.timeout(TIMEOUT);

  describe("as every server", () => {
    serverContract(podHost);
  });

  describe("as every real server", () => {
    realServerContract(podHost);
  });

  describe("under the controllers of Kubernetes", () => {
    const namespace = testNamespace();

    /** Creates a server that runs with a configuration. */
    const runningServer = (options?: PodOptions) => startServer(namespace, options);

    /** Creates two servers of one StatefulSet that run. */
    async function twoServers() {
      const first = await createPlace(namespace);
      const places = [first, { ...first, ordinal: 1 }] as const;
      const servers = places.map((place) => new PodServer(`${SERVER}-${place.ordinal}`, place));
      await Promise.all(servers.map((server, index) => server.put(filesFor(places[index] ?? first))));
      await Promise.all(servers.map((server) => server.start()));
      return { places, servers: servers as [PodServer, PodServer] };
    }

    const uidOf = async (name: string) =>
      ((await namespace.get("pod", name)) as { readonly metadata: { readonly uid: string } }).metadata.uid;

    const replicasOf = async ({ statefulSet }: KubernetesPlace) =>
      ((await namespace.get("statefulset", statefulSet)) as { readonly spec: { readonly replicas: number } }).spec
        .replicas;

    const patchTemplate = (place: KubernetesPlace, value: string) => {
      const patch = { spec: { template: { metadata: { annotations: { [RESTART_ANNOTATION]: value } } } } };
      return namespace.kubectl(["patch", "statefulset", place.statefulSet, "--patch", JSON.stringify(patch)]);
    };

    it("should run again, by itself or when it is started, when its pod was deleted", async () => {
      const { server, pod } = await runningServer();
      const before = await uidOf(pod);
      await namespace.kubectl(["delete", "pod", pod]);
      await server.start();
      assert.equal((await server.state()).process, "running");
      assert.notEqual(await uidOf(pod), before);
    });

    it("should be stopped, and run when it is started, when its StatefulSet was scaled down", async () => {
      const { place, server, pod } = await runningServer();
      await namespace.kubectl(["scale", "statefulset", place.statefulSet, "--replicas=0"]);
      await namespace.kubectl(["wait", "--for=delete", `pod/${pod}`, "--timeout=60s"]);
      assert.equal((await server.state()).process, "stopped");
      await server.start();
      assert.equal((await server.state()).process, "running");
    });

    it("should be outdated when the template of its pod changed, until it restarts, alone among several", async () => {
      const { places, servers } = await twoServers();
      const [first, second] = servers;
      const pods = places.map(({ statefulSet, ordinal }) => podName(statefulSet, ordinal));
      const before = await Promise.all(pods.map(uidOf));
      await patchTemplate(places[0], "one");
      assert.deepEqual(await Promise.all(servers.map(async (server) => (await server.state()).isOutdated)), [
        true,
        true,
      ]);
      await first.stop();
      await first.start();
      assert.deepEqual(await first.state(), { process: "running", files: filesFor(places[0]) });
      assert.equal((await second.state()).isOutdated, true);
      const after = await Promise.all(pods.map(uidOf));
      assert.deepEqual(
        after.map((uid, index) => uid === before[index]),
        [false, true],
      );
      await second.stop();
      await second.start();
      assert.deepEqual(await second.state(), { process: "running", files: filesFor(places[1]) });
    });

    it("should load the files that were written between its stop and its start, also if Kubernetes starts it before", async () => {
      const { places, servers } = await twoServers();
      const files = filesFor(places[0], "max_control_line: 2000");
      await servers[0].stop();
      await sleep(3_000);
      await servers[0].put(files);
      await servers[0].start();
      await servers[0].reload(await servers[0].try(files));
      assert.equal(await inspectServer(servers[0], files), "in force");
    });

    it("should leave the cluster, and leave the others as they are, when it is stopped and is the last one", async () => {
      const { places, servers } = await twoServers();
      const pods = places.map(({ statefulSet, ordinal }) => podName(statefulSet, ordinal));
      const before = await uidOf(pods[0] ?? "");
      await servers[1].stop();
      assert.deepEqual([await replicasOf(places[0]), await uidOf(pods[0] ?? "")], [1, before]);
      assert.deepEqual(await Promise.all(servers.map(async (server) => (await server.state()).process)), [
        "running",
        "stopped",
      ]);
    });

    it("should leave no pod when all are stopped, whatever the order", async () => {
      const { places, servers } = await twoServers();
      await servers[0].stop();
      await servers[1].stop();
      assert.equal(await replicasOf(places[0]), 0);
      assert.deepEqual(await Promise.all(servers.map(async (server) => (await server.state()).process)), [
        "stopped",
        "stopped",
      ]);
    });

    it("should be reported when its StatefulSet was scaled up, and have no pods after it when it is repaired or another one leaves", async () => {
      const first = await createPlace(namespace);
      const inputs = (attempt: object, count: number) => {
        const places = Array.from({ length: count }, (_, ordinal) => ({ ...first, ordinal }));
        const configOf = ({ statefulSet, ordinal }: KubernetesPlace) =>
          `port: 4222\ncluster {\n port: 6222\n include "./${fileInPod(podName(statefulSet, ordinal), ROUTES_FILE)}"\n}\n`;
        return {
          clusterName: "nats",
          attempt: JSON.stringify(attempt),
          places: Object.fromEntries(places.map((place) => [`s-${place.ordinal}`, place])),
          servers: Object.fromEntries(
            places.map((place) => [
              `s-${place.ordinal}`,
              { host: "127.0.0.1", clusterPort: 6222, config: configOf(place) },
            ]),
          ),
        };
      };
      const scaleUp = () => namespace.kubectl(["scale", "statefulset", first.statefulSet, "--replicas=4"]);
      const waitUntilGone = (ordinal: number) =>
        namespace.kubectl(["wait", "--for=delete", `pod/${podName(first.statefulSet, ordinal)}`, "--timeout=60s"]);
      const engine = new Engine(provider);
      const { id, outs } = await engine.create(inputs({ name: "1" }, 2));
      await scaleUp();
      const found = (await provider.read?.(id, outs))?.props ?? assert.fail();
      assert.deepEqual(found.condition, { "s-0": "in force", "s-1": "followed by extra pods" });
      assert.equal((await engine.diff(id, found, inputs({ name: "1" }, 2))).changes, true);
      const repaired = await engine.update(id, found, inputs({ name: "2", before: "1" }, 2));
      assert.equal(await replicasOf(first), 2);
      assert.deepEqual((await provider.read?.(id, repaired))?.props, repaired);
      await scaleUp();
      await engine.update(id, repaired, inputs({ name: "3", before: "2" }, 1));
      assert.equal(await replicasOf(first), 1);
      await Promise.all([1, 2, 3].map(waitUntilGone));
    });

    it("should have received a renewed certificate, which changes no digest, before it reloads", async () => {
      const { place, server, pod } = await runningServer();
      const files = { ...filesFor(place), "tls-client.pem": "one" };
      await server.put(files);
      await server.put({ ...files, "tls-client.pem": "two" });
      const { data = {} } = (await namespace.get("secret", place.secret)) as { data?: Record<string, string> };
      assert.equal(Buffer.from(data[fileInPod(pod, "tls-client.pem")] ?? "", "base64").toString(), "two");
      await server.put(filesFor(place));
      const { data: rest = {} } = (await namespace.get("secret", place.secret)) as { data?: Record<string, string> };
      assert.equal(Object.hasOwn(rest, fileInPod(pod, "tls-client.pem")), false);
    });

    it("should report what Kubernetes reports when its image cannot be had", async () => {
      const place = await createPlace(namespace, { image: "nats-auth.invalid/missing:1" });
      const server = new PodServer(SERVER, place);
      await assert.rejects(server.try(filesFor(place)), (error) => {
        assert.ok(error instanceof ServerRefusal && error.code === "NA5002");
        assert.match(error.message, /nats-auth\.invalid\/missing:1/);
        return true;
      });
    });

    it("should remove the tests that a killed update has left behind", async () => {
      const { place, server, pod } = await runningServer();
      const left = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: `${pod}-trial-0`, labels: { [TRIAL_LABEL]: pod } },
        spec: { containers: [{ name: "nats", image: "nats-auth.invalid/missing:1" }] },
      };
      const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: `${pod}-trial-0` } };
      await namespace.apply(JSON.stringify({ apiVersion: "v1", kind: "List", items: [left, secret] }));
      await server.removeRemains();
      const found = await namespace.kubectl(["get", "pods,secrets", "--output", "name"]);
      assert.equal(found.includes("-trial-"), false, found);
      assert.equal((await server.state()).process, "running");
      assert.equal(await replicasOf(place), 1);
    });

    it("should be tested on a node that is full, and without its priority", async () => {
      const resources = { requests: { cpu: "1000" }, limits: { memory: "1000Ti" } };
      const place = await createPlace(namespace, { resources, spec: { priorityClassName: "nats-auth-missing" } });
      assert.match(await new PodServer(SERVER, place).try(filesFor(place)), /^sha256:/);
    });

    it("should report soon what Kubernetes reports when no node can run its test", async () => {
      const place = await createPlace(namespace, { spec: { nodeSelector: { "nats-auth-test": "missing" } } });
      const start = performance.now();
      await assert.rejects(new PodServer(SERVER, place).try(filesFor(place)), (error) => {
        assert.ok(error instanceof ServerRefusal && error.code === "NA5002");
        assert.match(error.message, /nodes are available/);
        return true;
      });
      assert.ok(performance.now() - start < UNSCHEDULED_TIMEOUT);
    });

    it("should leave no test behind, whenever an update is killed, when the next one removes them", async () => {
      const place = await createPlace(namespace);
      const client = await NamespaceClient.connect(place);
      const set = (await client.readStatefulSet(place.statefulSet)) ?? assert.fail();
      const left: string[] = [];
      for (let writes = 0; writes < TRIAL_WRITES; writes += 1) {
        await assert.rejects(testInPod(killedAfter(client, writes), set, place, SERVER, filesFor(place)), KILLED);
        await removeTrials(client, podName(place.statefulSet, place.ordinal));
        const found = await namespace.kubectl(["get", "pods,secrets", "--output", "name"]);
        left.push(...found.split("\n").filter((name) => name.includes("-trial-")));
      }
      assert.deepEqual(left, []);
    });

    it("should lose its volume and its files only while they belong to its own StatefulSet", async () => {
      const [place, other] = [await createPlace(namespace, { claims: true }), await createPlace(namespace)];
      const claims = [place, other].map(({ statefulSet, ordinal }) => storeClaim(podName(statefulSet, ordinal)));
      const items = claims.map((name) => ({
        ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name }, spec: CLAIM },
      }));
      await namespace.apply(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
      await new PodServer(SERVER, place).put(filesFor(place));
      const present = async () => {
        const found = await namespace.kubectl(["get", "persistentvolumeclaims", "--output", "name"]);
        const { data = {} } = (await namespace.get("secret", place.secret)) as { data?: Record<string, string> };
        return { claims: claims.filter((name) => found.includes(name)), hasFiles: Object.keys(data).length > 0 };
      };
      await removeServer({ ...place, uid: "00000000-0000-0000-0000-000000000000" });
      await removeServer(other);
      await sleep(1_000);
      assert.deepEqual(await present(), { claims, hasFiles: true });
      await removeServer(place);
      await namespace.kubectl(["wait", "--for=delete", `persistentvolumeclaim/${claims[0]}`, "--timeout=60s"]);
      assert.deepEqual(await present(), { claims: claims.slice(1), hasFiles: false });
    });

    it("should be absent when another StatefulSet has its name", async () => {
      const { place } = await runningServer();
      const other = new PodServer(SERVER, { ...place, uid: "00000000-0000-0000-0000-000000000000" });
      assert.equal((await other.state()).process, "absent");
      await other.stop();
      assert.equal(await replicasOf(place), 1);
    });

    it("should be missed where the engine has created it in another cluster, unless it existed before", async () => {
      const place = await createPlace(namespace);
      const other = { ...place, uid: "00000000-0000-0000-0000-000000000000" };
      await checkCreated([place], []);
      await checkCreated([other], [other]);
      await assert.rejects(checkCreated([other], [place]), { code: "NA5159" });
    });

    it("should be reached from this machine through a tunnel", async () => {
      const { place } = await runningServer();
      const tunnel = await openPodTunnel(place, 4222);
      const client = await connect({ servers: tunnel.address, reconnect: false });
      const { server_name: name } = client.info ?? assert.fail();
      assert.equal(typeof name, "string");
      await client.flush();
      await client.close();
      tunnel.close();
      assert.equal(tunnel.failure, undefined);
    });

    it("should reject configurations that are too large for a Secret", async () => {
      const place = await createPlace(namespace);
      const files = filesFor(place, `# ${"x".repeat(1_100_000)}`);
      await assert.rejects(new PodServer(SERVER, place).put(files), { code: "NA5156" });
    });
  });
});
