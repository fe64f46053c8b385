import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { startupListener, type Listener } from "../../config/listener";
import { renderRoutesConfig, type Peer } from "../../config/routes";
import { diagnose, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import {
  helmDiagnostics,
  helmSizeDiagnostics,
  parseRendered,
  toHelmConfig,
  type HelmObject,
} from "../../kubernetes/helm-values";
import type { Section } from "../../language/section";
import { clusterNameDiagnostics } from "../../model/cluster/cluster";
import { MODE_SHAPE, MODES, type Mode } from "../../model/cluster/servers";
import { omitUndefined } from "../../model/form/order";
import { anyValue, checkShape, objectOf, optional, stringShape, type Shape } from "../../model/form/shape";
import type { AuthConfigurationArgs } from "./auth-configuration-args";
import { CLIENT_PORT, CLUSTER_PORT, routePassword, STORE_FOLDER } from "./configured-servers";
import { configRenderer, createListener, startupSettings, type ListenerSettings } from "./model";
import {
  authoritiesValues,
  HELM_TLS,
  helmTlsDiagnostics,
  helmTlsValues,
  warnAboutHubPins,
  type HelmTls,
  type HelmTlsValues,
} from "./helm-tls";
import type { ResolvedRemotes } from "./remotes";
import { textOf } from "./server-args";
import { helmRemoteFiles, helmRemotesDiagnostics, resolveHelmRemotes, VOLUME, withHelmRemotes } from "./helm-remotes";
import { effectiveSettings } from "./server-settings";
import { normalizeStorage, sortProxyKeys } from "./shared-settings";
import { afterGate, validate, waitForGates, type Gate } from "../validation";
import { labelDiagnostics } from "../../kubernetes/labels";

/** A release of the Helm chart of NATS: a StatefulSet of servers of one mode. */
export interface HelmRelease {
  /**
   * Name of the StatefulSet, and of what belongs to it (`fullnameOverride`): a DNS label of at most 52 characters. Its pods are
   * `<name>-0`, `<name>-1`, …
   */
  readonly name: string;
  /**
   * Number of servers.
   *
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Namespace of the release.
   *
   * @default that of the other release
   */
  readonly namespace?: string;
}

/** The releases whose servers form a cluster. */
export interface HelmReleases {
  /** Release of the servers in static mode. */
  readonly static?: HelmRelease;
  /** Release of the servers in operator mode. */
  readonly operator?: HelmRelease;
}

/** Arguments of `AuthConfiguration.helmValues`. */
export interface HelmValuesArgs {
  /**
   * The releases whose servers form the cluster, at most one of each mode: all values contain the routes between their pods. Required if
   * the configuration has `remotes`.
   *
   * Plain, because it determines the names of resources.
   *
   * @default none: the values contain no routes
   */
  readonly releases?: HelmReleases;
  /**
   * TLS of the servers of the release, with certificates in Secrets that something else creates, such as cert-manager. `tls` of the
   * configuration belongs to its `servers`.
   *
   * Plain, except for names and options, because it determines which values there are.
   *
   * @default none, unless other values of the release configure it
   */
  readonly tls?: HelmTls;
}

/** A Secret in the values of the chart. */
export interface ExtraSecret {
  /** Always `v1`. */
  readonly apiVersion: "v1";
  /** Always `Secret`. */
  readonly kind: "Secret";
  /** Its name. */
  readonly metadata: {
    /** Its name. */
    readonly name: string;
  };
  /** The content of each file. */
  readonly stringData: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Annotations of pods. */
export interface HelmAnnotations {
  /** The metadata of pods. */
  readonly metadata: {
    /** The annotations, by name. */
    readonly annotations: Readonly<Record<string, pulumi.Output<string>>>;
  };
}

/** The annotation of pods, and what mounts the Secret. */
export interface HelmPodTemplate {
  /** Always false: charts in which it is true by default would replace all pods at every change. */
  readonly configChecksumAnnotation: false;
  /** Adds the annotation. */
  readonly merge: HelmAnnotations;
  /** Adds the volume with the Secret. */
  readonly patch?: readonly HelmObject[];
}

/** Values for a release of the Helm chart of NATS: `values` of a `kubernetes.helm` resource. Only `extraResources` has secrets. */
export interface HelmValues {
  /** Name of the StatefulSet, and of what belongs to it. */
  readonly fullnameOverride?: string;
  /** `merge` has the settings about accounts, `cluster` the routes, `jetstream` its limits. */
  readonly config: pulumi.Output<HelmObject>;
  /** The Secret with the certificates of authorities (`tls.ca`). */
  readonly tlsCA?: pulumi.Output<HelmObject>;
  /** Mounts the Secret. */
  readonly container?: HelmObject;
  /** Annotates pods with a checksum of the settings that nats-server does not reload. */
  readonly podTemplate: HelmPodTemplate;
  /** The Secret with the routes, and the remotes with their logins. */
  readonly extraResources?: readonly ExtraSecret[];
}

/** The most characters of a StatefulSet's name, to which Kubernetes adds a hash in a label of its pods. */
const MAX_NAME = 52;
const MAX_REPLICAS = 100;
/** Pods with another checksum replace the present ones. */
const CHECKSUM = "pulumi-nats-auth/restart-checksum";
const FILE = "routes.conf";
const podTemplate = (annotations: HelmAnnotations["metadata"]["annotations"]) =>
  ({ configChecksumAnnotation: false, merge: { metadata: { annotations } } }) as const;

const RELEASE: Shape = objectOf<HelmRelease>({ name: stringShape, replicas: anyValue, namespace: anyValue });
const ARGS: Shape = objectOf<HelmValuesArgs>({
  releases: optional(objectOf<HelmReleases>({ static: optional(RELEASE), operator: optional(RELEASE) })),
  tls: HELM_TLS,
});

/** What values are derived from. */
export interface HelmSource {
  /** The configuration. Problems are reported for it. */
  readonly resource: pulumi.Resource;
  /** Name of the configuration: the default name of the cluster. */
  readonly name: string;
  /** Undefined if they are malformed. */
  readonly args: AuthConfigurationArgs | undefined;
  readonly gate: Gate;
}

/** Values with the gate that opens when they are valid. */
export interface CheckedHelmValues {
  readonly values: HelmValues;
  readonly gate: Gate;
}

/** Returns the values for a release of the Helm chart. */
export function helmValues(source: HelmSource, given: Mode, declared: HelmValuesArgs): CheckedHelmValues {
  const { args, name } = source;
  if (args === undefined) {
    const config = afterGate<HelmObject>(source.gate, {});
    return { values: { config, podTemplate: podTemplate({}) }, gate: source.gate };
  }
  const problems = helmArgsDiagnostics(given, declared);
  // With problems, each output fails.
  const mode = MODES.find((known) => known === given) ?? "static";
  const { releases, tls } = problems.length === 0 ? declared : ({} as HelmValuesArgs);
  const clusterName = textOf(args.clusterName ?? name);
  const peers = releases === undefined ? undefined : peersOf(releases, tls?.routes !== undefined);
  // A server of a cluster waits for other members before it runs JetStream.
  const isAlone = peers?.length === 1;
  const remotes = resolveHelmRemotes(args);
  const listener = listenerOf(args, mode, clusterName, isAlone);
  const section = configRenderer(args, false)({ mode }, listener).apply(parseRendered);
  const ofCluster = args.clusterName === undefined ? clusterNameDiagnostics(name) : [];
  const ofTls = helmTlsDiagnostics(args, tls, { mode, hasCluster: peers !== undefined && !isAlone });
  const ofRemotes = problems.length > 0 ? [] : helmRemotesDiagnostics(args, remotes, peers);
  const found = [pulumi.output([...problems, ...ofCluster]), ofTls, pulumi.output(ofRemotes)];
  const gate = checkValues(source, mode, found, section);
  warnAboutHubPins(subjectOf(name, mode), tls, remotes, source.resource);
  const encrypted = helmTlsValues(tls);
  const checksum = startupChecksum(args, mode, { listener, encrypted, remotes });
  const annotations = { [CHECKSUM]: afterGate(gate, checksum) };
  const release = releases?.[mode];
  const config = pulumi
    .all([section.apply(toHelmConfig), clusterName, encrypted])
    .apply(([parts, cluster, { config: more }]): HelmObject => ({
      ...withHelmRemotes(parts, remotes),
      ...more,
      ...clusterValues(cluster, isAlone ? undefined : release, more),
    }));
  const values = {
    config: afterGate(gate, config),
    ...authoritiesValues(gate, tls, encrypted),
    podTemplate: podTemplate(annotations),
  };
  if (peers === undefined || release === undefined) {
    return { values, gate };
  }
  const files = { ...routeFiles(args, clusterName, peers), ...helmRemoteFiles(remotes) };
  return { values: withSecret({ ...values, fullnameOverride: release.name }, release, files, gate), gate };
}

/** Returns the file with the routes of a release; nothing for a single server, which has none. */
function routeFiles(
  args: AuthConfigurationArgs,
  clusterName: pulumi.Output<string>,
  peers: readonly Peer[],
): Record<string, pulumi.Output<string>> {
  return peers.length === 1
    ? {}
    : { [FILE]: routePassword(args, clusterName).apply((password) => renderRoutesConfig(peers, password)) };
}

/** The parts of the values that servers may read only when they start. */
interface StartupParts {
  readonly listener: pulumi.Output<Listener>;
  readonly encrypted: pulumi.Output<HelmTlsValues>;
  readonly remotes: ResolvedRemotes | undefined;
}

/** Returns a checksum of what servers read only when they start. */
function startupChecksum(
  args: AuthConfigurationArgs,
  mode: Mode,
  { listener, encrypted, remotes }: StartupParts,
): pulumi.Output<string> {
  const startup = pulumi
    .all([listener, encrypted, pulumi.output(remotes?.startup)])
    .apply(([known, { startup: tls }, connecting]) => ({
      ...startupListener(known),
      ...omitUndefined<object>({ tls, remotes: connecting }),
    }));
  return startupSettings(args, mode, startup).apply((text) => createHash("sha256").update(text).digest("hex"));
}

/** Adds a Secret with files, and what mounts it; nothing without files. */
function withSecret(
  values: HelmValues,
  { name }: HelmRelease,
  files: Readonly<Record<string, pulumi.Output<string>>>,
  gate: Gate,
): HelmValues {
  const entries = Object.entries(files).map(([file, text]) => [file, afterGate(gate, pulumi.secret(text))] as const);
  if (entries.length === 0) {
    return values;
  }
  const secretName = `${name}-${VOLUME}`;
  return {
    ...values,
    container: { patch: [add("/volumeMounts/-", { name: VOLUME, mountPath: `/etc/${VOLUME}`, readOnly: true })] },
    podTemplate: {
      ...values.podTemplate,
      patch: [add("/spec/volumes/-", { name: VOLUME, secret: { secretName } })],
    },
    extraResources: [
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: secretName },
        stringData: Object.fromEntries(entries),
      },
    ],
  };
}

