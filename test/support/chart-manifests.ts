import { renderConfig, type PlainValues } from "./chart";

/** Patches of the values: the chart adds their objects to lists of its own. */
interface Patched {
  readonly container: { readonly patch: readonly { readonly value: object }[] };
  readonly podTemplate: {
    readonly merge: { readonly metadata: object };
    readonly patch: readonly { readonly value: object }[];
  };
}

const PORTS = { nats: 4222, cluster: 6222, monitor: 8222 };

/** A probe of the monitoring port. */
const probe = (path: string, failureThreshold: number) => ({
  httpGet: { path, port: "monitor" },
  periodSeconds: 2,
  timeoutSeconds: 5,
  failureThreshold,
});

/**
 * Manifests in the shape in which the chart in version 2.14.2 renders them, without its reloader and its tools: for machines
 * without the chart.
 */
export function storedManifests(values: PlainValues, image: string): string {
  const { container, podTemplate, extraResources = [] } = values as PlainValues & Patched;
  const name = values.fullnameOverride;
  const labels = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/instance": name };
  const metadata = (suffix = "") => ({ name: `${name}${suffix}`, labels });
  const patches = (from: { readonly patch: readonly { readonly value: object }[] }) =>
    from.patch.map(({ value }) => value);
  const nats = {
    name: "nats",
    image,
    imagePullPolicy: "IfNotPresent",
    args: ["--config", "/etc/nats-config/nats.conf"],
    ports: Object.entries(PORTS).map(([port, containerPort]) => ({ name: port, containerPort })),
    env: [
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "SERVER_NAME", value: "$(POD_NAME)" },
    ],
    lifecycle: { preStop: { exec: { command: ["nats-server", "-sl=ldm=/var/run/nats/nats.pid"] } } },
    startupProbe: probe("/healthz", 90),
    readinessProbe: probe("/healthz?js-server-only=true", 3),
    volumeMounts: [
      { name: "config", mountPath: "/etc/nats-config" },
      { name: "pid", mountPath: "/var/run/nats" },
      ...patches(container),
    ],
  };
  const volumes = [
    { name: "config", configMap: { name: `${name}-config` } },
    { name: "pid", emptyDir: {} },
    ...patches(podTemplate),
  ];
  const service = (ports: readonly (keyof typeof PORTS)[]) => ({
    selector: labels,
    ports: ports.map((port) => ({ name: port, port: PORTS[port], targetPort: port })),
  });
  const items = [
    { apiVersion: "v1", kind: "ConfigMap", metadata: metadata("-config"), data: { "nats.conf": renderConfig(values) } },
    { apiVersion: "v1", kind: "Service", metadata: metadata(), spec: service(["nats"]) },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata("-headless"),
      spec: { ...service(["nats", "cluster", "monitor"]), clusterIP: "None", publishNotReadyAddresses: true },
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: metadata(),
      spec: {
        selector: { matchLabels: labels },
        replicas: values.config.cluster?.replicas ?? 1,
        serviceName: `${name}-headless`,
        podManagementPolicy: "Parallel",
        template: {
          metadata: { labels, ...podTemplate.merge.metadata },
          spec: { containers: [nats], enableServiceLinks: false, terminationGracePeriodSeconds: 60, volumes },
        },
      },
    },
    ...extraResources,
  ];
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
