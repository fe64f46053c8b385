import assert from "node:assert/strict";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator } from "../../../provider";
import { Authority } from "../../support/certificates";
import { closingGates, reasonOf } from "../../support/gates";
import { seedOf } from "../../support/keys";
import { mockEngine, ofType, valueOf } from "../../support/mocks";
import { codesAndPathsIn } from "../reports";

const TARGET = { kubernetes: { context: "kind", namespace: "messaging" } };
const MACHINE = { target: "docker", address: "192.0.2.1", bindAddress: "192.0.2.1" } as const;
const OTHER = { target: { kubernetes: { context: "other", namespace: "messaging" } } };
const SERVERS = {
  s: { mode: "static", host: "machine", clientPort: 4222 },
  p: { mode: "static", host: "pods", routeAddresses: ["192.0.2.9:31222"] },
  q: { mode: "static", host: "other", routeAddresses: ["192.0.2.10:31222"] },
} as const;

describe("the places of a cluster that spans platforms", () => {
  closingGates();
  let tls: object;

  before("a certificate for all addresses", async () => {
    const authority = await Authority.create();
    const hosts = ["192.0.2.1", "192.0.2.9", "192.0.2.10", "s"];
    const ofPods = ["*.nats.messaging.svc", "nats-p.messaging.svc", "nats-q.messaging.svc"];
    const { cert, key } = await authority.issue({ hosts: [...hosts, ...ofPods] });
    tls = { certificate: cert, key, ca: authority.cert };
  });

  /** Declares a cluster in two Kubernetes clusters, without the machine. */
  function declare(changes: object = {}, options: object = {}) {
    const { p, q } = SERVERS;
    // Two programs with the same keys differ only in what a test changes.
    const operator = new Operator("KO", {
      seed: seedOf("operator", "KO"),
      systemAccount: { seed: seedOf("account", "SYS") },
    });
    const users = { u: { seed: seedOf("user", "u") } };
    const accounts = [new Account("A", { operator, seed: seedOf("account", "A"), users })];
    const hosts = { pods: {}, other: OTHER };
    const args = { operator, accounts, target: TARGET, hosts, servers: { p, q }, tls, ...changes };
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
  });
});