/** Checks the arguments of `helmValues`. */
export function helmArgsDiagnostics(mode: Mode, args: HelmValuesArgs): Diagnostic[] {
  return [
    ...checkShape("mode", MODE_SHAPE, mode, () => []),
    ...checkShape("", ARGS, args, ({ releases }) =>
      releases === undefined
        ? []
        : prefixPaths("releases", [
            ...diagnose({
              code: "NA2103",
              path: mode,
              problem: releases[mode] === undefined ? "is missing" : undefined,
              remedy: "Add the release that the values are for.",
            }),
            ...MODES.flatMap((key) => prefixPaths(key, releaseDiagnostics(releases[key]))),
          ]),
    ),
  ];
}

function releaseDiagnostics(release: HelmRelease | undefined): Diagnostic[] {
  if (release === undefined) {
    return [];
  }
  const { name, namespace, replicas = 1 } = release;
  const isCount = Number.isInteger(replicas) && replicas >= 1 && replicas <= MAX_REPLICAS;
  return [
    ...labelDiagnostics("release", "name", name, MAX_NAME),
    ...(namespace === undefined ? [] : labelDiagnostics("namespace", "namespace", namespace)),
    ...diagnose({
      code: "NA2105",
      path: "replicas",
      value: replicas,
      problem: isCount ? undefined : `must be a whole number from 1 to ${MAX_REPLICAS}`,
      remedy: "Use the number of servers of the release.",
    }),
  ];
}

