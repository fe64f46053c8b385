import * as pulumi from "@pulumi/pulumi";
import { perServer } from "../../model/cluster/servers";
import { parseDuration } from "../../model/form/quantities";
import type { ClusterArgs } from "./cluster-args";
import type { createDockerPlaces } from "./docker-places";
import { clientHost, findHost, hasSeveralHosts } from "./hosts";
import { createPodPlaces } from "./pod-places";
import type { PodTerms } from "./pod-spec";
import { createProcessPlaces } from "./process-places";
import { effectiveSettings } from "../configuration/server-settings";
import type { Places, ServerPlacesArgs, UnplacedServer } from "./server-places";
import { loadKubernetes, type Kubernetes } from "./kubernetes-sdk";
import { resolveTarget } from "./target";
import { urlHost } from "../configuration/addresses";
import type { DeclaredServer } from "../configuration/declared-server";
import type { ResolvedTls } from "../configuration/tls";

/** The providers of a cluster, by the package of their resources; undefined for the default one. */
export type Providers = Readonly<Record<"docker" | "kubernetes", pulumi.ProviderResource | undefined>>;

/** Creates the containers, folders or pods of the servers. */
export function createPlaces(
  places: ServerPlacesArgs,
  args: ClusterArgs,
  providers: Providers,
  cluster: pulumi.Resource,
): Places {
  const child = { parent: cluster };
  const { kind, settings } = resolveTarget(args.target);
  const { operator, image, jetstream, clusterAddress } = args;
  switch (kind) {
    case "docker":
      return loadDockerPlaces()(
        {
          ...places,
          image,
          operator: operator.publicKey,
          opensRoutes: hasSeveralHosts(args) || clusterAddress !== undefined,
          limits: settings,
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
          provider: providers.kubernetes,
          termsOf: (server) => podTerms(args, server),
        },
        child,
      );
  }
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
export function outputsOf(placed: Places) {
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
      return {
        serviceUrls: perServer(placed.services, ({ host, server: { ports, resolvedTls } }) =>
          url(clientScheme(resolvedTls), host, ports.clientPort),
        ),
        nodePorts: perServer(placed.services, ({ nodePort }) => nodePort),
      };
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
