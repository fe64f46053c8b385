import assert from "node:assert/strict";
import * as docker from "@pulumi/docker";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator } from "../../../provider";
import { Authority } from "../../support/certificates";
import { closingGates, reasonOf } from "../../support/gates";
import { seedOf } from "../../support/keys";
import { mockEngine, ofType, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";
import { codesAndPathsIn } from "../reports";

const TARGET = { kubernetes: { context: "kind", namespace: "messaging" } };
const MACHINE = { target: "docker", address: "192.0.2.1", bindAddress: "192.0.2.1" } as const;
const OTHER = { target: { kubernetes: { context: "other", namespace: "messaging" } } };
const SERVERS = {
  s: { mode: "static", host: "machine", clientPort: 4222 },
  p: { mode: "static", host: "pods", routeAddresses: ["192.0.2.9:31222"] },
  q: { mode: "static", host: "other", routeAddresses: ["192.0.2.10:31222"] },
} as const;

const TARGET_OF_HOST = { target: TARGET };
const SERVERS_IN_PODS = { p: SERVERS.p, q: SERVERS.q };

describe("the places of a cluster that spans platforms", () => {
  closingGates();
  const warnings = collectWarnings();
  let tls: object;

  before("a certificate for all addresses", async () => {
    const authority = await Authority.create();
    const hosts = ["192.0.2.1", "192.0.2.9", "192.0.2.10", "s"];
    const ofPods = ["*.nats.messaging.svc", ...["p", "q", "pods"].map((entry) => `nats-${entry}.messaging.svc`)];
    const { cert, key } = await authority.issue({ hosts: [...hosts, ...ofPods] });
    tls = { certificate: cert, key, ca: authority.cert };
  });

  /** Declares a cluster in two Kubernetes clusters, without the machine. */
  function declare(changes: object = {}, options: object = {}) {
    // Two programs with the same keys differ only in what a test changes.
    const operator = new Operator("KO", {
      seed: seedOf("operator", "KO"),
      systemAccount: { seed: seedOf("account", "SYS") },
    });
    const users = { u: { seed: seedOf("user", "u") } };
    const accounts = [new Account("A", { operator, seed: seedOf("account", "A"), users })];
    const hosts = { pods: {}, other: OTHER };
    const args = { operator, accounts, target: TARGET, hosts, servers: SERVERS_IN_PODS, tls, ...changes };
    return new MixedAuthCluster("nats", args as never, options);
  }

  const problems = async (changes: object) => {
    await mockEngine();
    return codesAndPathsIn((await reasonOf(declare(changes).gate)) ?? "").sort();
  };

  it("should create the objects of a host with its own target in the Kubernetes cluster of that target", async () => {
    await mockEngine();
    const provider = new kubernetes.Provider("kind", { context: "kind" });
    await valueOf(declare({}, { provider }).checked);
    const providers = new Map(
      ["Service", "StatefulSet", "Secret", "PodDisruptionBudget"]
        .flatMap(ofType)
        .map((one) => [`${one.type} ${one.name}`, /::([^:]+)::[^:]*$/.exec(one.provider)?.[1]]),
    );
    for (const [object, own] of providers) {
      assert.equal(own, object.includes(" nats-other") ? "nats-other" : "kind", object);
    }
    assert.deepEqual(
      ofType("kubernetes").map(({ name, inputs: { context } }) => [name, context]),
      [
        ["kind", "kind"],
        ["nats-other", "other"],
      ],
    );
  });

  /** The names of the objects of a program in Kubernetes, and the former names by which the engine finds them. */
  async function names(changes: object): Promise<Record<string, readonly string[]>> {
    await mockEngine();
    await valueOf(declare(changes).checked);
    const types = ["Service", "StatefulSet", "Secret", "PodDisruptionBudget", "ClusterNames", "kubernetes"];
    return Object.fromEntries(
      types.flatMap((type) => ofType(type).map(({ name, aliases }) => [`${type} ${name}`, aliases] as const)),
    );
  }

  it("should keep the objects of pods whose host gets the target of the cluster, or one of its own", async () => {
    const servers = { s: SERVERS.s, p: SERVERS.p };
    const shared = await names({ servers, hosts: { machine: MACHINE, pods: {} } });
    const own = await names({ servers, target: "docker", hosts: { machine: MACHINE, pods: TARGET_OF_HOST } });
    assert.deepEqual(Object.keys(own).length, 8);
    const former = (all: Record<string, readonly string[]>) =>
      Object.entries(all).flatMap(([object, aliases]) =>
        aliases.map((name) => `${object.split(" ")[0] ?? ""} ${name}`),
      );
    assert.deepEqual(former(shared).sort(), Object.keys(own).sort());
    assert.deepEqual(former(own).sort(), Object.keys(shared).sort());
  });

  it("should look for no former objects where another resource has their name, or several hosts could have had them", async () => {
    const pods = { ...SERVERS.p, mode: "static" };
    for (const changes of [
      { servers: { s: SERVERS.s, pods }, hosts: { machine: MACHINE, pods: {} }, parity: { mode: "lenient" } },
      {},
    ]) {
      const found = await names({ verification: "disabled", ...changes });
      assert.deepEqual(Object.values(found).flat(), []);
    }
  });

  it("should compare the pods of each Kubernetes cluster with those of an update that was killed", async () => {
    const wantedWith = async (resources: object) => {
      await mockEngine();
      const target = { kubernetes: { ...TARGET.kubernetes, resources } };
      // The user of a verification has a new key in each program.
      declare({ target, verification: "disabled" });
      await pulumi.runtime.disconnect();
      return ofType("ConfigurationAttempt")[0]?.inputs.wanted ?? assert.fail("no attempt");
    };
    const before = await wantedWith({ requests: { cpu: "1" } });
    assert.equal(await wantedWith({ requests: { cpu: "1" } }), before);
    assert.notEqual(await wantedWith({ requests: { cpu: "2" } }), before);
  });

  it("should configure servers when the Services for their routes exist", async () => {
    await mockEngine();
    await valueOf(declare().checked);
    const [configuration] = ofType("ClusterConfiguration");
    const needed = (configuration?.dependencies ?? []).filter((urn) => urn.endsWith("-routes"));
    assert.deepEqual(needed.map((urn) => urn.split("::").at(-1)).sort(), ["nats-other-q-0-routes", "nats-p-0-routes"]);
    const [routes] = ofType("Service").filter(({ name }) => name === "nats-p-0-routes");
    const { ports } = (routes ?? assert.fail()).inputs.spec as { readonly ports: readonly { appProtocol: string }[] };
    assert.deepEqual(
      ports.map(({ appProtocol }) => appProtocol),
      ["tcp"],
    );
  });

  it("should reject ports of nodes that lead to two pods, and warn of those outside of the default range", async () => {
    const p = { ...SERVERS.p, replicas: 2 };
    const given = (kubernetesTarget: object, ...routeAddresses: string[]) =>
      problems({ target: { kubernetes: kubernetesTarget }, servers: { p: { ...p, routeAddresses }, q: SERVERS.q } });
    const addresses = ["192.0.2.9:31222", "192.0.2.1:31222"];
    assert.deepEqual(await given(TARGET.kubernetes, ...addresses), ["NA2211 servers.p.routeAddresses[1]"]);
    // Each load balancer has an address of its own.
    assert.deepEqual(await given({ ...TARGET.kubernetes, routeServiceType: "LoadBalancer" }, ...addresses), []);
    await mockEngine();
    const routeAddresses = ["192.0.2.9:6222"];
    await valueOf(declare({ servers: { ...SERVERS_IN_PODS, p: { ...SERVERS.p, routeAddresses } } }).checked);
    assert.deepEqual(warnings.flatMap(codesAndPathsIn), ["NA2213 servers.p.routeAddresses[0]"]);
  });

  it("should reject addresses that only the same machine reaches", async () => {
    const servers = { s: SERVERS.s, p: { ...SERVERS.p, routeAddresses: ["127.0.0.1:31222"] } };
    const hosts = { machine: { ...MACHINE, address: "::1" }, pods: {} };
    const found = await problems({ hosts, servers });
    assert.ok(found.includes("NA1753 hosts.machine.address"), found.join());
    assert.ok(found.includes("NA2211 servers.p.routeAddresses[0]"), found.join());
  });

  it("should reject providers of other platforms, and one provider for one namespace of two hosts", async () => {
    await mockEngine();
    const ofPods = new kubernetes.Provider("kind", { context: "kind" });
    const ofMachine = new docker.Provider("machine", { host: "unix:///machine.sock" });
    const { p, q, s } = SERVERS;
    const reasonWith = async (hosts: object, servers: object) =>
      codesAndPathsIn((await reasonOf(declare({ hosts, servers }).gate)) ?? "").filter((one) => /NA175[69]/.test(one));
    assert.deepEqual(
      await reasonWith({ machine: { ...MACHINE, provider: ofPods }, pods: { provider: ofMachine } }, { s, p }),
      ["NA1759 hosts.machine.provider", "NA1759 hosts.pods.provider"],
    );
    assert.deepEqual(
      await reasonWith({ machine: { ...MACHINE, target: "process", provider: ofMachine }, pods: {} }, { s, p }),
      ["NA1759 hosts.machine.provider"],
    );
    assert.deepEqual(
      await reasonWith({ pods: { provider: ofPods }, other: { ...OTHER, provider: ofPods } }, { p, q }),
      ["NA1756 hosts.other.target"],
    );
  });

  it("should reject names of servers that are those of Services of another host", async () => {
    const named = async (name: string) => {
      const servers = { ...SERVERS_IN_PODS, [name]: { ...SERVERS.p, routeAddresses: ["192.0.2.9:31223"] } };
      return (await problems({ servers })).filter((found) => found.startsWith("NA1758"));
    };
    assert.deepEqual(await named("other"), ["NA1758 servers.other"]);
    assert.deepEqual(await named("other-q-0-routes"), ["NA1758 servers.other-q-0-routes"]);
    assert.deepEqual(await named("another"), []);
  });

  it("should replace no container when the first pods join, if their host is listed before", async () => {
    const containers = async (servers: object) => {
      await mockEngine();
      await valueOf(declare({ hosts: { machine: MACHINE, pods: {} }, servers }).checked);
      return ofType("Container").map(({ name, inputs }) => [name, inputs.ports, inputs.labels]);
    };
    const { s, p } = SERVERS;
    const before = await containers({ s });
    assert.deepEqual(
      before.map(([, ports]) => (ports as { internal: number }[]).map(({ internal }) => internal)),
      [[4222, 6222]],
    );
    assert.deepEqual(await containers({ s, p }), before);
  });
});
