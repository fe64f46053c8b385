import assert from "node:assert/strict";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, type MixedAuthClusterArgs, type PodTarget } from "../../../provider";
import type { KubernetesPlace } from "../../../provider/servers/place";
import { closingGates } from "../../support/gates";
import { seedOf } from "../../support/keys";
import { mockEngine, ofType, registered, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";
import { codesAndPathsIn } from "../reports";

const TARGET = { kubernetes: { context: "kind", namespace: "messaging" } };
/** The network of pods has no TLS in these tests. */
const PLAIN = { accept: { "(servers).*.clients": "x", "(servers).*.routes": "x", "(servers).*.monitoring": "x" } };

/** An object of Kubernetes as the program declares it, as far as the tests read it. */
interface Declared {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> };
  readonly spec: {
    readonly [key: string]: unknown;
    readonly template: {
      readonly metadata: { readonly annotations: Record<string, string>; readonly labels: Record<string, string> };
      readonly spec: { readonly [key: string]: unknown; readonly containers: readonly Record<string, unknown>[] };
    };
  };
}

interface Configured {
  readonly volumes?: Record<string, string>;
  readonly places: Record<string, KubernetesPlace>;
  readonly servers: Record<string, { readonly host: string; readonly clusterPort: number; readonly config: string }>;
  readonly check: { readonly url: string; readonly hosts: Record<string, string>; readonly serverNames: string[] };
  readonly store?: { readonly folders: Record<string, string> };
}

