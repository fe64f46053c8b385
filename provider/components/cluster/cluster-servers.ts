import * as pulumi from "@pulumi/pulumi";
import { keyPath } from "../../diagnostics/diagnostic";
import { MODES, type DefaultServer, type Mode } from "../../model/cluster/servers";
import { groupBy, sortEntries } from "../../model/form/order";
import { hasShape, isRecord } from "../../model/form/shape";
import { CLUSTER_SERVER, type ClusterServerArgs, type ClusterArgs } from "./cluster-args";
import { expandEntry, isReplicaCount } from "./pods";
import { reachesPods, targetOf } from "./host-targets";
import { resolveTarget, type KnownTarget } from "./target";
import { type ServerArgs } from "../configuration/server-args";
import type { ServerPorts, DeclaredServer } from "../configuration/declared-server";
import { portsByName } from "../configuration/declared-server";

type DefaultPorts = Pick<ServerPorts, "monitoringPort"> & Readonly<Record<"clientPort" | "clusterPort", number>>;

/** Servers on the same machine need ports of their own. */
const DEFAULT_PORTS: Readonly<Record<Mode, DefaultPorts>> = {
  static: { clientPort: 4222, clusterPort: 6222, monitoringPort: undefined },
  operator: { clientPort: 4223, clusterPort: 6223, monitoringPort: undefined },
};

/** Each pod has an address of its own. Kubernetes asks the monitoring port for the health of the server. */
const POD_PORTS: DefaultPorts = { clientPort: 4222, clusterPort: 6222, monitoringPort: 8222 };

/** The distance of the two ports above. */
const TO_CLUSTER_PORT = 2_000;

/**
 * Returns the servers of a cluster in a stable order: those in static mode first. Leaves out malformed ones. Each entry of `servers` is
 * one server; in Kubernetes, it is one for each of its replicas.
 */
export function declaredServers(args: ClusterArgs, clusterName: pulumi.Output<string>): readonly DeclaredServer[] {
  return declaredEntries(args).flatMap(({ server, replicas, routeAddresses }) => {
    const target = targetOf(args, server.host);
    return target.kind === "kubernetes"
      ? expandEntry(server, replicas, target.settings, clusterName, reachesPods(args) ? routeAddresses : [])
      : [server];
  });
}

/** An entry of `servers`. */
interface DeclaredEntry {
  readonly server: DeclaredServer;
  /** Number of pods. */
  readonly replicas: number;
  /** Addresses of the pods for servers outside of the Kubernetes cluster. */
  readonly routeAddresses?: readonly pulumi.Input<string>[];
}

function declaredEntries(args: ClusterArgs): readonly DeclaredEntry[] {
  const { servers, staticServer, operatorServer } = args;
  if (servers === undefined) {
    const target = resolveTarget(args.target);
    return [
      { server: { ...ofMode("static", target, staticServer), path: "staticServer" }, replicas: 1 },
      { server: { ...ofMode("operator", target, operatorServer), path: "operatorServer" }, replicas: 1 },
    ];
  }
  const wellFormed = sortEntries(isRecord(servers) ? servers : {}).filter(([, args]) => hasShape(CLUSTER_SERVER, args));
  const declared = wellFormed.map(([name, given]): DeclaredEntry => {
    const { mode, host, replicas, routeAddresses = [] } = given;
    const server = {
      name,
      mode,
      path: keyPath("servers", name),
      ports: portsNear(given, targetOf(args, host)),
      ...(host === undefined ? {} : { host }),
      ...settingsOf(given),
    };
    return { server, replicas: isReplicaCount(replicas) ? replicas : 1, routeAddresses };
  });
  return MODES.flatMap((mode) => declared.filter(({ server }) => server.mode === mode));
}

/** Returns the server that is called by its mode. Malformed arguments are reported elsewhere. */
function ofMode(mode: DefaultServer, target: KnownTarget, args: ServerArgs | undefined): Omit<DeclaredServer, "path"> {
  const given: ServerArgs = isRecord(args) ? args : {};
  return { name: mode, mode, ports: portsOf(defaultPorts(mode, target), given), ...settingsOf(given) };
}

function settingsOf({ settings, tls, remotes }: ServerArgs): Pick<DeclaredServer, "settings" | "tls" | "remotes"> {
  return {
    ...(settings === undefined ? {} : { settings }),
    ...(tls === undefined ? {} : { tls }),
    ...(remotes === undefined ? {} : { remotes }),
  };
}

function defaultPorts(mode: Mode, { kind }: KnownTarget): DefaultPorts {
  switch (kind) {
    case "docker":
    case "process":
      return DEFAULT_PORTS[mode];
    case "kubernetes":
      return POD_PORTS;
  }
}

function portsOf({ clientPort, clusterPort, monitoringPort }: DefaultPorts, given: ServerArgs): ServerPorts {
  return {
    clientPort: given.clientPort ?? clientPort,
    clusterPort: given.clusterPort ?? clusterPort,
    monitoringPort: given.monitoringPort ?? monitoringPort,
    leafNodePort: given.leafNodePort,
    websocketPort: given.websocketPort,
    mqttPort: given.mqttPort,
  };
}

/** The port for routes depends on the one for clients, so that several servers of one mode need one port each. */
function portsNear({ mode, ...given }: ClusterServerArgs, target: KnownTarget): ServerPorts {
  const defaults = defaultPorts(mode, target);
  if (target.kind === "kubernetes") {
    return portsOf(defaults, given);
  }
  const { clientPort = defaults.clientPort } = given;
  const clusterPort = pulumi.output(clientPort).apply((port) => port + TO_CLUSTER_PORT);
  return portsOf(defaults, { clusterPort, ...given, clientPort });
}

/** Returns the ports of all servers of each host, by the path of their argument. Each pod is a host of its own. */
export function portsOfHosts(servers: readonly DeclaredServer[]): Record<string, pulumi.Input<number>>[] {
  return [...groupBy(servers, ({ host, pod }) => JSON.stringify([host, pod?.entry])).values()].map((group) =>
    Object.fromEntries(group.flatMap(({ path, ports }) => Object.entries(portsByName(path, ports)))),
  );
}

/** Returns servers by the host on which they run; undefined is the only one of a cluster without hosts. */
export function groupByHost<Server extends DeclaredServer>(
  servers: readonly Server[],
): ReadonlyMap<string | undefined, readonly Server[]> {
  return groupBy(servers, ({ host }) => host);
}
