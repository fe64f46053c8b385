import * as pulumi from "@pulumi/pulumi";
import { plaintextPorts, type ListenerKind, type OpenPort, type PlaintextPort } from "../../model/cluster/tls";
import { PROTOCOL_NAMES, PROTOCOL_PORT } from "../../model/cluster/protocols";
import type { DeclaredServer } from "./declared-server";
import type { ResolvedTls } from "./tls";

/** A server, and what decides whether its ports use TLS. */
interface ListeningServer extends Pick<DeclaredServer, "name" | "ports"> {
  readonly addresses: Readonly<Record<"bindAddress" | "clusterAddress" | "monitoringAddress", pulumi.Input<string>>>;
  readonly resolvedTls: ResolvedTls | undefined;
  /** Whether others than the servers of the same docker network reach its port for routes. */
  readonly opensRoutes: boolean;
}

/** Finds the ports that others than the same machine reach without TLS. */
export function findPlaintextPorts(servers: readonly ListeningServer[]): pulumi.Output<readonly PlaintextPort[]> {
  return pulumi.all(servers.map(openPortsOf)).apply((all) => plaintextPorts(all.flat()));
}

function openPortsOf({
  name,
  ports,
  addresses,
  resolvedTls,
  opensRoutes,
}: ListeningServer): pulumi.Output<readonly OpenPort[]> {
  const { clientPort, clusterPort, monitoringPort } = ports;
  const ofProtocols = PROTOCOL_NAMES.flatMap((protocol) => {
    const { [PROTOCOL_PORT[protocol]]: port } = ports;
    return port === undefined ? [] : [[protocol, port] as const];
  });
  const { bindAddress, clusterAddress, monitoringAddress } = addresses;
  const tlsOf = (kind: ListenerKind): pulumi.Input<OpenPort["tls"]> => {
    if (resolvedTls?.has[kind] !== true) {
      return "never";
    }
    // nats-server has one setting for NATS and MQTT clients.
    return kind === "clients" || kind === "mqtt"
      ? resolvedTls.allowsPlaintext.apply((allows) => (allows ? "partly" : "always"))
      : "always";
  };
  const at = (kind: ListenerKind, address: pulumi.Input<string>, port: pulumi.Input<number>) =>
    pulumi.output({ server: name, kind, address, port, tls: tlsOf(kind) });
  return pulumi.all([
    at("clients", bindAddress, clientPort),
    ...(opensRoutes ? [at("routes", clusterAddress, clusterPort)] : []),
    ...ofProtocols.map(([protocol, port]) => at(protocol, bindAddress, port)),
    ...(monitoringPort === undefined ? [] : [at("monitoring", monitoringAddress, monitoringPort)]),
  ]);
}
