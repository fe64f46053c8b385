import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { softMemoryLimit } from "../../kubernetes/quantities";
import { PROTOCOL_NAMES, PROTOCOL_PORT } from "../../model/cluster/protocols";
import {
  ARGUMENTS,
  CONFIG_FOLDER,
  CONFIG_MODE,
  CONFIG_VOLUME,
  CONTAINER,
  LAME_DUCK_COMMAND,
  POD_NAME,
  SERVER_USER,
  STORE,
  STORE_VOLUME,
} from "../../servers/kubernetes/layout";
import { CLIENT_PORT_NAME, PROTOCOL_PORT_NAMES } from "./client-services";
import type { UnplacedServer } from "./server-places";
import type { KubernetesTarget } from "./target";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;
type Container = kubernetes.types.input.core.v1.Container;
type EnvVar = kubernetes.types.input.core.v1.EnvVar;
type Probe = kubernetes.types.input.core.v1.Probe;

/** Settings of a server that its pod depends on. */
export interface PodTerms {
  /** What precedes the paths of all monitoring endpoints. */
  readonly monitoringBasePath: pulumi.Input<string>;
  /** Seconds that the server takes to disconnect its clients when it stops. */
  readonly lameDuckSeconds: pulumi.Input<number>;
}

/** Arguments of {@link podSpec}. */
export interface PodSpecArgs {
  readonly target: KubernetesTarget;
  readonly image: pulumi.Input<string>;
  /** Name of the Secret with the configurations. */
  readonly secret: pulumi.Input<string>;
  /** Selects the pods of all servers, which are spread over nodes and zones. */
  readonly selector: Readonly<Record<string, pulumi.Input<string>>>;
  /** Whether the servers store streams. */
  readonly stores: boolean;
  readonly terms: PodTerms;
}

/** Seconds between the end of lame duck mode and the end of the server. */
const STOP_SECONDS = 15;

/** The pod of a server. It does not depend on its number: all pods of an entry have the same template. */
export function podSpec(server: UnplacedServer, args: PodSpecArgs): PodSpec {
  const { target, secret, selector, stores, terms } = args;
  const { imagePullSecrets } = target;
  return {
    containers: [container(server, args)],
    volumes: [{ name: CONFIG_VOLUME, secret: { secretName: secret, defaultMode: CONFIG_MODE } }],
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: SERVER_USER,
      runAsGroup: SERVER_USER,
      // Makes the configurations readable, and the volume writable.
      fsGroup: SERVER_USER,
      ...(stores ? { fsGroupChangePolicy: "OnRootMismatch" } : {}),
      seccompProfile: { type: "RuntimeDefault" },
    },
    terminationGracePeriodSeconds: pulumi.output(terms.lameDuckSeconds).apply((seconds) => seconds + STOP_SECONDS),
    topologySpreadConstraints: [
      {
        topologyKey: "kubernetes.io/hostname",
        maxSkew: 1,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selector },
      },
    ],
    affinity: preferOtherZones(selector),
    ...(imagePullSecrets === undefined
      ? {}
      : { imagePullSecrets: (pulumi.output(imagePullSecrets) as pulumi.Output<unknown>).apply(toReferences) }),
  };
}

/**
 * Returns the affinity that spreads pods over zones. A second soft constraint for zones would turn off the one for nodes where nodes
 * have no zone: the scheduler scores only nodes with the labels of all of them.
 */
function preferOtherZones(selector: PodSpecArgs["selector"]): NonNullable<PodSpec["affinity"]> {
  const podAffinityTerm = { topologyKey: "topology.kubernetes.io/zone", labelSelector: { matchLabels: selector } };
  return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] } };
}

/** Returns references to Secrets. The gate stays closed for anything but names. */
function toReferences(names: unknown): { readonly name: string }[] {
  return Array.isArray(names) ? names.map((name: string) => ({ name })) : [];
}

