import { AUTHORITIES, renderConfig, tlsVolumes, type PlainValues } from "./chart";
import { helmTemplate, serverImage, type Namespace } from "./kubernetes";

/** Patches of the values, if they contain files: the chart adds their objects to lists of its own. */
interface Patched {
  readonly container?: { readonly patch: readonly { readonly value: object }[] };
  readonly podTemplate: {
    readonly merge: { readonly metadata: object };
    readonly patch?: readonly { readonly value: object }[];
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

/** The image of the chart's reloader. */
const RELOADER_IMAGE = "natsio/nats-server-config-reloader:0.23.0";
/** The folder of the reloader that was built here, in its container. */
const RELOADER_FOLDER = "/reloader";

/** What differs between manifests for the same values. */
export interface ManifestOptions {
  /**
   * Whether the chart's reloader runs in each pod, which makes the server reload changed files.
   *
   * @default false
   */
  readonly reloader?: boolean;
}

/** The reloader of a cluster that cannot pull its image: the program in a folder of the node, in a container without another file. */
function builtReloader() {
  const { CONFIG_RELOADER: path = "" } = process.env;
  if (path === "") {
    return undefined;
  }
  const name = "reloader";
  return {
    image: serverImage(),
    command: [`${RELOADER_FOLDER}/nats-server-config-reloader`],
    mount: { name, mountPath: RELOADER_FOLDER, readOnly: true },
    volume: { name, hostPath: { path } },
  };
}

/**
 * Returns the manifests of a release, without its tools and volumes: of the chart if it is at hand, otherwise those that it rendered when
 * the tests were written.
 */
export async function manifestsOf(
  release: string,
  namespace: Namespace,
  values: PlainValues,
  { reloader = false }: ManifestOptions = {},
): Promise<string> {
  const { container = {}, podTemplate, config } = values as PlainValues & Patched;
  const image = { fullImageName: serverImage(), pullPolicy: "IfNotPresent" };
  const jetstream = { ...config.jetstream, fileStore: { enabled: true, pvc: { enabled: false } } };
  const built = reloader ? builtReloader() : undefined;
  const add = (path: string, value: object) => ({ op: "add", path, value });
  const all = {
    ...values,
    natsBox: { enabled: false },
    reloader:
      built === undefined
        ? { enabled: reloader }
        : {
            enabled: true,
            image: { fullImageName: built.image, pullPolicy: "IfNotPresent" },
            merge: { command: built.command },
            patch: [add("/volumeMounts/-", built.mount)],
          },
    ...(built === undefined
      ? {}
      : {
          podTemplate: { ...podTemplate, patch: [...(podTemplate.patch ?? []), add("/spec/volumes/-", built.volume)] },
        }),
    config: config.jetstream === undefined ? config : { ...config, jetstream },
    container: { ...container, image },
  };
  return (await helmTemplate(release, namespace.name, all)) ?? storedManifests(values, serverImage(), reloader);
}

/**
 * Manifests in the shape in which the chart in version 2.14.2 renders them, without its tools: for machines without the
 * chart.
 */
function storedManifests(values: PlainValues, image: string, hasReloader: boolean): string {
  const { container, podTemplate, extraResources = [] } = values as PlainValues & Patched;
  const name = values.fullnameOverride;
  const labels = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/instance": name };
  const metadata = (suffix = "") => ({ name: `${name}${suffix}`, labels });
  const patches = (from: { readonly patch?: readonly { readonly value: object }[] } = {}) =>
    (from.patch ?? []).map(({ value }) => value);
  const certificates = certificateVolumes(values);
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
      ...certificates.map(({ mount }) => mount),
      ...patches(container),
    ],
  };
  const volumes = [
    { name: "config", configMap: { name: `${name}-config` } },
    { name: "pid", emptyDir: {} },
    ...certificates.map(({ volume }) => volume),
    ...patches(podTemplate),
  ];
  const reloader = hasReloader ? storedReloader(values, nats.volumeMounts) : undefined;
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
          spec: {
            containers: [nats, ...(reloader === undefined ? [] : [reloader.container])],
            enableServiceLinks: false,
            terminationGracePeriodSeconds: 60,
            volumes: [...volumes, ...(reloader?.volumes ?? [])],
            ...(reloader === undefined ? {} : { shareProcessNamespace: true }),
          },
        },
      },
    },
    ...extraResources,
  ];
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

/** The volumes with authorities and certificates, and where they are mounted. */
function certificateVolumes(values: PlainValues) {
  const { tlsCA } = values;
  const secrets = [
    ...(tlsCA === undefined ? [] : [{ name: "tls-ca", secretName: tlsCA.secretName, folder: AUTHORITIES }]),
    ...tlsVolumes(values).map(({ name, secretName, folder }) => ({ name: `${name}-tls`, secretName, folder })),
  ];
  return secrets.map(({ name, secretName, folder }) => ({
    volume: { name, secret: { secretName } },
    mount: { name, mountPath: folder },
  }));
}

/** The container of the chart's reloader, which watches included files, certificates and keys. */
function storedReloader(values: PlainValues, mounts: readonly object[]) {
  const built = builtReloader();
  const included = Object.keys(values.extraResources?.[0]?.stringData ?? {}).filter(
    (file) => !file.startsWith("remote-"),
  );
  const files = [
    "/etc/nats-config/nats.conf",
    ...included.map((file) => `/etc/nats-auth/${file}`),
    ...tlsVolumes(values).flatMap(({ files: ofConnections }) => Object.values(ofConnections)),
  ];
  const inEtc = mounts.filter((mount) => (mount as { mountPath: string }).mountPath.startsWith("/etc/"));
  return {
    container: {
      name: "reloader",
      image: built?.image ?? RELOADER_IMAGE,
      imagePullPolicy: "IfNotPresent",
      ...(built === undefined ? {} : { command: built.command }),
      args: ["-pid", "/var/run/nats/nats.pid", ...files.flatMap((file) => ["-config", file])],
      volumeMounts: [
        { name: "pid", mountPath: "/var/run/nats" },
        ...inEtc,
        ...(built === undefined ? [] : [built.mount]),
      ],
    },
    volumes: built === undefined ? [] : [built.volume],
  };
}
