import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { perServer, type PerServer } from "../../model/cluster/servers";
import type { ServerStorage } from "../../model/cluster/server-storage";
import { groupBy } from "../../model/form/order";
import { ClusterNames } from "../../resources/cluster-names";
import type { DeepInput } from "../../resources/dynamic-resource";
import {
  CLUSTER_LABEL,
  entryName,
  OWNER_ANNOTATION,
  podName,
  RESTART_ANNOTATION,
  routeServiceName,
  storeClaim,
} from "../../servers/kubernetes/layout";
import { accessOf } from "../kubernetes-access";
import { afterGate } from "../validation";
import { accessTo } from "./client-services";
import { DEFAULT_IMAGE } from "./cluster-args";
import type { Kubernetes } from "./kubernetes-sdk";
import { APP_PROTOCOL, podSpec, servicePorts, type PodTerms } from "./pod-spec";
import { describeClaims, describeVolumes, volumesOf } from "./pod-volumes";
import { namespaceOf, serviceHost } from "./pods";
import { nodePortsOf, routeServiceSpec } from "./route-services";
import {
  shortDigest,
  type PlacedServer,
  type PodPlaces,
  type ServerPlacesArgs,
  type UnplacedServer,
} from "./server-places";
import type { KubernetesTarget } from "./target";

type ObjectMeta = kubernetes.types.input.meta.v1.ObjectMeta;
type Labels = Readonly<Record<string, pulumi.Input<string>>>;

/** Arguments of {@link createPodPlaces}. */
export interface PodPlacesArgs extends ServerPlacesArgs {
  readonly target: KubernetesTarget;
  readonly image: pulumi.Input<string> | undefined;
  /** Storage for streams. */
  readonly jetstream: DeepInput<ServerStorage> | undefined;
  /** The kubernetes provider of the cluster; undefined if it has none. */
  readonly provider: pulumi.ProviderResource | undefined;
  /** The former `name`, if pods have moved to this target from the one of their host; undefined otherwise. */
  readonly formerName: string | undefined;
  /** Returns the settings of a server that its pod depends on. */
  readonly termsOf: (server: UnplacedServer) => PodTerms;
}

/** The label of objects with the name of their entry. */
const ENTRY_LABEL = "pulumi-nats-auth/server";

/** The engine does not wait for pods: they start when the configurations of their servers are written. */
const SKIP_AWAIT = { "pulumi.com/skipAwait": "true" };

/**
 * What the package changes itself, and what Kubernetes does not change: a StatefulSet with other volumes would be a replacement, which
 * Kubernetes refuses at the preview.
 */
const IGNORED = ["spec.replicas", "spec.volumeClaimTemplates"];

/** What the objects of a cluster have in common. */
interface Shared {
  readonly sdk: Kubernetes;
  readonly args: PodPlacesArgs;
  readonly opts: pulumi.CustomResourceOptions;
  readonly namespace: pulumi.Output<string>;
  /** Selects the pods of all servers. */
  readonly selector: Labels;
  /** Who owns the names of the objects. */
  readonly owner: pulumi.Output<string>;
}

/** Creates the StatefulSets of a cluster, without pods, and what belongs to them. */
export function createPodPlaces(sdk: Kubernetes, args: PodPlacesArgs, child: pulumi.CustomResourceOptions): PodPlaces {
  const { gate, target } = args;
  const provider = args.provider ?? createProvider(sdk, args, child);
  const namespace = afterGate(gate, namespaceOf(target));
  const entries = groupBy(args.servers, ({ name: own, pod }) => pod?.entry ?? own);
  const reached = args.servers.flatMap(({ name: own, pod }) => (pod?.routeAddress === undefined ? [] : [own]));
  const names = new ClusterNames(
    args.name,
    {
      api: accessOf(target),
      namespace,
      clusterName: args.clusterName,
      entries: [...entries.keys()],
      stores: args.stores,
      provider: args.provider,
      ...(reached.length === 0 ? {} : { reached, nodePorts: nodePortsOf(args) }),
    },
    withFormerName(args, child),
  );
  const shared: Shared = {
    sdk,
    args,
    opts: { ...child, provider, dependsOn: names },
    namespace,
    selector: clusterSelector(args),
    owner: names.owner,
  };
  const headless = createHeadlessService(shared);
  const placed = [...entries].map(([entry, servers]) => placeEntry(shared, entry, servers, headless));
  const servers = placed.flatMap((one) => one.servers);
  const stores = args.stores
    ? perServer(servers, ({ pod }) => pulumi.interpolate`${namespaceOf(target)}/${pod?.name.apply(storeClaim) ?? ""}`)
    : undefined;
  return {
    kind: "kubernetes",
    limitEvictions: (configuration) => {
      createDisruptionBudget(shared, configuration);
    },
    servers,
    services: placed.map(({ service }) => service),
    // An update that was killed while pods restarted is then repeated, also with the former template.
    ids: { pods: Object.assign({}, ...placed.map(({ ids }) => ids)) as PerServer<pulumi.Output<string>> },
    ...(args.jetstream === undefined ? {} : { volumes: describeVolumes(target, args.jetstream, servers) }),
    ...(stores === undefined ? {} : { claims: describeClaims(target, stores) }),
    stores,
  };
}

