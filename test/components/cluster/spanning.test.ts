import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator } from "../../../provider";
import { ROUTES_FILE } from "../../../provider/config/listener";
import { filesOf, type ConfiguredServer } from "../../../provider/dynamic/cluster/configured-server";
import { Authority } from "../../support/certificates";
import { closingGates, reasonOf } from "../../support/gates";
import { seedOf } from "../../support/keys";
import { mockEngine, ofType, registered, valueOf } from "../../support/mocks";
import { codesAndPathsIn } from "../reports";

const TARGET = { kubernetes: { context: "kind", namespace: "messaging" } };
const MACHINE = { target: "docker", address: "192.0.2.1", bindAddress: "192.0.2.1" } as const;
const ADDRESSES = ["192.0.2.9:31222", "nodes.example.com:31223"];
const SERVERS = {
  s: { mode: "static", host: "machine", clientPort: 4222 },
  o: { mode: "operator", host: "machine", clientPort: 4223 },
  p: { mode: "operator", host: "pods", replicas: 2, routeAddresses: ADDRESSES },
} as const;

/** Arguments that replace those of a cluster that spans a machine and pods. */
interface Changes {
  readonly hosts?: Readonly<Record<string, object>>;
  readonly servers?: Readonly<Record<string, object>>;
  readonly target?: object | string;
  readonly tls?: object | undefined;
  readonly more?: object;
}

