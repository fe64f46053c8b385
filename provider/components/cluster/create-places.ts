import * as pulumi from "@pulumi/pulumi";
import { perServer } from "../../model/cluster/servers";
import type { ClusterArgs } from "./cluster-args";
import type { createDockerPlaces } from "./docker-places";
import { clientHost, findHost, hasSeveralHosts } from "./hosts";
import { createProcessPlaces } from "./process-places";
import { effectiveSettings } from "../configuration/server-settings";
import type { DockerPlaces, ProcessPlaces, ServerPlacesArgs, UnplacedServer } from "./server-places";
import { dockerTarget, processTarget } from "./target";
import { urlHost } from "../configuration/addresses";
import type { DeclaredServer } from "../configuration/declared-server";
import type { ResolvedTls } from "../configuration/tls";

/**
 * Creates the containers or folders of the servers.
 *
 * @param provider the docker provider of the cluster
 */
export function createPlaces(
  places: ServerPlacesArgs,
  args: ClusterArgs,
  provider: pulumi.ProviderResource | undefined,
  cluster: pulumi.Resource,
): DockerPlaces | ProcessPlaces {
  const child = { parent: cluster };
  const target = processTarget(args.target);
  const { operator, image, jetstream, clusterAddress } = args;
  return target === undefined
    ? loadDockerPlaces()(
        {
          ...places,
          image,
          operator: operator.publicKey,
          opensRoutes: hasSeveralHosts(args) || clusterAddress !== undefined,
          limits: dockerTarget(args.target),
          jetstream,
          isOwn: (host) => findHost(args, host)?.provider === undefined,
          providerOf: (host) => findHost(args, host)?.provider ?? provider,
        },
        child,
      )
    : createProcessPlaces({ ...places, target }, child);
}

/** Loads the code that creates containers only in programs that need it: loading takes a second. */
function loadDockerPlaces(): typeof createDockerPlaces {
  // oxlint-disable-next-line typescript/no-require-imports -- a constructor cannot wait for an import
  return (require("./docker-places") as { createDockerPlaces: typeof createDockerPlaces }).createDockerPlaces;
}

/** Returns the outputs that depend on where the servers run. */
export function outputsOf(placed: DockerPlaces | ProcessPlaces) {
  if ("processes" in placed) {
    return { processes: placed.processes };
  }
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
  const host = pulumi.output(server.addresses.monitoringAddress).apply(urlHost);
  const path = effectiveSettings(args, server)?.apply(({ monitoringBasePath = "" }) => monitoringBasePath) ?? "";
  return monitoringPort === undefined ? undefined : pulumi.interpolate`${url(scheme, host, monitoringPort)}${path}`;
}

function url(scheme: string, host: pulumi.Input<string>, port: pulumi.Input<number>): pulumi.Output<string> {
  return pulumi.interpolate`${scheme}://${host}:${port}`;
}
