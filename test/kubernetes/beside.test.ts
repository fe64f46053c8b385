import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { NamespaceClient } from "../../provider/servers/kubernetes/client";
import { expectedDigest, toData } from "../../provider/servers/kubernetes/files";
import type { PodServer } from "../../provider/servers/kubernetes/pod";
import { testBesideServer } from "../../provider/servers/kubernetes/trial-beside";
import type { KubernetesPlace } from "../../provider/servers/place";
import type { ConfigFiles } from "../../provider/servers/server";
import { testNamespace } from "../support/kubernetes";
import { filesFor, startServer } from "./pod-host";

/** Milliseconds in which Kubernetes starts a pod, on a slow machine. */
const TIMEOUT = 180_000;
/** Milliseconds in which events of Kubernetes can be read. */
const EVENTS = 1_000;

describe("a configuration that is tested in the pod of its server", function () {
  this.timeout(TIMEOUT);
  const namespace = testNamespace();
  let place: KubernetesPlace;
  let server: PodServer;
  let pod: string;
  let present: ConfigFiles;
  let client: NamespaceClient;

  before("a server that runs", async () => {
    ({ place, server, pod } = await startServer(namespace));
    present = { ...filesFor(place), "tls-client.pem": "one" };
    await server.put(present);
    client = await NamespaceClient.connect(place);
  });

  const changed = (lines: string): ConfigFiles => ({ ...present, ...filesFor(place, lines) });

  /** The pods that have tested configurations, as Kubernetes remembers them. */
  async function trials(): Promise<string[]> {
    await sleep(EVENTS);
    const names = await namespace.kubectl(["get", "events", "--output", "jsonpath={.items[*].involvedObject.name}"]);
    return [...new Set(names.split(" ").filter((name) => name.includes("-trial-")))];
  }

  it("should have the digest of the whole, without another pod and without a change of the server", async () => {
    const before = await server.state();
    const files = changed("max_control_line: 2000");
    const digest = await testBesideServer(client, pod, toData(present, pod), files);
    assert.equal(digest, expectedDigest(files, pod));
    assert.equal(await server.try(files), digest);
    assert.deepEqual(await server.state(), before);
    assert.deepEqual(await trials(), []);
    await server.put(files);
    await server.reload(digest ?? "");
    await server.put(present);
    await server.reload(await server.try(present));
  });

  it("should be proven by acceptance only, so that a refused one has the output of a test in a pod of its own", async () => {
    const files = changed("not_an_option: 1");
    assert.equal(await testBesideServer(client, pod, toData(present, pod), files), undefined);
    await assert.rejects(server.try(files), { code: "NA5001", message: /nats\.conf:2:1: unknown field/ });
    assert.equal((await trials()).length, 1);
  });

  it("should be tested in a pod of its own when another file changes, such as a certificate", async () => {
    const files = { ...changed(""), "tls-client.pem": "two" };
    assert.equal(await testBesideServer(client, pod, toData(present, pod), files), undefined);
    const { "tls-client.pem": _removed, ...fewer } = present;
    assert.equal(await testBesideServer(client, pod, toData(present, pod), fewer), undefined);
    assert.match(await server.try(files), /^sha256:/);
  });

  it("should be tested in a pod of its own when other files than the known ones are in the pod", async () => {
    const known = changed("max_control_line: 3000");
    assert.equal(await testBesideServer(client, pod, toData(known, pod), changed("max_control_line: 2000")), undefined);
  });

  it("should be tested in a pod of its own when it is so large that the test could take the memory of the server", async () => {
    const files = changed(`# ${"x".repeat(300_000)}`);
    assert.equal(await testBesideServer(client, pod, toData(present, pod), files), undefined);
  });

  it("should be tested with the present template when the server still runs with a former one", async () => {
    const container = { name: "nats", image: "nats-auth.invalid/missing:1" };
    const patch = JSON.stringify({ spec: { template: { spec: { containers: [container] } } } });
    await namespace.kubectl(["patch", "statefulset", place.statefulSet, "--patch", patch]);
    await assert.rejects(server.try(changed("max_control_line: 2000")), { code: "NA5002" });
  });
});
