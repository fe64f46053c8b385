import assert from "node:assert/strict";
import { withLeavingHosts } from "../../../provider/dynamic/cluster/leaving-servers";
import { withPresentAccess } from "../../../provider/dynamic/cluster/present-access";
import { UNKNOWN } from "../../../provider/dynamic/life-cycle/unknown";
import type { KubernetesPlace, Place } from "../../../provider/servers/place";
import { keyOf, seedOf } from "../../support/keys";
import type { RouteCheck } from "../../../provider/dynamic/cluster/check-credentials";

const CHECK: RouteCheck = {
  url: "nats://192.0.2.1:4222",
  systemAccount: keyOf("account", "SYS"),
  signer: seedOf("account", "signer"),
  serverNames: ["nats-s1", "nats-s2"],
};
const PLACE: Place = { kind: "docker", engine: {}, container: "one" };
const BOTH = { s1: PLACE, s2: PLACE };

describe("access to servers that leave a cluster", () => {
  const hostsFor = (next: RouteCheck, before: RouteCheck, places: Record<string, Place> = { s1: PLACE }) =>
    withLeavingHosts(next, before, BOTH, places)?.hosts;
  const spread = { ...CHECK, hosts: { s1: "192.0.2.1", s2: "192.0.2.2" } };

  it("should use their own host, also when the cluster no longer has hosts", () => {
    assert.deepEqual(hostsFor(CHECK, spread), { s2: "192.0.2.2" });
    assert.deepEqual(hostsFor({ ...CHECK, hosts: { s1: "192.0.2.3" } }, spread), { s1: "192.0.2.3", s2: "192.0.2.2" });
  });

  it("should use the present host of a cluster that gets hosts", () => {
    const next = { ...CHECK, url: "nats://192.0.2.3:4222", hosts: { s3: "192.0.2.3" } };
    assert.deepEqual(hostsFor(next, CHECK, { s1: PLACE, s3: PLACE }), { s2: "192.0.2.1", s3: "192.0.2.3" });
  });

  it("should stay as it is without hosts, without servers that leave, and while the hosts are unknown", () => {
    assert.equal(hostsFor(CHECK, CHECK), undefined);
    assert.deepEqual(hostsFor(spread, spread, BOTH), spread.hosts);
    const unknown = { ...CHECK, hosts: UNKNOWN } as unknown as RouteCheck;
    assert.equal(hostsFor(unknown, spread), UNKNOWN);
  });
});

describe("access to the places of a state", () => {
  const kubeconfig = (token: string, server = "https://192.0.2.1:6443") =>
    JSON.stringify({ clusters: [{ name: "c", cluster: { server } }], users: [{ name: "u", user: { token } }] });
  const pod = (uid: string, api: KubernetesPlace["api"], namespace = "nats"): KubernetesPlace => ({
    ...{ kind: "kubernetes", api, namespace, statefulSet: "nats-s1", uid, ordinal: 1 },
    ...{ secret: "nats-s1", host: "nats-s1-1", template: "one" },
  });
  const renewed = { kubeconfig: kubeconfig("new") };
  const accessOf = (stored: KubernetesPlace, present: Place) => {
    const { places } = withPresentAccess({ places: { s2: stored } }, { s1: present });
    const {
      s2: { api, ...rest },
    } = places;
    const { api: _former, ...expected } = stored;
    assert.deepEqual(rest, expected);
    return api;
  };

  it("should be that of the program in the same cluster and namespace", () => {
    assert.deepEqual(accessOf(pod("one", { kubeconfig: kubeconfig("old") }), pod("two", renewed)), renewed);
    assert.deepEqual(accessOf(pod("one", { kubeconfig: kubeconfig("old") }), pod(UNKNOWN, renewed)), renewed);
  });

  it("should be that of the program for the same StatefulSet, whatever the context is called", () => {
    assert.deepEqual(accessOf(pod("one", { context: "old" }), pod("one", { context: "new" })), { context: "new" });
  });

  it("should stay as it is in another cluster or namespace, and while that of the program is unknown", () => {
    const old = { kubeconfig: kubeconfig("old") };
    const elsewhere = { kubeconfig: kubeconfig("new", "https://192.0.2.2:6443") };
    assert.deepEqual(accessOf(pod("one", old), pod("two", elsewhere)), old);
    assert.deepEqual(accessOf(pod("one", old), pod("two", renewed, "other")), old);
    assert.deepEqual(accessOf(pod("one", old), pod("one", { kubeconfig: UNKNOWN })), old);
    assert.deepEqual(accessOf(pod("one", old), PLACE), old);
    assert.deepEqual(withPresentAccess({ places: BOTH }, { s1: pod("one", renewed) }), { places: BOTH });
  });
});
