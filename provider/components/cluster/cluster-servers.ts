import * as pulumi from "@pulumi/pulumi";
import { keyPath } from "../../diagnostics/diagnostic";
import { MODES, type DefaultServer, type Mode } from "../../model/cluster/servers";
import { sortEntries } from "../../model/form/order";
import { hasShape, isRecord } from "../../model/form/shape";
import { CLUSTER_SERVER, type ClusterServerArgs, type ClusterArgs } from "./cluster-args";
import { type ServerArgs } from "../configuration/server-args";
import type { ServerPorts, DeclaredServer } from "../configuration/declared-server";
import { portsByName } from "../configuration/declared-server";

const DEFAULT_PORTS: Readonly<Record<Mode, { readonly clientPort: number; readonly clusterPort: number }>> = {
  static: { clientPort: 4222, clusterPort: 6222 },
  operator: { clientPort: 4223, clusterPort: 6223 },
};

/** The distance of the two ports above. */
const TO_CLUSTER_PORT = 2_000;

/** Returns the servers of a cluster in a stable order: those in static mode first. Leaves out malformed ones. */
export function declaredServers({ servers, staticServer, operatorServer }: ClusterArgs): readonly DeclaredServer[] {
  if (servers === undefined) {
    return [
      { ...ofMode("static", staticServer), path: "staticServer" },
      { ...ofMode("operator", operatorServer), path: "operatorServer" },
    ];
  }
  const wellFormed = sortEntries(isRecord(servers) ? servers : {}).filter(([, args]) => hasShape(CLUSTER_SERVER, args));
  const declared = wellFormed.map(([name, args]): DeclaredServer => {
    const { mode, host } = args;
    return {
      name,
      mode,
      path: keyPath("servers", name),
      ports: portsNear(args),
      ...(host === undefined ? {} : { host }),
      ...settingsOf(args),
    };
  });
  return MODES.flatMap((mode) => declared.filter((server) => server.mode === mode));
}

/** Returns the server that is called by its mode. Malformed arguments are reported elsewhere. */
function ofMode(mode: DefaultServer, args: ServerArgs | undefined): Omit<DeclaredServer, "path"> {
  const given: ServerArgs = isRecord(args) ? args : {};
  return { name: mode, mode, ports: portsOf(mode, given), ...settingsOf(given) };
}

function settingsOf({ settings, tls }: ServerArgs): Pick<DeclaredServer, "settings" | "tls"> {
  return { ...(settings === undefined ? {} : { settings }), ...(tls === undefined ? {} : { tls }) };
}

function portsOf(mode: Mode, given: ServerArgs): ServerPorts {
  const { clientPort, clusterPort } = DEFAULT_PORTS[mode];
  return {
    clientPort: given.clientPort ?? clientPort,
    clusterPort: given.clusterPort ?? clusterPort,
    monitoringPort: given.monitoringPort,
    leafNodePort: given.leafNodePort,
    websocketPort: given.websocketPort,
    mqttPort: given.mqttPort,
  };
}

/** The port for routes depends on the one for clients, so that several servers of one mode need one port each. */
function portsNear({ mode, ...given }: ClusterServerArgs): ServerPorts {
  const { clientPort = DEFAULT_PORTS[mode].clientPort } = given;
  const clusterPort = pulumi.output(clientPort).apply((port) => port + TO_CLUSTER_PORT);
  return portsOf(mode, { clusterPort, ...given, clientPort });
}

/** Returns the ports of all servers of each host, by the path of their argument. */
export function portsOfHosts(servers: readonly DeclaredServer[]): Record<string, pulumi.Input<number>>[] {
  return [...groupByHost(servers).values()].map((group) =>
    Object.fromEntries(group.flatMap(({ path, ports }) => Object.entries(portsByName(path, ports)))),
  );
}

/** Returns servers by the host on which they run; undefined is the only one of a cluster without hosts. */
export function groupByHost<Server extends DeclaredServer>(
  servers: readonly Server[],
): ReadonlyMap<string | undefined, readonly Server[]> {
  const names = [...new Set(servers.map(({ host }) => host))];
  return new Map(names.map((name) => [name, servers.filter(({ host }) => host === name)]));
}
