import assert from "node:assert/strict";
import { provider } from "../../provider/dynamic/cluster-names";
import { UNKNOWN } from "../../provider/dynamic/life-cycle/unknown";

const INPUTS = {
  api: { context: "kind-kind" },
  namespace: "nats",
  clusterName: "nats",
  entries: ["static", "operator"],
  stores: false,
};
type Inputs = typeof INPUTS & {
  readonly group?: string;
  readonly provider?: string;
  readonly nodePorts?: Readonly<Record<string, number>>;
  readonly owner?: string;
  readonly withVolumes?: readonly string[];
};

/** The inputs of a cluster that was deployed. */
const DEPLOYED: Inputs = { ...INPUTS, owner: "me", withVolumes: [] };

const check = async (olds: Partial<Inputs>, news: Inputs) => {
  const { inputs, failures = [] } = (await provider.check?.(olds as Inputs, news)) ?? assert.fail();
  return { owner: inputs?.owner, reasons: failures.map(({ reason }) => reason) };
};

describe("the names of a cluster in Kubernetes", () => {
  it("should keep their owner", async () => {
    assert.deepEqual(await check(DEPLOYED, INPUTS), { owner: "me", reasons: [] });
  });

  it("should ask for nothing while a preview does not know the Kubernetes cluster", async () => {
    const { owner, reasons } = await check({}, { ...INPUTS, api: { context: UNKNOWN } });
    assert.deepEqual(reasons, []);
    assert.match(String(owner), /^[0-9a-f]{16}$/);
  });

  it("should refuse JetStream for entries that were created without it, and accept it for those that had it once", async () => {
    const jetstream = { ...INPUTS, stores: true };
    const { reasons } = await check({ ...DEPLOYED, withVolumes: ["static"] }, jetstream);
    assert.equal(reasons.length, 1);
    assert.match(reasons[0] ?? "", /: operator\..*\[NA2210\]/);
    assert.deepEqual((await check({ ...DEPLOYED, withVolumes: ["static", "operator"] }, jetstream)).reasons, []);
  });

  it("should refuse a port of nodes that another pod has until the end of the update", async () => {
    const [first, second, other] = ["p.routeAddresses[0]", "p.routeAddresses[1]", "q.routeAddresses[0]"] as const;
    const present = { ...DEPLOYED, nodePorts: { [first]: 31222, [second]: 31223 } };
    const paths = async (nodePorts: Readonly<Record<string, number>>, more: Partial<Inputs> = {}) =>
      (await check(present, { ...INPUTS, nodePorts, ...more })).reasons.flatMap(
        (reason) => /^.*?(\S+) = .*\[NA2214\]/.exec(reason)?.[1] ?? [],
      );
    assert.deepEqual(await paths(present.nodePorts), []);
    assert.deepEqual(await paths({ [first]: 31224, [second]: 31223 }), []);
    assert.deepEqual(await paths({ [first]: 31223, [second]: 31222 }), [first, second], "swapped");
    assert.deepEqual(await paths({ [other]: 31222 }), [other], "of a pod that leaves");
    assert.deepEqual(
      await paths({ [first]: 31222 }, { namespace: "else" }),
      [first],
      "of a Service in another namespace",
    );
    assert.deepEqual(await paths({ [first]: UNKNOWN as never, [second]: 31222 }), [], "unknown at a preview");
    assert.deepEqual(await paths({ [other]: 31222 }, { api: { context: "kind-other" } }), [], "of other nodes");
  });

  it("should refuse another provider of objects that exist, which the engine would replace", async () => {
    const refusal = async (present: Partial<Inputs>, next: Partial<Inputs>) =>
      (await check({ ...DEPLOYED, ...present }, { ...INPUTS, ...next })).reasons.join();
    const own = { group: "nats", provider: "own" };
    const given = { group: "nats", provider: "urn:one" };
    const moved = { group: "nats-pods" };
    for (const [present, next] of [
      [own, given],
      [given, own],
      [{ ...given, ...moved }, own],
      [
        { ...given, ...moved },
        { ...given, provider: "urn:two" },
      ],
    ] as const) {
      assert.match(await refusal(present, next), /^target: has another provider.*\[NA2215\]$/);
    }
    for (const [present, next] of [
      [{}, own],
      [{}, given],
      [own, { ...own, ...moved }],
      [given, { ...given, ...moved }],
      // It may have got another name, by an alias.
      [given, { ...given, provider: "urn:two" }],
    ] as const) {
      assert.equal(await refusal(present, next), "");
    }
  });

  it("should change for another name or entry, and not for another token", async () => {
    const { outs } = await provider.create({ ...DEPLOYED });
    const changes = async (news: Inputs) => (await provider.diff?.("me", outs as never, news))?.changes;
    const server = "https://192.0.2.1:6443";
    const withToken = (token: string): Inputs => ({
      ...DEPLOYED,
      api: { context: "kind-kind", kubeconfig: JSON.stringify({ server, token }) } as never,
    });
    const renewed = await provider.create(withToken("one"));
    assert.equal((await provider.diff?.("me", renewed.outs as never, withToken("two")))?.changes, false);
    assert.equal(await changes(DEPLOYED), false);
    assert.equal(await changes({ ...DEPLOYED, entries: ["static"] }), true);
    assert.equal(await changes({ ...DEPLOYED, clusterName: "other" }), true);
  });

  it("should report an API server that it cannot ask", async () => {
    const { reasons } = await check({}, { ...INPUTS, api: { kubeconfig: "{}" } as never });
    assert.match(reasons.join(), /\[NA5153\]/);
  });
});