/** Returns options of a resource, with the name that it had before its pods moved to another target. */
function withFormerName<Options extends pulumi.CustomResourceOptions>(
  { formerName }: Pick<PodPlacesArgs, "formerName">,
  opts: Options,
  nameIn: (name: string) => string = (name) => name,
): Options {
  return formerName === undefined ? opts : { ...opts, aliases: [{ name: nameIn(formerName) }] };
}

function clusterSelector({ clusterName }: PodPlacesArgs): Labels {
  return { [CLUSTER_LABEL]: clusterName };
}

function labelsOf({ clusterName }: PodPlacesArgs, selector: Labels): Labels {
  return { "app.kubernetes.io/name": "nats-server", "app.kubernetes.io/instance": clusterName, ...selector };
}

/** The metadata of an object. Its name is fixed, so that a change is an update, and not a replacement. */
function metadataOf({ namespace, args, owner }: Shared, name: pulumi.Input<string>, selector: Labels): ObjectMeta {
  const annotations = { ...SKIP_AWAIT, [OWNER_ANNOTATION]: owner };
  return { name, namespace, labels: labelsOf(args, selector), annotations };
}

/** The DNS names of pods are below that of this Service: servers need them before they are ready. */
function createHeadlessService(shared: Shared): kubernetes.core.v1.Service {
  const { sdk, args, opts, selector } = shared;
  const numbers = pulumi
    .all(args.servers.flatMap(({ ports: { clientPort, clusterPort } }) => [clientPort, clusterPort]))
    .apply((ports) => [...new Set(ports)].map((port) => ({ name: `tcp-${port}`, port, appProtocol: APP_PROTOCOL })));
  return new sdk.core.v1.Service(
    args.name,
    {
      metadata: metadataOf(shared, args.clusterName, selector),
      spec: { clusterIP: "None", publishNotReadyAddresses: true, selector, ports: numbers },
    },
    withFormerName(args, opts),
  );
}

/**
 * Nodes are drained one at a time, whatever the entry of the pods: the quorum of JetStream is one of all servers. Pods that are not
 * ready are evicted in any case: they serve no clients, and would keep a node from being drained as long as two of them are not ready.
 *
 * The number is that of the pods that stay: `maxUnavailable: 1` permits a second eviction between the deletion of the only pod of an
 * entry and the creation of the next, because Kubernetes adds the replicas of the StatefulSets of pods that exist. It changes when
 * servers have joined or left: before, it would permit several evictions at a time, or none, for as long as the update is refused.
 *
 * @param configuration what starts and stops servers
 */
function createDisruptionBudget(shared: Shared, configuration: pulumi.Resource): void {
  const { sdk, args, opts, selector } = shared;
  new sdk.policy.v1.PodDisruptionBudget(
    args.name,
    {
      metadata: metadataOf(shared, args.clusterName, selector),
      spec: {
        minAvailable: args.servers.length - 1,
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: selector },
      },
    },
    { ...withFormerName(args, opts), dependsOn: configuration },
  );
}

