import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { diagnose, display, keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { isLoopback } from "../../model/cluster/loopback";
import { isRecord } from "../../model/form/shape";
import { portAddresses, addressesDiagnostics, type Addresses } from "./addresses";
import { type ClusterArgs } from "./cluster-args";
import { isProvider, type HostArgs } from "./host-args";
import { urlHost } from "../configuration/addresses";
import { textOf } from "../configuration/server-args";
import { verifiedServer, type DeclaredServer } from "../configuration/declared-server";

/** Returns a host; undefined in a cluster without `hosts`. Malformed ones are reported elsewhere. */
export function findHost({ hosts }: ClusterArgs, host: string | undefined): HostArgs | undefined {
  return wellFormedHosts(hosts).find(([name]) => name === host)?.[1];
}

/** Returns the hosts by name, without malformed ones and malformed providers. */
function wellFormedHosts(hosts: unknown): readonly [string, HostArgs][] {
  return Object.entries(isRecord(hosts) ? hosts : {}).flatMap(([name, host]): [string, HostArgs][] => {
    if (!isRecord(host)) {
      return [];
    }
    const { provider, ...rest } = host as unknown as HostArgs;
    return [[name, isProvider(provider) ? { ...rest, provider } : rest]];
  });
}

/** The address of all ports in a pod. */
const ANY_ADDRESS = "0.0.0.0";

/** Returns the addresses that the ports of a server are bound to, with defaults applied. */
export function serverAddresses(args: ClusterArgs, server: DeclaredServer): Addresses {
  return server.pod === undefined
    ? portAddresses(addressArgs(args, findHost(args, server.host)))
    : { bindAddress: ANY_ADDRESS, clusterAddress: ANY_ADDRESS, monitoringAddress: ANY_ADDRESS };
}

function addressArgs(
  { bindAddress, clusterAddress, monitoringAddress }: ClusterArgs,
  host: HostArgs | undefined,
): Parameters<typeof portAddresses>[0] {
  const own = {
    bindAddress: host?.bindAddress ?? bindAddress,
    monitoringAddress: host?.monitoringAddress ?? monitoringAddress,
  };
  const forRoutes = host === undefined ? clusterAddress : (host.clusterAddress ?? host.address);
  return Object.fromEntries(
    Object.entries({ ...own, clusterAddress: forRoutes }).filter(([, address]) => address !== undefined),
  );
}

/** Returns whether a cluster has several hosts. One of them may be without servers: it then gets its first one by a reload. */
export function hasSeveralHosts({ hosts }: Pick<ClusterArgs, "hosts">): boolean {
  return isRecord(hosts) && Object.keys(hosts).length > 1;
}

/** Returns the address by which servers on other hosts reach a host. */
export function machineAddress(args: ClusterArgs, host: string | undefined): pulumi.Output<string> {
  return textOf(findHost(args, host)?.address ?? "").apply(urlHost);
}

/** Returns the host for the client URL of a server. */
export function clientHost(args: ClusterArgs, server: DeclaredServer): pulumi.Output<string> {
  if (server.pod !== undefined) {
    return server.pod.host;
  }
  const host = findHost(args, server.host);
  const { bindAddress } = serverAddresses(args, server);
  return host === undefined
    ? pulumi.output(bindAddress).apply(urlHost)
    : pulumi.all([bindAddress, textOf(host.address)]).apply(([bound, address]) => {
        return urlHost(isUnspecified(bound) ? address : bound);
      });
}

function isUnspecified(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/**
 * Checks the addresses and the providers of hosts.
 *
 * @param servers the servers of the cluster, in a stable order
 * @param provider the docker provider of the cluster
 */
export function hostsDiagnostics(
  args: ClusterArgs,
  servers: readonly DeclaredServer[],
  provider?: pulumi.ProviderResource,
): pulumi.Output<readonly Diagnostic[]>[] {
  const hosts = wellFormedHosts(args.hosts);
  const verified = args.verification === "disabled" ? undefined : verifiedServer(servers);
  const each = hosts.flatMap(([name, host]) => {
    const path = keyPath("hosts", name);
    const prefixed = addressesDiagnostics(host).map((found) => found.apply((known) => prefixPaths(path, known)));
    const own = textOf(host.address).apply((address) => hostAddressDiagnostics(path, address, host.clusterAddress));
    const { bindAddress } = portAddresses(addressArgs(args, host));
    const isVerified = verified?.host === name && host.bindAddress === undefined;
    const reachable = pulumi
      .output(bindAddress)
      .apply((address) => (isVerified ? verifiedDiagnostics(path, address) : []));
    return [...prefixed, own, reachable];
  });
  return [...each, ...sameMachineDiagnostics(hosts, provider)];
}

/** Finds hosts with the same Docker Engine or address, in pairs: an address that is unknown hides no other one. */
function sameMachineDiagnostics(
  hosts: readonly [string, HostArgs][],
  provider: pulumi.ProviderResource | undefined,
): pulumi.Output<readonly Diagnostic[]>[] {
  return hosts.flatMap(([name, host], index) =>
    hosts.slice(0, index).map(([otherName, other]) =>
      pulumi.all([textOf(host.address), textOf(other.address)]).apply(([address, otherAddress]) => {
        const hasSameEngine = (host.provider ?? provider) === (other.provider ?? provider);
        const hasSameAddress = address !== "" && address.toLowerCase() === otherAddress.toLowerCase();
        const what = hasSameEngine ? "Docker Engine" : "address";
        return diagnose({
          code: "NA1756",
          path: `${keyPath("hosts", name)}.${hasSameEngine ? "provider" : "address"}`,
          problem: hasSameEngine || hasSameAddress ? `has the same ${what} as host ${display(otherName)}` : undefined,
          remedy: "Give each host its own `address` and `provider`, or let the servers name one host.",
        });
      }),
    ),
  );
}

/** A DNS name or an IP address. */
const HOST_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$/;

function hostAddressDiagnostics(
  path: string,
  address: string,
  clusterAddress: HostArgs["clusterAddress"],
): Diagnostic[] {
  const isValid = isIP(address) !== 0 ? !address.includes("%") && !isUnspecified(address) : HOST_NAME.test(address);
  const invalid = isValid ? undefined : "is not a DNS name or IP address by which other hosts can reach this one";
  const needsIP = isIP(address) === 0 && clusterAddress === undefined;
  const unbound = needsIP ? "is a name: ports can be bound to IP addresses only" : undefined;
  const remedy =
    invalid === undefined
      ? "Set `clusterAddress` of the host to the IP address that ports for routes are bound to."
      : "Use the address of the host in the network that it shares with the others, such as 192.0.2.10.";
  return diagnose({ code: "NA1753", path: `${path}.address`, value: address, problem: invalid ?? unbound, remedy });
}

function verifiedDiagnostics(path: string, bindAddress: string): Diagnostic[] {
  return diagnose({
    code: "NA1754",
    path: `${path}.bindAddress`,
    problem: isLoopback(bindAddress)
      ? "is not set, so the client ports of this host can be reached from the host alone, but the verification connects to one of them"
      : undefined,
    remedy:
      'Set it to an address of the host that this machine reaches. If this machine is the host, set it to "127.0.0.1". ' +
      'Otherwise set `verification: "disabled"`.',
  });
}
