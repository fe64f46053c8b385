import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MixedAuthCluster, Operator } from "../../../provider";
import { Authority } from "../../support/certificates";
import { closingGates, reasonOf } from "../../support/gates";
import { mockEngine } from "../../support/mocks";
import { codesAndPathsIn } from "../reports";

/** The network of pods has no TLS in these tests. */
const PLAIN = { accept: { "(servers).*.clients": "x", "(servers).*.routes": "x", "(servers).*.monitoring": "x" } };
const TARGET = { kubernetes: { context: "kind", namespace: "messaging" } };

describe("the arguments of a cluster in pods", () => {
  closingGates();

  const problems = async (args: object) => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const cluster = new MixedAuthCluster("nats", {
      operator,
      accounts: [],
      target: TARGET,
      parity: PLAIN,
      ...args,
    });
    return codesAndPathsIn((await reasonOf(cluster.gate)) ?? "");
  };
  const isOfTarget = (found: string) => found.includes("target.kubernetes");

  it("should require certificates for the names of pods and Services", async () => {
    const authority = await Authority.create();
    const tls = async (hosts: string[]) => {
      const { cert, key } = await authority.issue({ hosts });
      return { certificate: cert, key, ca: authority.cert };
    };
    const pods = ["*.nats.messaging.svc"];
    const services = ["nats-static.messaging.svc", "nats-operator.messaging.svc"];
    assert.deepEqual(await problems({ parity: {}, tls: await tls([...pods, ...services]) }), []);
    await mockEngine();
    assert.deepEqual(
      new Set(await problems({ parity: {}, tls: await tls(pods) })),
      new Set(["NA1805 tls.certificate"]),
    );
  });

  it("should report ports without TLS once for each entry: all pods of Kubernetes reach them", async () => {
    const servers = { s: { mode: "operator", replicas: 3 } };
    assert.deepEqual(await problems({ servers, parity: {} }), [
      "NA1800 (servers).s.clients",
      "NA1800 (servers).s.routes",
      "NA1800 (servers).s.monitoring",
    ]);
  });

  it("should report all invalid arguments at once", async () => {
    const found = await problems({
      clusterName: "n".repeat(50),
      monitoringAddress: "0.0.0.0",
      jetstream: {},
      servers: {
        a: { mode: "static", replicas: 0, host: "east", clientPort: 6222 },
        one: { mode: "operator", replicas: 2, settings: { maxPayload: "9PiB" } },
      },
      target: {
        kubernetes: {
          namespace: "No Label",
          serviceType: "Public",
          resources: { limits: { memory: "1 GB" } },
          imagePullSecrets: "registry",
          volume: { size: "10", onDestroy: "keep" },
        },
      },
    });
    assert.deepEqual(found.sort(), [
      "NA1003 target.kubernetes.imagePullSecrets",
      "NA1003 target.kubernetes.resources.limits.memory",
      "NA1003 target.kubernetes.serviceType",
      "NA1003 target.kubernetes.volume.onDestroy",
      "NA1005 servers.one.settings.maxPayload",
      "NA1005 target.kubernetes.volume.size",
      "NA1711 servers.a.clusterPort",
      "NA1750 servers.a.host",
      "NA2100 servers.one",
      "NA2100 target.kubernetes.namespace",
      "NA2200 target.kubernetes",
      "NA2201 monitoringAddress",
      "NA2203 servers.a.replicas",
    ]);
  });

  it("should not deploy to the current context for an empty name, and report malformed settings", async () => {
    const empty = { context: "", kubeconfig: pulumi.secret("") };
    assert.deepEqual((await problems({ parity: {}, target: { kubernetes: empty } })).filter(isOfTarget).sort(), [
      "NA2200 target.kubernetes.context",
      "NA2200 target.kubernetes.kubeconfig",
    ]);
    const malformed = { context: "kind", volume: null, imagePullSecrets: null };
    const found = await problems({ parity: {}, jetstream: {}, target: { kubernetes: malformed } });
    assert.deepEqual(found.filter(isOfTarget).sort(), [
      "NA1003 target.kubernetes.imagePullSecrets",
      "NA1003 target.kubernetes.volume",
    ]);
  });

  it("should report a limit of memory that streams in memory exceed", async () => {
    const target = (memory: string) => ({ kubernetes: { context: "kind", resources: { limits: { memory } } } });
    const jetstream = { fileStorage: "1GiB", memoryStorage: "3GiB" };
    const path = "target.kubernetes.resources.limits.memory";
    for (const [memory, found] of [
      ["4Gi", []],
      ["4294967296", []],
      ["4G", [`NA4082 ${path}`]],
      ["3500Mi", [`NA4082 ${path}`]],
    ] as const) {
      const all = await problems({ parity: {}, jetstream, target: target(memory) });
      assert.deepEqual(all.filter(isOfTarget), found, memory);
    }
    assert.deepEqual(
      (await problems({ parity: {}, jetstream: { fileStorage: "1GiB" }, target: target("64Mi") })).filter(isOfTarget),
      [],
    );
  });

  it("should reject replicas of containers", async () => {
    assert.deepEqual(
      await problems({ target: "docker", parity: {}, servers: { a: { mode: "static", replicas: 2 } } }),
      ["NA2202 servers.a.replicas"],
    );
  });
});
