import * as pulumi from "@pulumi/pulumi";
import { diagnose, formatDiagnostics, type Diagnostic } from "../../diagnostics/diagnostic";
import { routeServiceName } from "../../servers/kubernetes/layout";
import type { DeclaredServer } from "../configuration/declared-server";
import type { ClusterArgs } from "./cluster-args";
import { hostTargets } from "./host-targets";
import { parseRouteAddress } from "./hosts";

/** The address of a pod for servers outside of its Kubernetes cluster. */
interface AddressAt {
  /** Path of the argument. */
  readonly path: string;
  readonly address: string;
  /** Path of the target whose nodes have the port; undefined if it is the port of a load balancer. */
  readonly nodes: string | undefined;
}

/** Returns the addresses of pods for servers outside of their Kubernetes cluster. */
function routeAddressesOf(args: ClusterArgs, servers: readonly DeclaredServer[]): pulumi.Output<AddressAt[]> {
  const targets = new Map(hostTargets(args).map((one) => [one.host, one]));
  return pulumi.all(
    servers.flatMap(({ path, host, pod }) => {
      const one = targets.get(host);
      if (pod?.routeAddress === undefined || one?.target.kind !== "kubernetes") {
        return [];
      }
      const type = pulumi.output(one.target.settings.routeServiceType);
      return [
        pulumi.all([pod.routeAddress, type]).apply(([address, known = "NodePort"]) => ({
          path: `${path}.routeAddresses[${pod.ordinal}]`,
          address,
          nodes: known === "NodePort" ? one.path : undefined,
        })),
      ];
    }),
  );
}

/** Checks the addresses of pods for servers outside of their Kubernetes cluster. */
export function routeAddressesDiagnostics(
  args: ClusterArgs,
  servers: readonly DeclaredServer[],
): pulumi.Output<readonly Diagnostic[]>[] {
  return [routeAddressesOf(args, servers).apply(addressesDiagnostics), pulumi.output(namesDiagnostics(servers))];
}

function addressesDiagnostics(all: readonly AddressAt[]): Diagnostic[] {
  return all.flatMap(({ path, address, nodes }, index) => {
    const former = all.slice(0, index);
    const port = parseRouteAddress(address)?.port;
    const isShared = former.some((other) => other.address === address);
    const hasSamePort =
      nodes !== undefined &&
      former.some((other) => other.nodes === nodes && parseRouteAddress(other.address)?.port === port);
    const problem =
      port === undefined
        ? "is not an IP address or DNS name with a port, by which other machines can reach a pod"
        : isShared
          ? "is the address of another pod, too"
          : hasSamePort
            ? `has port ${port}, like another pod: a port leads to the same pod on all nodes`
            : undefined;
    return diagnose({
      code: "NA2211",
      path,
      value: address,
      problem,
      remedy:
        'Use the address and port of a node or load balancer that leads to this pod alone, such as "192.0.2.10:31222".',
    });
  });
}

/** Finds pods whose Service for routes has the name of an entry on the same host. */
function namesDiagnostics(servers: readonly DeclaredServer[]): Diagnostic[] {
  return servers.flatMap(({ path, name, host, pod }) => {
    const isTaken =
      pod?.routeAddress !== undefined &&
      servers.some((other) => other.host === host && other.pod?.entry === routeServiceName(name));
    return diagnose({
      code: "NA2100",
      path,
      problem: isTaken ? `has a Service with the name of the entry ${routeServiceName(name)}` : undefined,
      remedy: "Rename one of the entries.",
    });
  });
}

/** The ports of nodes for Services, unless the API server is started with another `--service-node-port-range`. */
const NODE_PORTS = { first: 30_000, last: 32_767 };

/** Finds ports that most Kubernetes clusters refuse as ports of nodes. */
export function nodePortDiagnostics(addresses: readonly AddressAt[]): Diagnostic[] {
  return addresses.flatMap(({ path, address, nodes }) => {
    const { port = NODE_PORTS.first } = parseRouteAddress(address) ?? {};
    return diagnose({
      code: "NA2213",
      path,
      value: address,
      problem:
        nodes !== undefined && (port < NODE_PORTS.first || port > NODE_PORTS.last)
          ? `has a port outside of ${NODE_PORTS.first} to ${NODE_PORTS.last}, the default range for ports of nodes`
          : undefined,
      remedy:
        "Use a port of the range of the Kubernetes cluster. If the address is that of a load balancer, set `routeServiceType` of the target.",
    });
  });
}

/** Warns of ports that most Kubernetes clusters refuse as ports of nodes. @param subject what they belong to */
export function warnAboutNodePorts(
  subject: string,
  args: ClusterArgs,
  servers: readonly DeclaredServer[],
  cluster: pulumi.Resource,
): void {
  routeAddressesOf(args, servers).apply(async (all) => {
    const found = nodePortDiagnostics(all);
    await (found.length === 0 ? undefined : pulumi.log.warn(formatDiagnostics(subject, found), cluster));
  });
}
