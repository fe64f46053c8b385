import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "@nats-io/transport-node";
import { inspectServer } from "../../provider/servers/condition";
import { ServerError, ServerRefusal } from "../../provider/servers/errors";
import type { KubernetesAccess } from "../../provider/servers/kubernetes/access";
import { fileInPod, podName, RESTART_ANNOTATION } from "../../provider/servers/kubernetes/layout";
import { PodServer } from "../../provider/servers/kubernetes/pod";
import { TRIAL_LABEL } from "../../provider/servers/kubernetes/trial";
import { openTunnel } from "../../provider/servers/kubernetes/tunnel";
import { waitFor } from "../../provider/servers/log";
import type { KubernetesPlace } from "../../provider/servers/place";
import { MAIN_FILE } from "../../provider/servers/server";
import { realServerContract, serverContract } from "../servers/contract";
import { testContext, testNamespace } from "../support/kubernetes";
import { createPlace, filesFor, podHost, SERVER, type PodOptions } from "./pod-host";

/** Milliseconds in which Kubernetes starts, replaces or removes a pod, on a slow machine. */
const TIMEOUT = 180_000;

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
    async function runningServer(options?: PodOptions) {
      const place = await createPlace(namespace, options);
      const server = new PodServer(SERVER, place);
      await server.put(filesFor(place));
      await server.start();
      return { place, server, pod: podName(place.statefulSet, place.ordinal) };
    }

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

    it("should be in force, and in another condition when its Secret was edited, until it is written again", async () => {
      const { place, server, pod } = await runningServer();
      const files = filesFor(place);
      assert.equal(await inspectServer(server, files), "in force");
      const data = { [fileInPod(pod, MAIN_FILE)]: Buffer.from("port: 4223\n").toString("base64") };
      await namespace.kubectl(["patch", "secret", place.secret, "--patch", JSON.stringify({ data })]);
      assert.equal(await inspectServer(server, files), "configuration edited");
      await server.put(files);
      await server.reload(await server.try(files));
      assert.equal(await inspectServer(server, files), "in force");
    });

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

    it("should be absent when another StatefulSet has its name", async () => {
      const { place } = await runningServer();
      const other = new PodServer(SERVER, { ...place, uid: "00000000-0000-0000-0000-000000000000" });
      assert.equal((await other.state()).process, "absent");
      await other.stop();
      assert.equal(await replicasOf(place), 1);
    });

    it("should be reached from this machine through a tunnel", async () => {
      const { place } = await runningServer();
      const tunnel = await openTunnel(place, 4222);
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

    describe("with permissions", () => {
      /** Creates a service account with the rules of a role. @returns how it reaches the API server */
      async function access(name: string, role?: string): Promise<KubernetesAccess> {
        await namespace.kubectl(["create", "serviceaccount", name]);
        if (role !== undefined) {
          await namespace.apply(role);
          const binding = ["--role=pulumi-nats-auth", `--serviceaccount=${namespace.name}:${name}`];
          await namespace.kubectl(["create", "rolebinding", name, ...binding]);
        }
        const token = (await namespace.kubectl(["create", "token", name])).trim();
        const view = ["config", "view", "--minify", "--raw", "--flatten", "--output", "json"];
        const config = JSON.parse(await namespace.kubectl(view)) as { users: object[] };
        const [user] = config.users;
        return {
          kubeconfig: JSON.stringify({ ...config, users: [{ ...user, user: { token } }] }),
          context: testContext(),
        };
      }

      it("should be managed with the role of the documentation, and no other permissions", async () => {
        const page = readFileSync(join(__dirname, "../../docs/kubernetes.md"), "utf8");
        const [, role = assert.fail("no role")] = /## Permissions[^]*?```yaml\n([^]*?)```/.exec(page) ?? [];
        const api = await access("documented", role);
        const { place, server } = await runningServer({ api });
        const files = filesFor(place, "max_control_line: 2000");
        const digest = await server.try(files);
        await server.put(files);
        await server.reload(digest);
        assert.deepEqual(await server.state(), { process: "running", files });
        assert.ok((await server.complaints()).length > 0);
        const tunnel = await openTunnel(place, 4222);
        await (await connect({ servers: tunnel.address, reconnect: false })).close();
        tunnel.close();
        const unavailable = await createPlace(namespace, { api, image: "nats-auth.invalid/missing:1" });
        await assert.rejects(new PodServer(SERVER, unavailable).try(filesFor(unavailable)), { code: "NA5002" });
        await server.stop();
        await server.removeRemains();
        assert.equal((await server.state()).process, "stopped");
      });

      it("should report the request that is not permitted", async () => {
        const { place } = await runningServer();
        const api = await access("powerless");
        const server = new PodServer(SERVER, { ...place, api });
        await assert.rejects(server.state(), (error) => {
          assert.ok(error instanceof ServerError && error.code === "NA5152");
          assert.match(error.message, /cannot get resource/);
          return true;
        });
      });

      it("should report credentials that Kubernetes does not know, and not show them", async () => {
        const { place } = await runningServer();
        const { kubeconfig = "" } = await access("stranger");
        const config = JSON.parse(kubeconfig) as { users: object[] };
        const users = config.users.map((user) => ({ ...user, user: { token: "secret-token" } }));
        const api = { kubeconfig: JSON.stringify({ ...config, users }), context: testContext() };
        await assert.rejects(new PodServer(SERVER, { ...place, api }).state(), (error) => {
          assert.ok(error instanceof ServerError && error.code === "NA5151");
          assert.equal(error.message.includes("secret-token"), false);
          return true;
        });
      });
    });

    describe("without an API server", () => {
      const kubeconfigFor = (port: number) =>
        JSON.stringify({
          clusters: [{ name: "c", cluster: { server: `https://127.0.0.1:${port}` } }],
          users: [{ name: "u", user: {} }],
          contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
        });

      it("should report that it does not respond", async () => {
        const listener = createServer().listen(0, "127.0.0.1");
        await waitFor(() => Promise.resolve(listener.address() === null ? undefined : true), TIMEOUT);
        const { port } = listener.address() as AddressInfo;
        listener.close();
        const { place } = await runningServer();
        const api = { kubeconfig: kubeconfigFor(port), context: "c" };
        await assert.rejects(new PodServer(SERVER, { ...place, api }).state(), { code: "NA5150" });
      });

      it("should report a context that the kubeconfig does not have", async () => {
        const { place } = await runningServer();
        const api = { kubeconfig: kubeconfigFor(1), context: "d" };
        await assert.rejects(new PodServer(SERVER, { ...place, api }).state(), { code: "NA5153" });
      });
    });
  });
});
