import type * as pulumi from "@pulumi/pulumi";

/** Ports that lead to a Service, by their protocol; undefined for those that it does not have. */
export interface ListenerPorts {
  /** For NATS clients. */
  readonly clients?: number;
  /** For leaf nodes. */
  readonly leafNodes?: number;
  /** For NATS clients over WebSocket. */
  readonly websocket?: number;
  /** For MQTT clients. */
  readonly mqtt?: number;
}

/** How clients outside of the Kubernetes cluster reach a Service. */
export interface ServiceAccess {
  /** Ports of every node that lead to the Service. */
  readonly listenerNodePorts: pulumi.Output<ListenerPorts>;
  /** Address of the load balancer; undefined if there is none, or if it has no address yet. */
  readonly loadBalancer: pulumi.Output<string | undefined>;
}
