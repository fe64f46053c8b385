import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, type PodTarget } from "../../../provider";
import { Authority } from "../../support/certificates";
import { closingGates } from "../../support/gates";
import { mockEngine, ofType, valueOf } from "../../support/mocks";

/** Servers in operator mode accept all protocols, without TLS. */
const ALL_PROTOCOLS = {
  operatorServer: { websocketPort: 8080, mqttPort: 1883, leafNodePort: 7422 },
  jetstream: { fileStorage: "1GiB" },
  parity: {
    accept: Object.fromEntries(
      ["clients", "routes", "monitoring", "leafNodes", "websocket", "mqtt"].map((name) => [
        `(servers).*.${name}`,
        "A test.",
      ]),
    ),
  },
};

/** A Service, as far as the tests read it. */
interface Service {
  readonly spec: {
    readonly ports: readonly { readonly name: string; readonly port: number; readonly appProtocol: string }[];
  };
}

describe("the Services of a cluster whose servers run as pods", () => {
  closingGates();

  function declare(args: object, opts?: pulumi.ComponentResourceOptions) {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const accounts = [new Account("A", { operator, users: { u: {} } })];
    const target = { kubernetes: { context: "kind", namespace: "messaging" } };
    return new MixedAuthCluster<PodTarget>("nats", { operator, accounts, target, ...args }, opts);
  }

  const serviceOf = (name: string) =>
    (ofType("Service").find((one) => one.name === name)?.inputs ?? assert.fail(name)) as unknown as Service;

  const withType = (serviceType: string) => ({
    ...ALL_PROTOCOLS,
    target: { kubernetes: { context: "kind", namespace: "messaging", serviceType } },
  });

  /** Fixes the ports of the nodes, and gives each Service a status, as Kubernetes does. */
  const fixed =
    (status: object, offset = 24_000): pulumi.ResourceTransformation =>
    ({ type, props, opts }) => {
      const { spec } = props as Partial<Service>;
      if (type !== "kubernetes:core/v1:Service" || spec === undefined) {
        return undefined;
      }
      const ports = pulumi
        .output(spec.ports)
        .apply((all) => all.map((port) => ({ ...port, nodePort: port.port + offset })));
      return { props: { ...props, spec: { ...spec, ports }, status }, opts };
    };

  it("should output the ports of the nodes of each protocol, also those that a transform fixes", async () => {
    await mockEngine();
    const cluster = declare(withType("NodePort"), { transformations: [fixed({})] });
    assert.deepEqual(await valueOf(pulumi.output(cluster.nodePorts)), { static: 28_222, operator: 28_222 });
    assert.deepEqual(await valueOf(pulumi.output(cluster.listenerNodePorts)), {
      static: { clients: 28_222 },
      operator: { clients: 28_222, leafNodes: 31_422, websocket: 32_080, mqtt: 25_883 },
    });
  });

  for (const [what, isKnown, first] of [
    ["not know ports at a preview that Kubernetes makes up", false, 32_769],
    ["know ports at a preview that exist", true, 30_000],
  ] as const) {
    it(`should ${what}`, async () => {
      await mockEngine({ isPreview: true });
      const cluster = declare(withType("NodePort"), { transformations: [fixed({}, first - 4222)] });
      for (const output of [cluster.nodePorts.static, cluster.listenerNodePorts.static]) {
        assert.equal(await (output as unknown as { readonly isKnown: Promise<boolean> }).isKnown, isKnown);
      }
    });
  }

  for (const [status, serviceType, address] of [
    [{ loadBalancer: { ingress: [{ ip: "192.0.2.1" }, { ip: "192.0.2.2" }] } }, "LoadBalancer", "192.0.2.1"],
    [{ loadBalancer: { ingress: [{ hostname: "lb.example.com" }] } }, "LoadBalancer", "lb.example.com"],
    [{ loadBalancer: {} }, "LoadBalancer", undefined],
    [{}, "LoadBalancer", undefined],
    // The former status, before Kubernetes removes it.
    [{ loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } }, "NodePort", undefined],
  ] as const) {
    it(`should output ${address} for a ${serviceType} with the status ${JSON.stringify(status)}`, async () => {
      await mockEngine();
      const cluster = declare(withType(serviceType), { transformations: [fixed(status)] });
      const { static: found, operator } = await valueOf(pulumi.output(cluster.loadBalancers));
      assert.deepEqual([found, operator], [address, address]);
    });
  }

  it("should name the protocol of each port of a Service, because a service mesh cannot recognize it", async () => {
    const authority = await Authority.create();
    const { cert, key } = await authority.issue({
      hosts: ["*.nats.messaging.svc", "nats-static.messaging.svc", "nats-operator.messaging.svc"],
    });
    const protocolsWith = async (args: object) => {
      await mockEngine();
      const websocket = { allowedOrigins: ["https://app.example.com"] };
      await valueOf(declare({ ...ALL_PROTOCOLS, websocket, ...args }).checked);
      return ["nats-operator", "nats"].map((service) =>
        serviceOf(service).spec.ports.map(({ name, appProtocol }) => `${name} ${appProtocol}`),
      );
    };
    assert.deepEqual(await protocolsWith({}), [
      ["nats tcp", "leafnodes tcp", "websocket http", "mqtt tcp"],
      ["tcp-4222 tcp", "tcp-6222 tcp"],
    ]);
    const tls = { certificate: cert, key, ca: authority.cert };
    assert.deepEqual((await protocolsWith({ parity: {}, tls }))[0], [
      "nats tcp",
      "leafnodes tcp",
      "websocket https",
      "mqtt tcp",
    ]);
  });
});