/** Returns what the problems of values are about. */
function subjectOf(name: string, mode: Mode): string {
  return `the Helm values of ${JSON.stringify(name)} for servers in ${mode} mode`;
}

/** Opens when the arguments are valid, and the chart can render the configuration. */
function checkValues(
  { resource, name, gate }: HelmSource,
  mode: Mode,
  problems: readonly pulumi.Output<readonly Diagnostic[]>[],
  section: pulumi.Output<Section>,
): Gate {
  // Only a valid configuration can be rendered.
  const rendered = pulumi.output(
    gate.then(
      () => section.apply((known) => [...helmDiagnostics(known), ...helmSizeDiagnostics(known)]),
      () => [],
    ),
  );
  const own = validate(subjectOf(name, mode), resource, [
    ...problems,
    rendered as pulumi.Output<readonly Diagnostic[]>,
  ]);
  return waitForGates(own, [gate]);
}

/** Returns the listener of the servers. The chart replaces names, ports and addresses. */
function listenerOf(
  args: AuthConfigurationArgs,
  mode: Mode,
  clusterName: pulumi.Output<string>,
  isAlone: boolean,
): pulumi.Output<Listener> {
  const { jetstream, storeFolder = STORE_FOLDER } = args;
  const unused = { monitoringPort: undefined, leafNodePort: undefined, websocketPort: undefined, mqttPort: undefined };
  const ports = { clientPort: CLIENT_PORT, clusterPort: CLUSTER_PORT, ...unused };
  const placed = omitUndefined<ListenerSettings>({
    files: jetstream === undefined ? undefined : { store: storeFolder },
    jetstream: jetstream === undefined ? undefined : normalizeStorage(jetstream),
    trustedProxies: sortProxyKeys(args),
    isAlone: isAlone ? true : undefined,
  });
  return createListener(clusterName, { name: "0", mode, ports }, placed, { settings: effectiveSettings(args, {}) });
}

