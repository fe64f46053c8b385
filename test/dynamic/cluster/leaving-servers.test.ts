import assert from "node:assert/strict";
import { withLeavingHosts } from "../../../provider/dynamic/cluster/leaving-servers";
import { UNKNOWN } from "../../../provider/dynamic/life-cycle/unknown";
import type { Place } from "../../../provider/servers/place";
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
