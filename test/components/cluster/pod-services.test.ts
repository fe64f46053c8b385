import assert from "node:assert/strict";
import { Account, MixedAuthCluster, Operator } from "../../../provider";
import { Authority } from "../../support/certificates";
import { closingGates } from "../../support/gates";
import { mockEngine, ofType, valueOf } from "../../support/mocks";

/** A Service, as far as the tests read it. */
interface Service {
  readonly spec: { readonly ports: readonly { readonly name: string; readonly appProtocol: string }[] };
}

describe("the Services of a cluster whose servers run as pods", () => {
  closingGates();

  function declare(args: object) {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const accounts = [new Account("A", { operator, users: { u: {} } })];
    const target = { kubernetes: { context: "kind", namespace: "messaging" } };
    return new MixedAuthCluster("nats", { operator, accounts, target, ...args });
  }

  const serviceOf = (name: string) =>
    (ofType("Service").find((one) => one.name === name)?.inputs ?? assert.fail(name)) as unknown as Service;

  it("should name the protocol of each port of a Service, because a service mesh cannot recognize it", async () => {
    const authority = await Authority.create();
    const { cert, key } = await authority.issue({
      hosts: ["*.nats.messaging.svc", "nats-static.messaging.svc", "nats-operator.messaging.svc"],
    });
    const operatorServer = { websocketPort: 8080, mqttPort: 1883, leafNodePort: 7422 };
    const protocolsWith = async (args: object) => {
      await mockEngine();
      const more = {
        operatorServer,
        websocket: { allowedOrigins: ["https://app.example.com"] },
        jetstream: { fileStorage: "1GiB" },
      };
      await valueOf(declare({ ...more, ...args }).checked);
      return ["nats-operator", "nats"].map((service) =>
        serviceOf(service).spec.ports.map(({ name, appProtocol }) => `${name} ${appProtocol}`),
      );
    };
    const names = ["clients", "routes", "monitoring", "leafNodes", "websocket", "mqtt"];
    const accept = Object.fromEntries(names.map((name) => [`(servers).*.${name}`, "A test."]));
    assert.deepEqual(await protocolsWith({ parity: { accept } }), [
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
