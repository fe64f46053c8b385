import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { NamespaceClient } from "../../provider/servers/kubernetes/client";
import { podName } from "../../provider/servers/kubernetes/layout";
import { isRunning } from "../../provider/servers/kubernetes/objects";
import { PodServer } from "../../provider/servers/kubernetes/pod";
import { testInPod, TRIAL_LABEL } from "../../provider/servers/kubernetes/trial";
import { waitFor } from "../../provider/servers/log";
import { findServerOf } from "../support/freeze";
import { requirePrivateCluster, testNamespace } from "../support/kubernetes";
import { createPlace, filesFor, SERVER, startServer } from "./pod-host";

/** Milliseconds in which Kubernetes removes a pod. */
const SLOW = 5_000;

/** Returns a client that records the pods that it creates. */
function recording(client: NamespaceClient, created: V1Pod[]): NamespaceClient {
  return new Proxy(client, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value !== "function"
        ? value
        : (...args: unknown[]): unknown => {
            created.push(...(key === "createPod" ? [args[0] as V1Pod] : []));
            return Reflect.apply(value, target, args) as unknown;
          };
    },
  });
}

describe("a pod whose server has ended again and again", function () {
  this.timeout(180_000);
  const namespace = testNamespace();

  it("should be started with the new configuration in place of a reload", async function () {
    requirePrivateCluster(this);
    const { place, server, pod } = await startServer(namespace);
    const client = await NamespaceClient.connect(place);
    const isWaiting = async () => (isRunning(await client.readPod(pod)) ? undefined : true);
    for (let count = 0; count < 2; count += 1) {
      const pid = await waitFor(() => Promise.resolve(findServerOf(namespace.name, pod)), 60_000);
      process.kill(pid ?? assert.fail(), "SIGKILL");
      await waitFor(() => Promise.resolve(findServerOf(namespace.name, pod) === pid ? undefined : true), 60_000);
    }
    assert.equal(await waitFor(isWaiting, 60_000), true);
    const files = filesFor(place, "max_connections: 10");
    const digest = await server.try(files);
    await server.put(files);
    await server.reload(digest);
    assert.equal(isRunning(await client.readPod(pod)), true);
  });
});

describe("a pod that tests a configuration", function () {
  this.timeout(180_000);
  const namespace = testNamespace();

  it("should have the labels and annotations that policies can require, without those that select pods of servers, and the Secrets for its image", async () => {
    const place = await createPlace(namespace, { spec: { imagePullSecrets: [{ name: "registry" }] } });
    const metadata = { labels: { team: "messaging" }, annotations: { "example.com/cost": "1" } };
    const patch = JSON.stringify({ spec: { template: { metadata } } });
    await namespace.kubectl(["patch", "statefulset", place.statefulSet, "--patch", patch]);
    const client = await NamespaceClient.connect(place);
    const set = (await client.readStatefulSet(place.statefulSet)) ?? assert.fail();
    const created: V1Pod[] = [];
    assert.match(await testInPod(recording(client, created), set, place, SERVER, filesFor(place)), /^sha256:/);
    const [{ metadata: found, spec } = {}] = created;
    assert.deepEqual(
      spec?.imagePullSecrets?.map(({ name }) => name),
      ["registry"],
    );
    assert.deepEqual(found?.labels, { team: "messaging", [TRIAL_LABEL]: podName(place.statefulSet, 0) });
    assert.deepEqual(found.annotations, { "example.com/cost": "1" });
  });

  it("should be created when one with its name no longer exists that a killed update has left behind", async () => {
    const place = await createPlace(namespace);
    const client = await NamespaceClient.connect(place);
    const set = (await client.readStatefulSet(place.statefulSet)) ?? assert.fail();
    const created: V1Pod[] = [];
    const test = () => testInPod(recording(client, created), set, place, SERVER, filesFor(place));
    const digest = await test();
    const [pod = assert.fail()] = created;
    const name = pod.metadata?.name ?? "";
    const metadata = { name, finalizers: ["nats-auth.test/slow"] };
    await namespace.apply(JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata, spec: pod.spec }));
    await namespace.kubectl(["delete", "pod", name, "--grace-period=0", "--force", "--wait=false"]);
    const testing = test();
    await sleep(SLOW);
    await namespace.kubectl(["patch", "pod", name, "--type=merge", '--patch={"metadata":{"finalizers":null}}']);
    assert.equal(await testing, digest);
  });

  it("should request as much as the server where a LimitRange allows no less, and name a quota that is used up", async () => {
    const resources = { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "64Mi" } };
    const place = await createPlace(namespace, { resources });
    const range = { type: "Container", min: { cpu: "20m", memory: "32Mi" } };
    const limits = { apiVersion: "v1", kind: "LimitRange", metadata: { name: "min" }, spec: { limits: [range] } };
    await namespace.apply(JSON.stringify(limits));
    const server = new PodServer(SERVER, place);
    assert.match(await server.try(filesFor(place)), /^sha256:/);
    const quota = {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "none" },
      spec: { hard: { pods: "0" } },
    };
    await namespace.apply(JSON.stringify(quota));
    await assert.rejects(server.try(filesFor(place)), (error) => {
      assert.match(
        String(error),
        /a rule of the Kubernetes cluster does not allow a request: create pods[^]*NA5161[^]*exceeded quota: none/,
      );
      return true;
    });
  });
});
