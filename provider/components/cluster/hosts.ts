import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { diagnose, display, keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { isLoopback } from "../../model/cluster/loopback";
import { isPortNumber } from "../../model/cluster/ports";
import { isRecord } from "../../model/form/shape";
import { portAddresses, addressesDiagnostics, type Addresses } from "./addresses";
import { type ClusterArgs } from "./cluster-args";
import { isProvider, type AnyHostArgs } from "./host-args";
import { hostTargets, reachesPods, targetOf } from "./host-targets";
import { DEFAULT_NAMESPACE } from "./pods";
import type { KnownTarget, KubernetesTarget } from "./target";
import { urlHost } from "../configuration/addresses";
import { textOf } from "../configuration/server-args";
import { verifiedServer, type DeclaredServer } from "../configuration/declared-server";

/** Returns a host; undefined in a cluster without `hosts`. Malformed ones are reported elsewhere. */
export function findHost({ hosts }: ClusterArgs, host: string | undefined): AnyHostArgs | undefined {
  return wellFormedHosts(hosts).find(([name]) => name === host)?.[1];
}

/** Returns the hosts by name, without malformed ones and malformed providers. */
function wellFormedHosts(hosts: unknown): readonly [string, AnyHostArgs][] {
  return Object.entries(isRecord(hosts) ? hosts : {}).flatMap(([name, host]): [string, AnyHostArgs][] => {
    if (!isRecord(host)) {
      return [];
    }
    const { provider, ...rest } = host as unknown as AnyHostArgs;
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

/** Returns the arguments for the addresses of a host. */
export function addressArgs(
  { bindAddress, clusterAddress, monitoringAddress }: ClusterArgs,
  host: AnyHostArgs | undefined,
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

/** The address by which servers on other hosts reach the routes of a server. */
export interface RouteAddress {
  /** IP address, in brackets if it is one of IPv6, or DNS name; empty while it is missing or malformed, which is a problem. */
  readonly address: string;
  /** Undefined if it is the port for routes of the server. */
  readonly port: number | undefined;
}

/** Returns the address by which servers on other hosts reach a server. */
export function routeAddress(args: ClusterArgs, { host, pod }: DeclaredServer): pulumi.Output<RouteAddress> {
  return pod === undefined
    ? textOf(findHost(args, host)?.address ?? "").apply((address) => {
        return { address: isReachableAddress(address) ? urlHost(address) : "", port: undefined };
      })
    : (pod.routeAddress ?? pulumi.output("")).apply((text) => {
        return parseRouteAddress(text) ?? { address: "", port: undefined };
      });
}

/** Parses the address of a pod, such as `192.0.2.10:31222`. @returns undefined for another text, and for loopback addresses */
export function parseRouteAddress(text: string): { readonly address: string; readonly port: number } | undefined {
  const [, address = "", port = ""] = /^(\S+):(\d{1,5})$/.exec(text) ?? [];
  const [, inBrackets] = /^\[(.+)\]$/.exec(address) ?? [];
  const isAddress =
    inBrackets === undefined
      ? isIP(address) !== 6 && isReachableAddress(address)
      : isIP(inBrackets) === 6 && isReachableAddress(inBrackets);
  const isLocal = isLoopback(inBrackets ?? address);
  return isAddress && !isLocal && isPortNumber(Number(port)) ? { address, port: Number(port) } : undefined;
}

/** Returns whether other machines can reach a machine by a text: a DNS name or an IP address. */
function isReachableAddress(address: string): boolean {
  return isIP(address) === 0 ? HOST_NAME.test(address) : !address.includes("%") && !isUnspecified(address);
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
    : pulumi.all([bindAddress, textOf(host.address ?? "")]).apply(([bound, address]) => {
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
  const machines = wellFormedHosts(args.hosts).filter(([name]) => targetOf(args, name).kind !== "kubernetes");
  const verified = args.verification === "disabled" ? undefined : verifiedServer(servers);
  const each = machines.flatMap(([name, host]) => {
    const path = keyPath("hosts", name);
    const prefixed = addressesDiagnostics(host).map((found) => found.apply((known) => prefixPaths(path, known)));
    const own = textOf(host.address ?? "").apply((address) =>
      hostAddressDiagnostics(path, address, host.clusterAddress, reachesPods(args)),
    );
    const { bindAddress } = portAddresses(addressArgs(args, host));
    // Processes run on the machine that verifies them.
    const isRemote = targetOf(args, name).kind === "docker";
    const isVerified = isRemote && verified?.host === name && host.bindAddress === undefined;
    const reachable = pulumi
      .output(bindAddress)
      .apply((address) => (isVerified ? verifiedDiagnostics(path, address) : []));
    return [...prefixed, own, reachable];
  });
  return [...each, ...sameMachineDiagnostics(args, machines, provider), ...sameClusterDiagnostics(args)];
}

/** Finds hosts with the same Docker Engine or address, in pairs: an address that is unknown hides no other one. */
function sameMachineDiagnostics(
  args: ClusterArgs,
  hosts: readonly [string, AnyHostArgs][],
  provider: pulumi.ProviderResource | undefined,
): pulumi.Output<readonly Diagnostic[]>[] {
  const areBoth = (kind: KnownTarget["kind"], names: readonly string[]) =>
    names.every((name) => targetOf(args, name).kind === kind);
  const engineOf = (host: AnyHostArgs) => host.provider ?? provider;
  return hosts.flatMap(([name, host], index) =>
    hosts.slice(0, index).map(([otherName, other]) =>
      pulumi.all([textOf(host.address ?? ""), textOf(other.address ?? "")]).apply(([address, otherAddress]) => {
        const hasSameEngine = areBoth("docker", [name, otherName]) && engineOf(host) === engineOf(other);
        const runsHere = areBoth("process", [name, otherName]);
        const hasSameAddress = address !== "" && address.toLowerCase() === otherAddress.toLowerCase();
        const problem = runsHere
          ? `runs processes on this machine, like host ${display(otherName)}`
          : hasSameEngine || hasSameAddress
            ? `has the same ${hasSameEngine ? "Docker Engine" : "address"} as host ${display(otherName)}`
            : undefined;
        const argument = runsHere ? "target" : hasSameEngine ? "provider" : "address";
        return diagnose({
          code: "NA1756",
          path: `${keyPath("hosts", name)}.${argument}`,
          problem,
          remedy: "Give each host its own `address` and `provider`, or let the servers name one host.",
        });
      }),
    ),
  );
}

/** Finds hosts with the same namespace of the same Kubernetes cluster, in pairs. */
function sameClusterDiagnostics(args: ClusterArgs): pulumi.Output<readonly Diagnostic[]>[] {
  const all = hostTargets(args).flatMap(({ host, target }) =>
    host === undefined || target.kind !== "kubernetes"
      ? []
      : [{ host, settings: target.settings, provider: findHost(args, host)?.provider }],
  );
  const identify = ({ context, kubeconfig, namespace = DEFAULT_NAMESPACE }: KubernetesTarget, isOne: boolean) =>
    pulumi
      .all([context, kubeconfig, namespace])
      .apply(([inContext, config, inNamespace]) =>
        JSON.stringify(isOne ? [inNamespace] : [inContext, config, inNamespace]),
      );
  return all.flatMap(({ host, settings, provider }, index) =>
    all.slice(0, index).map(({ host: other, settings: others, provider: otherProvider }) => {
      // A provider leads to one Kubernetes cluster.
      const isOne = provider !== undefined && provider === otherProvider;
      return pulumi.unsecret(pulumi.all([identify(settings, isOne), identify(others, isOne)])).apply(([own, theirs]) =>
        diagnose({
          code: "NA1756",
          path: `${keyPath("hosts", host)}.target`,
          problem:
            own === theirs ? `has the same Kubernetes cluster and namespace as host ${display(other)}` : undefined,
          remedy: "Give each host a namespace or a Kubernetes cluster of its own, or let the servers name one host.",
        }),
      );
    }),
  );
}

/** A DNS name or an IP address. */
const HOST_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$/;

function hostAddressDiagnostics(
  path: string,
  address: string,
  clusterAddress: AnyHostArgs["clusterAddress"],
  isReachedByPods: boolean,
): Diagnostic[] {
  // Several engines on one machine reach each other by loopback addresses, but pods never reach a machine by them.
  const invalid =
    isReachableAddress(address) && !(isReachedByPods && isLoopback(address))
      ? undefined
      : "is not a DNS name or IP address by which other hosts can reach this one";
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
