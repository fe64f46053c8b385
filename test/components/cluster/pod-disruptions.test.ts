import assert from "node:assert/strict";
import { Account, MixedAuthCluster, Operator } from "../../../provider";
import { closingGates } from "../../support/gates";
import { mockEngine, ofType, valueOf } from "../../support/mocks";

/** A StatefulSet, as far as the tests read it. */
interface StatefulSet {
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: { readonly topologySpreadConstraints: readonly object[]; readonly affinity: object };
  };
}

describe("the pods of a cluster", () => {
  closingGates();

  const specsOf = <T>(type: string) => ofType(type).map(({ inputs }) => inputs.spec as T);

  it("should be spread over the nodes, and be evicted one at a time, whatever their entries", async () => {
    await mockEngine();
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const listeners = ["clients", "routes", "monitoring"].map((name) => [`(servers).*.${name}`, "A test."]);
    const cluster = new MixedAuthCluster("nats", {
      operator,
      accounts: [new Account("A", { operator, users: { u: {} } })],
      target: { kubernetes: { context: "kind" } },
      parity: { accept: Object.fromEntries(listeners) as Record<string, string> },
    });
    await valueOf(cluster.checked);
    const all = { "pulumi-nats-auth/cluster": "nats" };
    const selector = { matchLabels: all };
    assert.deepEqual(specsOf("PodDisruptionBudget"), [
      { minAvailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector },
    ]);
    const statefulSets = specsOf<StatefulSet>("StatefulSet");
    assert.equal(statefulSets.length, 2);
    for (const { template } of statefulSets) {
      assert.deepEqual({ ...template.metadata.labels, ...all }, template.metadata.labels);
      const { topologySpreadConstraints, affinity } = template.spec;
      // One constraint alone: with a second one, the scheduler scores no node without a zone.
      assert.deepEqual(topologySpreadConstraints, [
        {
          topologyKey: "kubernetes.io/hostname",
          maxSkew: 1,
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: selector,
        },
      ]);
      const podAffinityTerm = { topologyKey: "topology.kubernetes.io/zone", labelSelector: selector };
      assert.deepEqual(affinity, {
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] },
      });
    }
  });
});