/** Creates the objects of an entry of `servers`. @param servers its pods */
function placeEntry(
  shared: Shared,
  entry: string,
  servers: readonly UnplacedServer[],
  headless: kubernetes.core.v1.Service,
) {
  const { sdk, args, namespace } = shared;
  const { target, clusterName } = args;
  const opts = withFormerName(args, shared.opts, (name) => entryName(name, entry));
  const [first] = servers;
  if (first === undefined) {
    throw new Error(`entry ${entry} has no servers`);
  }
  const resource = entryName(args.name, entry);
  const selector = { ...shared.selector, [ENTRY_LABEL]: entry };
  const fullName = clusterName.apply((cluster) => entryName(cluster, entry));
  const metadata = metadataOf(shared, fullName, selector);
  // The package writes its content when all servers have accepted their configurations.
  const secret = new sdk.core.v1.Secret(
    resource,
    { metadata, type: "Opaque" },
    { ...opts, ignoreChanges: ["data", "stringData"] },
  ).metadata.name;
  const service = new sdk.core.v1.Service(
    resource,
    { metadata, spec: { type: target.serviceType ?? "ClusterIP", selector, ports: servicePorts(first) } },
    opts,
  );
  const spec = statefulSetSpec(args, first, { selector, secret, service: headless.metadata.name });
  const statefulSet = new sdk.apps.v1.StatefulSet(resource, { metadata, spec }, { ...opts, ignoreChanges: IGNORED });
  const { uid, name } = statefulSet.metadata;
  const template = pulumi.jsonStringify(statefulSet.spec.template).apply(shortDigest);
  const shares = {
    kind: "kubernetes" as const,
    api: accessOf(target),
    namespace,
    statefulSet: name,
    uid,
    secret,
    template,
  };
  const placed = servers.map((server): PlacedServer => {
    const { ordinal = 0, host = pulumi.output(server.name) } = server.pod ?? {};
    const routes = createRouteService(shared, server, selector);
    // Servers get routes to a pod when the Service that leads to it exists.
    const afterRoutes = routes === undefined ? host : pulumi.all([host, routes.urn]).apply(([known]) => known);
    return { ...server, hostName: host, place: { ...shares, ordinal, host: afterRoutes } };
  });
  return {
    servers: placed,
    ids: perServer(servers, () => pulumi.interpolate`${uid} ${template}`),
    service: {
      name: entry,
      host: serviceHost(target, clusterName, entry),
      server: first,
      ...accessTo(service),
    },
  };
}

/** Creates the Service by which servers outside of the Kubernetes cluster reach a pod, if there are any. */
function createRouteService(
  shared: Shared,
  server: UnplacedServer,
  selector: Labels,
): kubernetes.core.v1.Service | undefined {
  const { sdk, args, opts } = shared;
  const spec = routeServiceSpec(server, args.target, selector);
  if (spec === undefined || server.pod === undefined) {
    return undefined;
  }
  const { entry, ordinal, name } = server.pod;
  const nameIn = (cluster: string) => routeServiceName(podName(entryName(cluster, entry), ordinal));
  return new sdk.core.v1.Service(
    nameIn(args.name),
    { metadata: metadataOf(shared, name.apply(routeServiceName), selector), spec },
    withFormerName(args, opts, nameIn),
  );
}

function createProvider(
  sdk: Kubernetes,
  args: PodPlacesArgs,
  child: pulumi.CustomResourceOptions,
): kubernetes.Provider {
  const { name, gate, target } = args;
  const { kubeconfig, context } = accessOf(target);
  return new sdk.Provider(
    name,
    {
      ...(kubeconfig === undefined ? {} : { kubeconfig: afterGate(gate, kubeconfig) }),
      ...(context === undefined ? {} : { context: afterGate(gate, context) }),
    },
    withFormerName(args, child),
  );
}

/** What the pods of an entry depend on besides its servers. */
interface Surroundings {
  readonly selector: Labels;
  /** Name of the Secret with the configurations. */
  readonly secret: pulumi.Output<string>;
  /** Name of the Service below which their DNS names are. */
  readonly service: pulumi.Output<string>;
}

function statefulSetSpec(
  args: PodPlacesArgs,
  server: UnplacedServer,
  { selector, secret, service }: Surroundings,
): kubernetes.types.input.apps.v1.StatefulSetSpec {
  const { target, jetstream, stores } = args;
  const image = args.image ?? DEFAULT_IMAGE;
  return {
    // The package starts pods, and restarts one after the other: the next one when the last one has caught up.
    replicas: 0,
    podManagementPolicy: "Parallel",
    updateStrategy: { type: "OnDelete" },
    serviceName: service,
    selector: { matchLabels: selector },
    template: {
      metadata: {
        labels: labelsOf(args, selector),
        annotations: { [RESTART_ANNOTATION]: server.startupSettings.apply(shortDigest) },
      },
      spec: podSpec(server, {
        target,
        image,
        secret,
        selector: clusterSelector(args),
        stores,
        terms: args.termsOf(server),
      }),
    },
    ...(jetstream === undefined ? {} : volumesOf(target, jetstream)),
  };
}
