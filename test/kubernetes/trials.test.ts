import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { NamespaceClient } from "../../provider/servers/kubernetes/client";
import { podName } from "../../provider/servers/kubernetes/layout";
import { PodServer } from "../../provider/servers/kubernetes/pod";
import { testInPod, TRIAL_LABEL } from "../../provider/servers/kubernetes/trial";
import { testNamespace } from "../support/kubernetes";
import { createPlace, filesFor, SERVER } from "./pod-host";

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

describe("a pod that tests a configuration", function () {
  this.timeout(180_000);
  const namespace = testNamespace();

  it("should have the labels and annotations that policies can require, without those that select pods of servers", async () => {
    const place = await createPlace(namespace);
    const metadata = { labels: { team: "messaging" }, annotations: { "example.com/cost": "1" } };
    const patch = JSON.stringify({ spec: { template: { metadata } } });
    await namespace.kubectl(["patch", "statefulset", place.statefulSet, "--patch", patch]);
    const client = await NamespaceClient.connect(place);
    const set = (await client.readStatefulSet(place.statefulSet)) ?? assert.fail();
    const created: V1Pod[] = [];
    assert.match(await testInPod(recording(client, created), set, place, SERVER, filesFor(place)), /^sha256:/);
    const [{ metadata: found } = {}] = created;
    assert.deepEqual(found?.labels, { team: "messaging", [TRIAL_LABEL]: podName(place.statefulSet, 0) });
    assert.deepEqual(found.annotations, { "example.com/cost": "1" });
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