function container(server: UnplacedServer, { target, image, stores, terms }: PodSpecArgs): Container {
  const { resources } = target;
  const store = stores ? [{ name: STORE_VOLUME, mountPath: STORE }] : [];
  return {
    name: CONTAINER,
    image,
    args: [...ARGUMENTS],
    env: environment(target),
    ports: [...servedPorts(server), ...internalPorts(server)].map(({ name, port }) => ({ name, containerPort: port })),
    ...(resources === undefined ? {} : { resources }),
    volumeMounts: [{ name: CONFIG_VOLUME, mountPath: CONFIG_FOLDER, readOnly: true }, ...store],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    ...probes(server, terms),
    lifecycle: { preStop: { exec: { command: [...LAME_DUCK_COMMAND] } } },
  };
}

function environment({ resources }: KubernetesTarget): EnvVar[] {
  const memory = resources?.limits?.memory;
  return [
    { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ...(memory === undefined
      ? []
      : [{ name: "GOMEMLIMIT", value: pulumi.output(memory).apply((limit) => String(softMemoryLimit(limit) ?? "")) }]),
  ];
}

/** A port of a server. */
interface NamedPort {
  readonly name: string;
  readonly port: pulumi.Input<number>;
}

/** A port of a Service. */
interface ServicePort extends NamedPort {
  readonly appProtocol: string;
}

/**
 * The protocol of ports of Services, other than those for WebSocket. Service meshes wait for the first bytes of a client to recognize a
 * protocol by themselves, but a client of NATS waits for those of the server, also with TLS.
 */
export const APP_PROTOCOL = "tcp";

/** Returns the ports for clients of all protocols. */
function servedPorts({ ports }: UnplacedServer): NamedPort[] {
  const ofProtocols = PROTOCOL_NAMES.flatMap((protocol): NamedPort[] => {
    const { [PROTOCOL_PORT[protocol]]: port } = ports;
    return port === undefined ? [] : [{ name: PROTOCOL_PORT_NAMES[protocol], port }];
  });
  return [{ name: CLIENT_PORT_NAME, port: ports.clientPort }, ...ofProtocols];
}

/** Returns the ports of the Service for clients. */
export function servicePorts(server: UnplacedServer): ServicePort[] {
  const ofWebsocket = server.resolvedTls?.has.websocket === true ? "https" : "http";
  return servedPorts(server).map((port) => ({
    ...port,
    appProtocol: port.name === PROTOCOL_PORT_NAMES.websocket ? ofWebsocket : APP_PROTOCOL,
  }));
}

/** Returns the ports for the other servers and for Kubernetes itself. */
function internalPorts({ ports: { clusterPort, monitoringPort } }: UnplacedServer): NamedPort[] {
  return [
    { name: "cluster", port: clusterPort },
    ...(monitoringPort === undefined ? [] : [{ name: "monitoring", port: monitoringPort }]),
  ];
}

/** Seconds in which a server must accept clients after its start: one with many streams reads them first. */
const START_SECONDS = 600;
const START_PERIOD = 2;
/** Asks whether a server accepts clients, whatever the state of streams. */
const ACCEPTS = "?js-server-only=true";

/**
 * A server has started and is ready while it accepts clients. The chart of NATS has another startup probe, which also asks for the health
 * of every stream and consumer: Kubernetes would end a server again and again that works except for one of them, or that the others need
 * for their quorum (nats-io/k8s issue 1140). An update waits for streams itself. Kubernetes does not verify the certificate of the
 * endpoint.
 */
function probes(
  { ports: { monitoringPort = 0 }, resolvedTls }: UnplacedServer,
  { monitoringBasePath }: PodTerms,
): Pick<Container, "startupProbe" | "livenessProbe" | "readinessProbe"> {
  const scheme = resolvedTls?.has.monitoring === true ? "HTTPS" : "HTTP";
  const ask = (query: string, times: Probe): Probe => ({
    httpGet: { path: pulumi.interpolate`${monitoringBasePath}/healthz${query}`, port: monitoringPort, scheme },
    timeoutSeconds: 5,
    ...times,
  });
  return {
    startupProbe: ask(ACCEPTS, { periodSeconds: START_PERIOD, failureThreshold: START_SECONDS / START_PERIOD }),
    livenessProbe: ask("?js-enabled-only=true", { periodSeconds: 30, failureThreshold: 3 }),
    readinessProbe: ask(ACCEPTS, { periodSeconds: 10, failureThreshold: 3 }),
  };
}
