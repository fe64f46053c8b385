import * as pulumi from "@pulumi/pulumi";
import type { PlaintextPort } from "../../model/cluster/tls";
import { urlHost } from "../configuration/addresses";
import { findPlaintextPorts } from "../configuration/plaintext-ports";
import type { TlsServer } from "../configuration/tls-diagnostics";
import type { ClusterArgs } from "./cluster-args";
import { clientHost, hasSeveralHosts, machineAddress } from "./hosts";
import type { UnplacedServer } from "./server-places";
import { processTarget } from "./target";

/** Finds the ports of a cluster that others than the same machine reach without TLS. Docker networks are not reached from outside. */
export function clusterPlaintextPorts(
  args: ClusterArgs,
  servers: readonly UnplacedServer[],
): pulumi.Output<readonly PlaintextPort[]> {
  const isAlone = args.jetstream !== undefined && servers.length === 1;
  const isPublished = hasSeveralHosts(args) || args.clusterAddress !== undefined;
  const opensRoutes = !isAlone && (processTarget(args.target) !== undefined || isPublished);
  return findPlaintextPorts(servers.map((server) => ({ ...server, opensRoutes })));
}

/** Adds the hosts by which clients and the other servers reach each server: its certificates must be valid for them. */
export function reachedServers(args: ClusterArgs, servers: readonly UnplacedServer[]): readonly TlsServer[] {
  const isLocal = processTarget(args.target) !== undefined;
  return servers.map((server) => {
    const others = servers.filter((other) => other !== server);
    const near = isLocal ? pulumi.output(server.addresses.clusterAddress).apply(urlHost) : pulumi.output(server.name);
    const routes = [
      ...(others.some(({ host }) => host === server.host) ? [near] : []),
      ...(others.some(({ host }) => host !== server.host) ? [machineAddress(args, server.host)] : []),
    ];
    const hosts = pulumi.all([clientHost(args, server), pulumi.all(routes)]).apply(([client, peers]) => ({
      clients: [client],
      routes: peers,
    }));
    return { ...server, resolved: server.resolvedTls, hosts };
  });
}
