import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PROTOCOL_NAMES, type Protocol } from "../../model/cluster/protocols";
import { omitUndefined } from "../../model/form/order";
import type { ListenerPorts, ServiceAccess } from "./listener-ports";

/** The name of the port of a Service for NATS clients. */
export const CLIENT_PORT_NAME = "nats";
/** The names of the other ports: at most 15 letters, digits and hyphens. */
export const PROTOCOL_PORT_NAMES = {
  leafNodes: "leafnodes",
  websocket: "websocket",
  mqtt: "mqtt",
} as const satisfies Readonly<Record<Protocol, string>>;

/** Returns how clients outside of the Kubernetes cluster reach a Service. */
export function accessTo({ spec, status }: kubernetes.core.v1.Service): ServiceAccess {
  // The preview of a new Service has made-up ports and no status: both are unknown.
  return {
    listenerNodePorts: pulumi.all([spec.ports, status]).apply(([ports]) => portsOfNodes(ports)),
    loadBalancer: pulumi.all([spec.type, status]).apply(([type, known]) => addressOf(type, known)),
  };
}

type Ports = kubernetes.types.output.core.v1.ServiceSpec["ports"];
/** A Service that a preview cannot ask Kubernetes about has none. */
type Status = Partial<kubernetes.types.output.core.v1.ServiceStatus> | undefined;

function portsOfNodes(ports: Ports): ListenerPorts {
  const named = new Map(ports.map(({ name, nodePort }) => [name, isMadeUp(nodePort) ? UNKNOWN : nodePort]));
  const ofProtocols = PROTOCOL_NAMES.map((protocol) => [protocol, named.get(PROTOCOL_PORT_NAMES[protocol])] as const);
  return omitUndefined<ListenerPorts>({
    clients: named.get(CLIENT_PORT_NAME),
    ...Object.fromEntries(ofProtocols),
  });
}

/** The first port that Kubernetes makes up in place of one that it assigns later: it is beyond its default range. */
const MADE_UP = 32_769;
const UNKNOWN = pulumi.unknown as unknown as number;

/** Whether a port of a Service that a preview changes can be another one after the update. */
function isMadeUp(port: number | undefined): boolean {
  return port !== undefined && port >= MADE_UP && pulumi.runtime.isDryRun();
}

/** Returns the first address of a load balancer, which has an IP address or a host name. */
function addressOf(type: string, status: Status): string | undefined {
  const [first] = type === "LoadBalancer" ? (status?.loadBalancer?.ingress ?? []) : [];
  return first?.ip ?? first?.hostname;
}