describe("a cluster whose servers run as pods", () => {
  closingGates();
  const warnings = collectWarnings();

  function declare<Name extends string = "static" | "operator">(
    args: Partial<MixedAuthClusterArgs<PodTarget, Name>> = {},
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const systemAccount = { seed: seedOf("account", "SYS"), users: { sys: {} } };
    const operator = new Operator("KO", { systemAccount });
    const accounts = [new Account("A", { operator, users: { u: {} } })];
    return new MixedAuthCluster<PodTarget, Name>(
      "nats",
      { operator, accounts, target: TARGET, parity: PLAIN, ...args },
      opts,
    );
  }

  const inputsOf = (type: string, name = "nats") =>
    ofType(type).find((one) => one.name === name)?.inputs ?? assert.fail(`${type} ${name}`);
  const statefulSet = (entry: string) => inputsOf("StatefulSet", `nats-${entry}`) as unknown as Declared;
  const configured = () => inputsOf("ClusterConfiguration") as unknown as Configured;

  it("should create a StatefulSet without pods for each entry of `servers`, and what belongs to it", async () => {
    const cluster = declare({ servers: { n: { mode: "static" }, s: { mode: "operator", replicas: 3 } } });
    await valueOf(cluster.checked);
    const created = registered
      .filter(({ type }) => /^kubernetes:|:kubernetes$/.test(type))
      .map(({ type, name }) => `${type.replace(/^.*:/, "")} ${name}`);
    assert.deepEqual(created.sort(), [
      "PodDisruptionBudget nats",
      "Secret nats-n",
      "Secret nats-s",
      "Service nats",
      "Service nats-n",
      "Service nats-s",
      "StatefulSet nats-n",
      "StatefulSet nats-s",
      "kubernetes nats",
    ]);
    const { metadata, spec } = statefulSet("s");
    assert.deepEqual([metadata.name, metadata.namespace], ["nats-s", "messaging"]);
    const { replicas, podManagementPolicy, updateStrategy, serviceName } = spec;
    assert.deepEqual(
      { replicas, podManagementPolicy, updateStrategy, serviceName },
      { replicas: 0, podManagementPolicy: "Parallel", updateStrategy: { type: "OnDelete" }, serviceName: "nats" },
    );
    assert.equal("volumeClaimTemplates" in spec, false);
    const [container = assert.fail()] = spec.template.spec.containers;
    assert.equal(container.image, "nats:2.15.2");
    assert.deepEqual(inputsOf("kubernetes").context, "kind");
    assert.equal("data" in inputsOf("Secret", "nats-s"), false);
  });

  it("should have a server for each pod, which listens on all addresses of the pod and names its own files", async () => {
    const cluster = declare({ servers: { n: { mode: "static" }, s: { mode: "operator", replicas: 2 } } });
    await valueOf(cluster.checked);
    const urls = await valueOf(pulumi.output(cluster.clientUrls));
    assert.deepEqual(urls, {
      "n-0": "nats://nats-n-0.nats.messaging.svc:4222",
      "s-0": "nats://nats-s-0.nats.messaging.svc:4222",
      "s-1": "nats://nats-s-1.nats.messaging.svc:4222",
    });
    assert.deepEqual(await valueOf(pulumi.output(cluster.serviceUrls)), {
      n: "nats://nats-n.messaging.svc:4222",
      s: "nats://nats-s.messaging.svc:4222",
    });
    assert.equal(
      await valueOf(pulumi.output(cluster.monitoringUrls["s-1"])),
      "http://nats-s-1.nats.messaging.svc:8222",
    );
    const config = (await valueOf(pulumi.output(cluster.configs)))["s-1"] ?? "";
    assert.deepEqual(config.match(/^ *(server_name|host|port|http|include)\b.*$/gm), [
      'server_name: "nats-s-1"',
      'host: "0.0.0.0"',
      "port: 4222",
      'http: "0.0.0.0:8222"',
      '  host: "0.0.0.0"',
      "  port: 6222",
      '  include "./nats-s-1_routes.conf"',
    ]);
    const { places, servers, check } = configured();
    const { template, ...place } = places["s-1"] ?? assert.fail();
    assert.deepEqual(place, {
      kind: "kubernetes",
      api: { context: "kind" },
      namespace: "messaging",
      statefulSet: "nats-s",
      uid: "nats-s-uid",
      ordinal: 1,
      secret: "nats-s",
      host: "nats-s-1.nats.messaging.svc",
    });
    assert.match(template, /^[0-9a-f]{16}$/);
    assert.equal(servers["s-1"]?.host, "nats-s-1.nats.messaging.svc");
    assert.equal(check.url, urls["s-0"]);
    assert.equal(check.hosts["n-0"], "nats-n-0.nats.messaging.svc");
    assert.deepEqual(check.serverNames, ["nats-n-0", "nats-s-0", "nats-s-1"]);
  });

  it("should run one pod in each mode by default", async () => {
    const cluster = declare();
    await valueOf(cluster.checked);
    assert.deepEqual(Object.keys(cluster.clientUrls), ["static-0", "operator-0"]);
    const { containers, networkUrls, processes } = cluster;
    assert.deepEqual([containers, networkUrls, processes], [undefined, undefined, undefined]);
  });

  it("should restrict pods, and have Kubernetes ask for their health and drain them", async () => {
    await valueOf(
      declare({ settings: { lameDuckDuration: "30s", monitoringBasePath: "/m" }, target: RESOURCES }).checked,
    );
    const { template } = statefulSet("static").spec;
    const { containers, securityContext, ...pod } = template.spec;
    const { enableServiceLinks, automountServiceAccountToken, terminationGracePeriodSeconds } = pod;
    assert.deepEqual(
      [enableServiceLinks, automountServiceAccountToken, terminationGracePeriodSeconds],
      [false, false, 45],
    );
    assert.deepEqual(pod.imagePullSecrets, [{ name: "registry" }]);
    assert.deepEqual(securityContext, {
      runAsNonRoot: true,
      runAsUser: 65534,
      runAsGroup: 65534,
      fsGroup: 65534,
      seccompProfile: { type: "RuntimeDefault" },
    });
    const budget = inputsOf("PodDisruptionBudget").spec as Record<string, unknown>;
    assert.deepEqual([budget.minAvailable, budget.unhealthyPodEvictionPolicy], [1, "AlwaysAllow"]);
    const [container = assert.fail()] = containers;
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const { startupProbe, livenessProbe, readinessProbe } = container as Record<string, { httpGet: { path: string } }>;
    assert.deepEqual(
      [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet.path),
      ["/m/healthz?js-server-only=true", "/m/healthz?js-enabled-only=true", "/m/healthz?js-server-only=true"],
    );
    assert.deepEqual(
      (container.env as { name: string; value?: string }[]).find(({ name }) => name === "GOMEMLIMIT")?.value,
      String(Math.floor(0.9 * 2 ** 30)),
    );
  });

  const RESOURCES = {
    kubernetes: { ...TARGET.kubernetes, resources: { limits: { memory: "1Gi" } }, imagePullSecrets: ["registry"] },
  };

  it("should change the annotation of pods for what restarts servers, and not for reloads or more pods", async () => {
    const annotationWith = async (args: Partial<MixedAuthClusterArgs<PodTarget, "s">>) => {
      await mockEngine();
      await valueOf(declare<"s">({ servers: { s: { mode: "static" } }, ...args }).checked);
      const { annotations } = statefulSet("s").spec.template.metadata;
      return annotations["pulumi-nats-auth/restart-for"];
    };
    const before = await annotationWith({});
    assert.match(before ?? "", /^[0-9a-f]{16}$/);
    assert.equal(await annotationWith({ servers: { s: { mode: "static", replicas: 3 } } }), before);
    assert.equal(await annotationWith({ settings: { maxPayload: "4MiB" } }), before);
    assert.notEqual(await annotationWith({ settings: { maxSubscriptions: 100 } }), before);
  });

  it("should give each pod a volume for streams, which is kept unless the program sets something else", async () => {
    const jetstream = { fileStorage: "4GiB" };
    await valueOf(declare({ jetstream }).checked);
    const { spec } = statefulSet("static");
    const [claim] = spec.volumeClaimTemplates as [{ spec: { resources: { requests: { storage: string } } } }];
    assert.equal(claim.spec.resources.requests.storage, "5120Mi");
    assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, { whenDeleted: "Retain", whenScaled: "Retain" });
    assert.equal(configured().store?.folders["static-0"], "messaging/store-nats-static-0");
    assert.match(configured().volumes?.["messaging/store-nats-static-0"] ?? "", /^kept when/);
    await mockEngine();
    const volume = { size: "6GiB", storageClass: "fast", onDestroy: "delete" as const };
    await valueOf(declare({ jetstream, target: { kubernetes: { ...TARGET.kubernetes, volume } } }).checked);
    const other = statefulSet("static").spec;
    assert.deepEqual((other.volumeClaimTemplates as { spec: object }[])[0]?.spec, {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "6144Mi" } },
      storageClassName: "fast",
    });
    assert.deepEqual(other.persistentVolumeClaimRetentionPolicy, { whenDeleted: "Delete", whenScaled: "Retain" });
    assert.match(configured().volumes?.["messaging/store-nats-static-0"] ?? "", /^deleted when/);
  });

  it("should warn of volumes that streams fill, because they may have been resized", async () => {
    const volume = (size: "9GiB" | "8GiB") => ({ kubernetes: { ...TARGET.kubernetes, volume: { size } } });
    await valueOf(declare({ jetstream: { fileStorage: "8GiB" }, target: volume("9GiB") }).checked);
    assert.deepEqual(warnings, []);
    await mockEngine();
    await valueOf(declare({ jetstream: { fileStorage: "8GiB" }, target: volume("8GiB") }).checked);
    assert.deepEqual(warnings.flatMap(codesAndPathsIn), ["NA2206 target.kubernetes.volume.size"]);
  });

  it("should use the provider of the program, and keep a kubeconfig secret", async () => {
    const provider = new kubernetes.Provider("own", { context: "kind" });
    const kubeconfig = "apiVersion: v1";
    const cluster = declare({ target: { kubernetes: { kubeconfig } } }, { providers: [provider] });
    await valueOf(cluster.checked);
    assert.deepEqual(
      registered.filter(({ type }) => type === "pulumi:providers:kubernetes").map(({ name }) => name),
      ["own"],
    );
    const { places } = configured();
    assert.deepEqual(places["static-0"]?.api, { kubeconfig });
    const { inputs: args } = registered.find(({ type }) => type.endsWith(":MixedAuthCluster")) ?? assert.fail();
    assert.doesNotMatch(JSON.stringify(args), /apiVersion: v1/);
  });
});