/** The servers of all releases, at the names of their pods in DNS. A server ignores its own route. */
function peersOf(releases: HelmReleases, hasTls: boolean): Peer[] {
  return MODES.flatMap((mode) => {
    const { name, namespace, replicas = 1 } = releases[mode] ?? { name: "", replicas: 0 };
    const domain = `${name}-headless${namespace === undefined ? "" : `.${namespace}.svc`}`;
    return Array.from({ length: replicas }, (_, index) => ({
      host: `${name}-${index}.${domain}`,
      clusterPort: CLUSTER_PORT,
      ...(hasTls ? { tls: true } : {}),
    }));
  });
}

/** The chart's own routes have no password, and do not lead to the other release. */
function clusterValues(
  name: string,
  release: HelmRelease | undefined,
  { cluster: tls }: HelmTlsValues["config"],
): HelmObject {
  return release === undefined
    ? {}
    : {
        cluster: {
          enabled: true,
          replicas: release.replicas ?? 1,
          noAdvertise: true,
          merge: { name, $include: `../${VOLUME}/${FILE}` },
          patch: [{ op: "remove", path: "/routes" }],
          ...tls,
        },
      };
}

/** An operation of a JSON patch, since a merge would replace the whole list. */
function add(path: string, value: HelmObject): HelmObject {
  return { op: "add", path, value };
}