describe("a cluster that spans platforms", () => {
  closingGates();
  let tls: object;

  before("a certificate for all addresses", async () => {
    const authority = await Authority.create();
    const hosts = ["192.0.2.1", "192.0.2.9", "nodes.example.com", "s", "o"];
    const ofPods = ["*.nats.messaging.svc", "nats-p.messaging.svc"];
    const { cert, key } = await authority.issue({ hosts: [...hosts, ...ofPods] });
    tls = { certificate: cert, key, ca: authority.cert };
  });

  function declare({ hosts = { machine: MACHINE, pods: {} }, servers = SERVERS, ...rest }: Changes = {}) {
    const operator = new Operator("KO", { systemAccount: { seed: seedOf("account", "SYS") } });
    const accounts = [new Account("A", { operator, users: { u: {} } })];
    const encrypted = "tls" in rest ? rest.tls : tls;
    const args = { operator, accounts, target: rest.target ?? TARGET, hosts, servers, ...rest.more };
    return new MixedAuthCluster("nats", {
      ...args,
      ...(encrypted === undefined ? {} : { tls: encrypted }),
    } as unknown as ConstructorParameters<typeof MixedAuthCluster>[1]);
  }

  const problems = async (changes: Changes) => {
    await mockEngine();
    return codesAndPathsIn((await reasonOf(declare(changes).gate)) ?? "").sort();
  };
  const inputsOf = (type: string, name: string) =>
    ofType(type).find((one) => one.name === name)?.inputs ?? assert.fail(`${type} ${name}`);
  const configured = () => inputsOf("ClusterConfiguration", "nats").servers as Record<string, ConfiguredServer>;

  it("should create containers on the machine, and StatefulSets with a Service for the routes of each pod", async () => {
    const cluster = declare();
    await valueOf(cluster.checked);
    const kinds = /:(Container|StatefulSet|Service|ClusterConfiguration|ClusterCheck)$/;
    const created = registered.flatMap(({ type, name }) => {
      const [, kind] = kinds.exec(type) ?? [];
      return kind === undefined ? [] : [`${kind} ${name}`];
    });
    assert.deepEqual(created.sort(), [
      "ClusterCheck nats",
      "ClusterConfiguration nats",
      "Container nats-o",
      "Container nats-s",
      "Service nats",
      "Service nats-p",
      "Service nats-p-0-routes",
      "Service nats-p-1-routes",
      "StatefulSet nats-p",
    ]);
    const { spec } = inputsOf("Service", "nats-p-1-routes") as { spec: { selector: Record<string, string> } };
    assert.deepEqual(spec, {
      type: "NodePort",
      publishNotReadyAddresses: true,
      selector: {
        "pulumi-nats-auth/cluster": "nats",
        "pulumi-nats-auth/server": "p",
        "statefulset.kubernetes.io/pod-name": "nats-p-1",
      },
      ports: [{ name: "cluster", appProtocol: "tcp", port: 6222, targetPort: 6222, nodePort: 31223 }],
    });
    assert.deepEqual(await valueOf(pulumi.output(cluster.clientUrls)), {
      s: "tls://192.0.2.1:4222",
      o: "tls://192.0.2.1:4223",
      "p-0": "tls://nats-p-0.nats.messaging.svc:4222",
      "p-1": "tls://nats-p-1.nats.messaging.svc:4222",
    });
    const { containers, serviceUrls } = cluster as unknown as Record<string, object>;
    assert.deepEqual([Object.keys(containers ?? {}), Object.keys(serviceUrls ?? {})], [["s", "o"], ["p"]]);
  });

  it("should open routes by names in each network, and by addresses between them, and advertise the addresses", async () => {
    const cluster = declare();
    await valueOf(cluster.checked);
    const servers = configured();
    const routesOf = (name: string) =>
      [...(filesOf(name, servers, "pw")?.[ROUTES_FILE] ?? "").matchAll(/"tls:\/\/route:pw@(.+)"/g)].map(
        ([, route]) => route,
      );
    assert.deepEqual(routesOf("s"), ["o:6223", "192.0.2.9:31222", "nodes.example.com:31223"]);
    assert.deepEqual(routesOf("p-0"), ["192.0.2.1:6223", "nats-p-1.nats.messaging.svc:6222", "192.0.2.1:6222"]);
    const configs = await valueOf(pulumi.output(cluster.configs as Record<string, pulumi.Output<string>>));
    const advertised = Object.entries(configs).map(([name, text]) => [name, /advertise: (".*")/.exec(text)?.[1]]);
    assert.deepEqual(Object.fromEntries(advertised), {
      s: '"192.0.2.1:6222"',
      o: '"192.0.2.1:6223"',
      "p-0": '"192.0.2.9:31222"',
      "p-1": '"nodes.example.com:31223"',
    });
  });

  it("should replace no pod and no container when an address for routes changes", async () => {
    const startsOf = async (address: string) => {
      await mockEngine();
      // Those in operator mode also depend on the time at which the operator is signed.
      const p = { ...SERVERS.p, mode: "static", routeAddresses: [address, "nodes.example.com:31223"] };
      await valueOf(declare({ servers: { s: SERVERS.s, p } }).checked);
      const { labels } = inputsOf("Container", "nats-s") as { labels: object };
      return [labels, inputsOf("StatefulSet", "nats-p").spec];
    };
    assert.deepEqual(await startsOf("192.0.2.9:32000"), await startsOf("192.0.2.9:31222"));
  });

  it("should lead to each pod by a load balancer, if the program wants that", async () => {
    const target = { kubernetes: { ...TARGET.kubernetes, routeServiceType: "LoadBalancer" } };
    await valueOf(declare({ target }).checked);
    const { spec } = inputsOf("Service", "nats-p-0-routes") as { spec: object };
    assert.deepEqual(
      [(spec as { type: string }).type, (spec as { ports: object }).ports],
      ["LoadBalancer", [{ name: "cluster", appProtocol: "tcp", targetPort: 6222, port: 31222 }]],
    );
  });

  it("should be rejected without TLS, whatever is accepted", async () => {
    const accept = { "(servers).*.clients": "x", "(servers).*.routes": "x", "(servers).*.monitoring": "x" };
    assert.deepEqual(await problems({ tls: undefined, more: { parity: { accept } } }), ["NA2212 tls.routes"]);
  });

  it("should be rejected without addresses, or with wrong ones", async () => {
    const { routeAddresses: _, ...p } = SERVERS.p;
    assert.deepEqual(await problems({ servers: { ...SERVERS, p } }), ["NA2211 servers.p.routeAddresses"]);
    const given = (...routeAddresses: unknown[]) => problems({ servers: { ...SERVERS, p: { ...p, routeAddresses } } });
    assert.deepEqual(await given("192.0.2.9:31222"), ["NA2211 servers.p.routeAddresses"]);
    for (const wrong of [
      "192.0.2.9",
      "0.0.0.0:31222",
      "[::1%eth0]:31222",
      "2001:db8::1:31222",
      "a b:1",
      "a:70000",
      1,
    ]) {
      assert.deepEqual(
        (await given(wrong, "192.0.2.9:31222")).filter((found) => found.startsWith("NA2211")),
        ["NA2211 servers.p.routeAddresses[0]"],
        String(wrong),
      );
    }
    assert.deepEqual(await given("192.0.2.9:31222", "192.0.2.9:31222"), ["NA2211 servers.p.routeAddresses[1]"]);
    for (const address of [undefined, "fe80::1%eth0"]) {
      const { address: _address, ...rest } = { ...MACHINE, clusterAddress: "192.0.2.1" };
      const machine = address === undefined ? rest : { ...rest, address };
      const found = await problems({ hosts: { machine, pods: {} } });
      assert.ok(found.includes("NA1753 hosts.machine.address"), found.join());
    }
  });

  it("should be rejected if two hosts are one place, or have arguments of another platform", async () => {
    const here = { target: "process", address: "192.0.2.3" };
    const own = { target: TARGET };
    const found = await problems({
      hosts: { machine: MACHINE, pods: {}, own, one: here, two: { ...here, address: "192.0.2.4" } },
    });
    assert.ok(found.includes("NA1756 hosts.own.target"), found.join());
    assert.ok(found.includes("NA1756 hosts.two.target"), found.join());
    const unnamed = { target: { kubernetes: {} }, address: "192.0.2.9" };
    assert.deepEqual(
      (await problems({ hosts: { machine: MACHINE, pods: unnamed } })).filter((one) => one.includes("hosts.pods")),
      ["NA2200 hosts.pods.target.kubernetes", "NA2201 hosts.pods.address"],
    );
  });

  it("should contain the host in the names of resources in a second Kubernetes cluster only", async () => {
    const other = { target: { kubernetes: { context: "other", namespace: "messaging" } } };
    const q = { mode: "static", host: "other", routeAddresses: ["192.0.2.9:32222"] };
    const p = { ...SERVERS.p };
    const authority = await Authority.create();
    const names = [
      "192.0.2.9",
      "nodes.example.com",
      "*.nats.messaging.svc",
      "nats-p.messaging.svc",
      "nats-q.messaging.svc",
    ];
    const { cert, key } = await authority.issue({ hosts: names });
    await mockEngine();
    const valid = { certificate: cert, key, ca: authority.cert };
    const spanning = declare({ hosts: { pods: {}, other }, servers: { p, q }, tls: valid });
    await valueOf(spanning.checked);
    assert.deepEqual(
      ofType("StatefulSet")
        .map(({ name }) => name)
        .sort(),
      ["nats-other-q", "nats-p"],
    );
    assert.equal(configured()["q-0"]?.machine?.clusterPort, 32222);
  });
});
