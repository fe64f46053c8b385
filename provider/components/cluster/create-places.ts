import * as pulumi from "@pulumi/pulumi";
import { perServer } from "../../model/cluster/servers";
import { groupBy } from "../../model/form/order";
import { parseDuration } from "../../model/form/quantities";
import type { ClusterArgs } from "./cluster-args";
import type { createDockerPlaces } from "./docker-places";
import { hostTargets, targetOf, type HostTarget } from "./host-targets";
import { clientHost, findHost, hasSeveralHosts } from "./hosts";
import { createPodPlaces } from "./pod-places";
import type { PodTerms } from "./pod-spec";
import { createProcessPlaces } from "./process-places";
import { effectiveSettings } from "../configuration/server-settings";
import type { DockerPlaces, Places, PodPlaces, ProcessPlaces, ServerPlacesArgs, UnplacedServer } from "./server-places";
import { loadKubernetes, type Kubernetes } from "./kubernetes-sdk";
import type { DockerTarget, KnownTarget } from "./target";
import { urlHost } from "../configuration/addresses";
import type { DeclaredServer } from "../configuration/declared-server";
import type { ResolvedTls } from "../configuration/tls";

/** The providers of a cluster, by the package of their resources; undefined for the default one. */
export type Providers = Readonly<Record<"docker" | "kubernetes", pulumi.ProviderResource | undefined>>;

/** Creates the containers, folders and pods of the servers. */
export function createPlaces(
  places: ServerPlacesArgs,
  args: ClusterArgs,
  providers: Providers,
  cluster: pulumi.Resource,
): Places {
  const groups = groupByPlatform(places, args).map((group) => createGroup(group, args, providers, cluster));
  const placed = new Map(groups.flatMap(({ servers }) => servers.map((server) => [server.name, server] as const)));
  const volumes = groups.flatMap((group) => (group.volumes === undefined ? [] : [group.volumes]));
  const claims = groups.flatMap((group) => (group.claims === undefined ? [] : [group.claims]));
  return {
    groups,
    servers: places.servers.flatMap(({ name }) => placed.get(name) ?? []),
    stores: places.stores ? merge(groups.map(({ stores }) => stores ?? {})) : undefined,
    ids: mergeEach(groups.map(({ ids }) => ids)),
    ...(volumes.length === 0 ? {} : { volumes: merge(volumes) }),
    ...(claims.length === 0 ? {} : { claims: pulumi.all(claims).apply(merge) }),
  };
}

function merge<T>(records: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.assign({}, ...records) as Record<string, T>;
}

/** Merges records, and the members with the same key: the pods of each Kubernetes cluster have ids below one key. */
function mergeEach<T>(
  records: readonly Readonly<Record<string, Readonly<Record<string, T>>>>[],
): Record<string, Record<string, T>> {
  const members = groupBy(
    records.flatMap((record) => Object.entries(record)),
    ([key]) => key,
  );
  return Object.fromEntries([...members].map(([key, all]) => [key, merge(all.map(([, member]) => member))]));
}

/** Servers whose places are created together. */
interface PlatformGroup {
  readonly places: ServerPlacesArgs;
  readonly target: KnownTarget;
  /** The host of all of them; undefined if it is not one, or in a cluster without hosts. */
  readonly host: string | undefined;
  /** Whether it is the target of the cluster, which the provider of the cluster leads to. */
  readonly isShared: boolean;
  /** See `PodPlacesArgs`. */
  readonly formerName?: string | undefined;
}

/** Groups servers by platform, and those in pods also by their Kubernetes cluster. */
function groupByPlatform(places: ServerPlacesArgs, args: ClusterArgs): readonly PlatformGroup[] {
  const targets = hostTargets(args);
  const serversOn = (hosts: readonly HostTarget[]) =>
    places.servers.filter((server) => hosts.some(({ host }) => host === server.host));
  const together = (["docker", "process"] as const).flatMap((kind): PlatformGroup[] => {
    const own = targets.filter(({ target }) => target.kind === kind);
    const [first] = own;
    return first === undefined
      ? []
      : [
          {
            places: { ...places, servers: serversOn(own) },
            target: first.target,
            host: undefined,
            isShared: first.isShared,
          },
        ];
  });
  const ofPods = targets.filter(({ target }) => target.kind === "kubernetes");
  const inPods = ofPods.map((own): PlatformGroup => {
    const { host, target, isShared } = own;
    const servers = serversOn([own]);
    // The objects of the cluster's own target keep their names when it gets hosts.
    const names = [places.name, `${places.name}-${host ?? ""}`] as const;
    const [name, other] = isShared ? names : names.toReversed();
    // Objects of an entry with the name of the host have the other name, too.
    const isTaken = host === undefined || ofPods.length > 1 || servers.some(({ pod }) => pod?.entry === host);
    return { places: { ...places, name, servers }, target, host, isShared, formerName: isTaken ? undefined : other };
  });
  return [...together, ...inPods].filter(({ places: { servers } }) => servers.length > 0);
}

