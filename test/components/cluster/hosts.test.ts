import assert from "node:assert/strict";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, type HostArgs } from "../../../provider";
import { closingGates, reasonOf } from "../../support/gates";
import { ofType, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";
import { codesAndPathsIn } from "../reports";

const SERVERS = {
  s1: { mode: "static", host: "east" },
  o1: { mode: "operator", host: "east" },
  o2: { mode: "operator", host: "west" },
} as const;

/** A host without a provider, and one with a provider of its own. */
function hostsWith(east: Partial<HostArgs> = {}, west: Partial<HostArgs> = {}): Record<string, HostArgs> {
  const provider = new docker.Provider("west", { host: "unix:///west.sock" });
  return { east: { address: "192.0.2.1", ...east }, west: { address: "west.example.com", provider, ...west } };
}

function cluster(hosts: Record<string, HostArgs>, opts?: pulumi.ComponentResourceOptions) {
  const operator = new Operator("KO");
  const accounts = [new Account("A", { operator, users: { u: {} } })];
  const parity = { mode: "lenient" } as const;
  return new MixedAuthCluster("nats", { operator, accounts, parity, jetstream: {}, servers: SERVERS, hosts }, opts);
}

interface ContainerInputs {
  readonly ports: readonly { readonly internal: number; readonly ip: string }[];
}

describe("the hosts of a cluster", () => {
  closingGates();
  collectWarnings();

  it("should have a network, volumes and containers each, whose names stay when a cluster gets hosts", async () => {
    const made = cluster(hostsWith({ bindAddress: "0.0.0.0" }, { clusterAddress: "192.0.2.2" }));
    await valueOf(made.checked);
    const names = (type: string) =>
      ofType(type)
        .map(({ name }) => name)
        .sort();
    assert.deepEqual(names("Network"), ["nats", "nats-west"]);
    assert.deepEqual(names("Volume"), ["nats-o1", "nats-s1", "nats-west-o2"]);
    assert.deepEqual(names("Container"), ["nats-o1", "nats-s1", "nats-west-o2"]);
    assert.equal(made.network, undefined);
    assert.deepEqual(Object.keys(made.networks ?? {}), ["east", "west"]);
    assert.deepEqual(await valueOf(pulumi.output(made.clientUrls)), {
      s1: "nats://192.0.2.1:4222",
      o1: "nats://192.0.2.1:4223",
      o2: "nats://127.0.0.1:4223",
    });
    const portsOf = (name: string) =>
      ((ofType("Container").find((container) => container.name === name)?.inputs ?? {}) as unknown as ContainerInputs)
        .ports;
    assert.deepEqual(
      portsOf("nats-west-o2").map(({ internal, ip }) => [internal, ip]),
      [
        [4223, "127.0.0.1"],
        [6223, "192.0.2.2"],
      ],
    );
  });

  it("should be reached by the servers of other hosts at their address", async () => {
    await valueOf(cluster(hostsWith({ bindAddress: "192.0.2.1" }, { clusterAddress: "192.0.2.2" })).checked);
    const { servers = {} } = (ofType("ClusterConfiguration")[0]?.inputs ?? {}) as {
      servers?: Record<string, { readonly host: string; readonly machine: object }>;
    };
    assert.deepEqual(
      ["s1", "o2"].map((name) => [servers[name]?.host, servers[name]?.machine]),
      [
        ["s1", { name: "east", address: "192.0.2.1" }],
        ["o2", { name: "west", address: "west.example.com" }],
      ],
    );
  });

  it("should be reported with the path of each problem", async () => {
    const found = await reasonOf(cluster(hostsWith({ bindAddress: "nowhere" }, { address: "" })).gate);
    assert.deepEqual(codesAndPathsIn(found ?? ""), ["NA4021 hosts.east.bindAddress", "NA1753 hosts.west.address"]);
    const unreachable = await reasonOf(cluster(hostsWith({}, { clusterAddress: "192.0.2.2" })).gate);
    assert.deepEqual(codesAndPathsIn(unreachable ?? ""), ["NA1754 hosts.east.bindAddress"]);
  });

  it("should be reported if two of them are one machine", async () => {
    const provider = new docker.Provider("one", { host: "unix:///one.sock" });
    const address = { address: "192.0.2.1", bindAddress: "192.0.2.1" };
    const machines = async (east: object, west: object, opts?: pulumi.ComponentResourceOptions) => {
      const hosts = { east: { ...address, ...east }, west: { ...address, address: "192.0.2.2", ...west } };
      return codesAndPathsIn((await reasonOf(cluster(hosts, opts).gate)) ?? "");
    };
    const other = new docker.Provider("other", { host: "unix:///other.sock" });
    assert.deepEqual(await machines({ provider }, { provider: other }), []);
    assert.deepEqual(await machines({ provider }, { provider }), ["NA1756 hosts.west.provider"]);
    assert.deepEqual(await machines({}, { provider }, { providers: [provider] }), ["NA1756 hosts.west.provider"]);
    const same = { provider: other, address: pulumi.output("192.0.2.1") };
    assert.deepEqual(await machines({ provider }, same), ["NA1756 hosts.west.address"]);
  });

  it("should be reported if they are malformed, and nothing else fails", async () => {
    const problems = async (hosts: unknown) =>
      codesAndPathsIn((await reasonOf(cluster(hosts as Record<string, HostArgs>).gate)) ?? "");
    const { west } = hostsWith({}, { clusterAddress: "192.0.2.2" });
    assert.deepEqual(await problems({ east: null, west }), ["NA1003 hosts.east"]);
    for (const provider of ["x", null, {}]) {
      const east = { address: "192.0.2.1", bindAddress: "192.0.2.1", provider };
      assert.deepEqual(await problems({ east, west }), ["NA1003 hosts.east.provider"]);
    }
    assert.deepEqual(await problems(pulumi.output(hostsWith())), ["NA1003 hosts"]);
    assert.deepEqual(await problems(null), ["NA1003 hosts"]);
    const output = pulumi.output({ address: "192.0.2.1" });
    assert.deepEqual(await problems({ east: output, west }), ["NA1003 hosts.east"]);
    assert.deepEqual(
      await problems({}),
      Object.keys(SERVERS).map((name) => `NA1750 servers.${name}.host`),
    );
  });
});
