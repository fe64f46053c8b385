import * as pulumi from "@pulumi/pulumi";
import type { PlaintextPort } from "../../model/cluster/tls";
import { urlHost } from "../configuration/addresses";
import { findPlaintextRemotes } from "../configuration/remote-checks";
import { findPlaintextPorts } from "../configuration/plaintext-ports";
import type { TlsServer } from "../configuration/tls-diagnostics";
import type { ClusterArgs } from "./cluster-args";
import { targetOf } from "./host-targets";
import { clientHost, hasSeveralHosts, routeAddress } from "./hosts";
import type { UnplacedServer } from "./server-places";
import { onePerEntry, serviceHost } from "./pods";

/**
 * Finds the ports of a cluster that others than the same machine reach without TLS. Docker networks are not reached from outside;
 * the network of pods leads from machine to machine, and belongs to all pods.
 */
export function clusterPlaintextPorts(
  args: ClusterArgs,
  servers: readonly UnplacedServer[],
): pulumi.Output<readonly PlaintextPort[]> {
  const isAlone = args.jetstream !== undefined && servers.length === 1;
  const named = onePerEntry(servers).map((server) => ({
    ...server,
    name: server.pod?.entry ?? server.name,
    opensRoutes: !isAlone && publishesRoutes(args, server),
  }));
  return pulumi.all([findPlaintextPorts(named), findPlaintextRemotes(named)]).apply((lists) => lists.flat());
}

/** Returns whether others than the servers in a docker network reach the ports for routes. */
function publishesRoutes(args: ClusterArgs, { host }: UnplacedServer): boolean {
  switch (targetOf(args, host).kind) {
    case "docker":
      return hasSeveralHosts(args) || args.clusterAddress !== undefined;
    case "process":
    case "kubernetes":
      return true;
  }
}

/** Adds the hosts by which clients and the other servers reach each server: its certificates must be valid for them. */
export function reachedServers(
  args: ClusterArgs,
  servers: readonly UnplacedServer[],
  clusterName: pulumi.Output<string>,
): readonly TlsServer[] {
  return servers.map((server) => {
    const others = servers.filter((other) => other !== server);
    const near = others.some(({ host }) => host === server.host) ? [nearHost(args, server)] : [];
    const far = others.some(({ host }) => host !== server.host)
      ? [routeAddress(args, server).apply(({ address }) => address)]
      : [];
    const hosts = pulumi
      .all([pulumi.all(clientHosts(args, server, clusterName)), pulumi.all([...near, ...far])])
      // An address that is missing or malformed is a problem of its own.
      .apply(([clients, routes]) => ({ clients, routes: routes.filter((host) => host !== "") }));
    return { ...server, resolved: server.resolvedTls, hosts };
  });
}

/** Returns the host by which servers on the same machine, or in the same network, reach a server. */
function nearHost(args: ClusterArgs, { host, name, addresses, pod }: UnplacedServer): pulumi.Output<string> {
  switch (targetOf(args, host).kind) {
    case "docker":
      return pulumi.output(name);
    case "process":
      return pulumi.output(addresses.clusterAddress).apply(urlHost);
    case "kubernetes":
      return pod?.host ?? pulumi.output(name);
  }
}

/** Returns the hosts by which clients reach a server: in Kubernetes also that of its Service. */
function clientHosts(
  args: ClusterArgs,
  server: UnplacedServer,
  clusterName: pulumi.Output<string>,
): pulumi.Output<string>[] {
  const { kind, settings } = targetOf(args, server.host);
  const own = clientHost(args, server);
  return kind === "kubernetes" && server.pod !== undefined
    ? [own, serviceHost(settings, clusterName, server.pod.entry)]
    : [own];
}