function createGroup(
  { places, target, host: own, isShared, formerName }: PlatformGroup,
  args: ClusterArgs,
  providers: Providers,
  cluster: pulumi.Resource,
): DockerPlaces | ProcessPlaces | PodPlaces {
  const child = { parent: cluster };
  const { kind, settings } = target;
  const { operator, image, jetstream, clusterAddress } = args;
  switch (kind) {
    case "docker":
      return loadDockerPlaces()(
        {
          ...places,
          image,
          operator: operator.publicKey,
          opensRoutes: hasSeveralHosts(args) || clusterAddress !== undefined,
          limitsOf: (host) => dockerSettings(args, host),
          jetstream,
          isOwn: (host) => findHost(args, host)?.provider === undefined,
          providerOf: (host) => findHost(args, host)?.provider ?? providers.docker,
        },
        child,
      );
    case "process":
      return createProcessPlaces({ ...places, target: settings }, child);
    case "kubernetes":
      return createPodPlaces(
        requireKubernetes(),
        {
          ...places,
          image,
          target: settings,
          jetstream,
          formerName,
          // A target of the host's own names its Kubernetes cluster, which can be another one than that of the provider.
          provider: findHost(args, own)?.provider ?? (isShared ? providers.kubernetes : undefined),
          termsOf: (server) => podTerms(args, server),
        },
        child,
      );
  }
}

function dockerSettings(args: ClusterArgs, host: string | undefined): DockerTarget {
  const { kind, settings } = targetOf(args, host);
  return kind === "docker" ? settings : {};
}

/** Without the package, the cluster is not valid, and gets no places. */
function requireKubernetes(): Kubernetes {
  const sdk = loadKubernetes();
  if (sdk === undefined) {
    throw new Error("@pulumi/kubernetes is not installed");
  }
  return sdk;
}

/** The default of nats-server for `lame_duck_duration`, in nanoseconds. */
const LAME_DUCK_DURATION = 120e9;

/** Returns the settings that a pod depends on. */
function podTerms(args: ClusterArgs, server: UnplacedServer): PodTerms {
  const settings = pulumi.output(effectiveSettings(args, server));
  return {
    monitoringBasePath: settings.apply((known) => known?.monitoringBasePath ?? ""),
    lameDuckSeconds: settings.apply((known) => {
      return Math.ceil((parseDuration(known?.lameDuckDuration ?? "") ?? LAME_DUCK_DURATION) / 1e9);
    }),
  };
}

/** Loads the code that creates containers only in programs that need it: loading takes a second. */
function loadDockerPlaces(): typeof createDockerPlaces {
  // oxlint-disable-next-line typescript/no-require-imports -- a constructor cannot wait for an import
  return (require("./docker-places") as { createDockerPlaces: typeof createDockerPlaces }).createDockerPlaces;
}

/** Returns the outputs that depend on where the servers run. */
export function outputsOf({ groups }: Places): Readonly<Record<string, unknown>> {
  const services = groups.flatMap((group) => (group.kind === "kubernetes" ? group.services : []));
  const ofServices = {
    serviceUrls: perServer(services, ({ host, server: { ports, resolvedTls } }) =>
      url(clientScheme(resolvedTls), host, ports.clientPort),
    ),
    nodePorts: perServer(services, ({ listenerNodePorts }) => listenerNodePorts.apply(({ clients }) => clients)),
    listenerNodePorts: perServer(services, ({ listenerNodePorts }) => listenerNodePorts),
    loadBalancers: perServer(services, ({ loadBalancer }) => loadBalancer),
  };
  return { ...merge<unknown>(groups.map(outputsOfGroup)), ...(services.length === 0 ? {} : ofServices) };
}

function outputsOfGroup(placed: DockerPlaces | ProcessPlaces | PodPlaces): Record<string, unknown> {
  switch (placed.kind) {
    case "docker": {
      const { containers, networks, servers } = placed;
      const named = [...networks].flatMap(([host, network]) => (host === undefined ? [] : [[host, network] as const]));
      return {
        containers,
        networkUrls: perServer(servers, ({ hostName, ports, resolvedTls }) =>
          url(clientScheme(resolvedTls), hostName, ports.clientPort),
        ),
        network: networks.get(undefined),
        networks: named.length === 0 ? undefined : Object.fromEntries(named),
      };
    }
    case "process":
      return { processes: placed.processes };
    case "kubernetes":
      return {};
  }
}

function clientScheme(tls: ResolvedTls | undefined): string {
  return tls?.has.clients === true ? "tls" : "nats";
}

/** Returns the URL for clients of a server. */
export function clientUrl(
  args: ClusterArgs,
  server: DeclaredServer & Pick<UnplacedServer, "resolvedTls">,
): pulumi.Output<string> {
  return url(clientScheme(server.resolvedTls), clientHost(args, server), server.ports.clientPort);
}

/** Returns the URL for monitoring a server; undefined if it is disabled. */
export function monitoringUrl(args: ClusterArgs, server: UnplacedServer): pulumi.Output<string> | undefined {
  const { monitoringPort } = server.ports;
  const scheme = server.resolvedTls?.has.monitoring === true ? "https" : "http";
  const host = server.pod?.host ?? pulumi.output(server.addresses.monitoringAddress).apply(urlHost);
  const path = effectiveSettings(args, server)?.apply(({ monitoringBasePath = "" }) => monitoringBasePath) ?? "";
  return monitoringPort === undefined ? undefined : pulumi.interpolate`${url(scheme, host, monitoringPort)}${path}`;
}

function url(scheme: string, host: pulumi.Input<string>, port: pulumi.Input<number>): pulumi.Output<string> {
  return pulumi.interpolate`${scheme}://${host}:${port}`;
}
