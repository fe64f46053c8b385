import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { hostNamesDiagnostics } from "../../../provider/components/cluster/host-args";
import { hostsDiagnostics } from "../../../provider/components/cluster/hosts";
import type { ClusterArgs } from "../../../provider/components/cluster/cluster-args";
import { declaredServers } from "../../../provider/components/cluster/cluster-servers";
import { joined, type DiagnosticCase } from "./case";

const servers = { s1: { mode: "static", host: "east" }, o1: { mode: "operator", host: "west" } } as const;
const hosts = { east: { address: "192.0.2.1" }, west: { address: "192.0.2.2" } };

/** Checks hosts, of which `west` has a provider of its own. */
const addressesOf =
  (args: { readonly hosts: Readonly<Record<string, object>>; readonly verification?: "disabled" }) => () => {
    const provider = new docker.Provider("west", { host: "unix:///west.sock" });
    const all = { servers, ...args, hosts: { ...args.hosts, west: { ...args.hosts.west, provider } } };
    return diagnosticsOf(all as unknown as ClusterArgs);
  };

const diagnosticsOf = (args: ClusterArgs) =>
  joined(hostsDiagnostics(args, declaredServers(args, pulumi.output("nats"))));

export const HOSTS_CASES: readonly DiagnosticCase[] = [
  {
    name: "a server without a host, and one with an unknown host",
    codes: ["NA1750", "NA1750"],
    find: () => hostNamesDiagnostics({ servers: { s1: { host: "north" }, s2: {}, s3: { host: "east" } }, hosts }),
  },
  {
    name: "a server on a host of which there are none",
    codes: ["NA1750"],
    find: () => hostNamesDiagnostics({ servers: { s1: { host: "east" } }, hosts: {} }),
  },
  {
    name: "hosts without a provider",
    codes: ["NA1756"],
    find: () => diagnosticsOf({ servers, hosts, verification: "disabled" } as unknown as ClusterArgs),
  },
  {
    name: "hosts with the same address",
    codes: ["NA1756"],
    find: addressesOf({ hosts: { ...hosts, west: hosts.east }, verification: "disabled" }),
  },
  {
    name: "hosts with invalid names",
    codes: ["NA1757", "NA1757"],
    find: () => hostNamesDiagnostics({ servers: {}, hosts: { "East.1": hosts.east, "-": hosts.west } }),
  },
  {
    name: "servers whose containers have the same name",
    codes: ["NA1758"],
    find: () =>
      hostNamesDiagnostics({
        servers: { "b-c": { host: "a" }, c: { host: "b" } },
        hosts: { a: hosts.east, b: { ...hosts.west, provider: {} } },
      }),
  },
  {
    name: "a server with the name of a host in Kubernetes",
    codes: ["NA1758"],
    find: () =>
      hostNamesDiagnostics({
        target: { kubernetes: { context: "kind" } },
        servers: { other: { host: "pods" }, q: { host: "other" } },
        hosts: { pods: {}, other: { target: { kubernetes: { context: "other" } } } },
      }),
  },
  {
    name: "providers of other platforms",
    codes: ["NA1759", "NA1759"],
    find: () => {
      const provider = new docker.Provider("engine", { host: "unix:///engine.sock" });
      const pods = { target: { kubernetes: { context: "kind" } }, provider };
      return hostNamesDiagnostics({ servers: {}, hosts: { pods, here: { target: "process", provider } } });
    },
  },
  {
    name: "a server with a host in a cluster without hosts",
    codes: ["NA1750"],
    find: () => hostNamesDiagnostics({ servers: { s1: { host: "east" } } }),
  },
  {
    name: "hosts without servers, with an address for routes of the cluster",
    codes: ["NA1751", "NA1752"],
    find: () => hostNamesDiagnostics({ hosts: {}, clusterAddress: "192.0.2.1" }),
  },
  {
    name: "hosts with an address that cannot be reached, and with a name but no address for routes",
    codes: ["NA1753", "NA1753"],
    find: addressesOf({
      hosts: { east: { address: "0.0.0.0" }, west: { address: "west.example.com", bindAddress: "192.0.2.2" } },
    }),
  },
  {
    name: "an address for routes that is a name",
    codes: ["NA4021"],
    find: addressesOf({
      hosts: { ...hosts, west: { address: "192.0.2.2", bindAddress: "192.0.2.2", clusterAddress: "west.example.com" } },
    }),
  },
  { name: "a host that the verification cannot reach", codes: ["NA1754"], find: addressesOf({ hosts }) },
];
