import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  CLUSTER_LABEL,
  CONFIG_FOLDER,
  formatLimits,
  LIMITS_LABEL,
  pathInContainer,
  RESTART_POLICY,
  SERVER_LABEL,
  SERVER_USER,
  STORE,
} from "../../servers/docker/layout";
import { MAIN_FILE } from "../../servers/server";
import { perServer } from "../../model/cluster/servers";
import { effectiveLimits, type EffectiveLimits } from "../../model/cluster/container-limits";
import type { ServerStorage } from "../../model/cluster/server-storage";
import type { DeepInput } from "../../resources/dynamic-resource";
import { DEFAULT_IMAGE } from "./cluster-args";
import { groupByHost } from "./cluster-servers";
import { engineAddress } from "./docker-engine";
import { shortDigest, type DockerPlaces, type ServerPlacesArgs, type UnplacedServer } from "./server-places";
import type { DockerTarget } from "./target";
import { hostFoldersOf } from "../configuration/connections";
import { afterGate } from "../validation";

/** Arguments of {@link createDockerPlaces}. */
export interface DockerPlacesArgs extends ServerPlacesArgs {
  readonly image: pulumi.Input<string> | undefined;
  /** Public key of the cluster's operator. With the names of project, stack and cluster it is unique within an engine. */
  readonly operator: pulumi.Input<string>;
  /** Whether servers outside of a host's network open routes to its servers. */
  readonly opensRoutes: boolean;
  /** Returns the limits of containers on a host. */
  readonly limitsOf: (host: string | undefined) => DockerTarget;
  /** Storage for streams. */
  readonly jetstream: DeepInput<ServerStorage> | undefined;
  /** Returns whether a host is the one with the Docker Engine of the cluster's provider. */
  readonly isOwn: (host: string) => boolean;
  /** Returns the provider for the Docker Engine of a host; undefined for the default provider. */
  readonly providerOf: (host: string | undefined) => pulumi.ProviderResource | undefined;
}

/** Creates the networks and the containers of a cluster. */
export function createDockerPlaces(args: DockerPlacesArgs, child: pulumi.CustomResourceOptions): DockerPlaces {
  const hosts = [...groupByHost(args.servers)].map(([host, servers]) => placeOnHost(host, servers, args, child));
  const placed = new Map(hosts.flatMap(({ servers }) => servers.map((server) => [server.name, server] as const)));
  const servers = args.servers.flatMap(({ name }) => placed.get(name) ?? []);
  const containers = perServer(servers, ({ container }) => container);
  return {
    kind: "docker",
    networks: new Map(hosts.map(({ host, network }) => [host, network])),
    containers,
    ids: { containers },
    servers,
    stores: args.stores ? perServer(servers, ({ volume }) => pulumi.output(volume ?? "")) : undefined,
  };
}

/** Creates the network and the containers of one host. @param host its name; undefined in a cluster without hosts */
function placeOnHost(
  host: string | undefined,
  all: readonly UnplacedServer[],
  args: DockerPlacesArgs,
  cluster: pulumi.CustomResourceOptions,
) {
  const { name, gate, image, operator, jetstream, stores } = args;
  const provider = args.providerOf(host);
  const child = provider === undefined ? cluster : { ...cluster, provider };
  // The containers of a cluster without hosts keep their names when it gets hosts, if their engine stays the cluster's own.
  const named = host === undefined || args.isOwn(host) ? name : `${name}-${host}`;
  const label = pulumi.interpolate`${pulumi.getProject()}/${pulumi.getStack()}/${name}/${operator}`;
  const network = new docker.Network(
    named,
    { driver: afterGate(gate, "bridge"), labels: [{ label: CLUSTER_LABEL, value: label }] },
    // Networks of earlier versions have no label. Adding it would replace the network, and with it the containers.
    { ...child, ignoreChanges: ["labels"] },
  ).name;
  const { imageId } = new docker.RemoteImage(
    named,
    { name: afterGate(gate, image ?? DEFAULT_IMAGE), keepLocally: true },
    child,
  );
  const limits = pulumi
    .all([args.limitsOf(host), jetstream])
    .apply(([given, storage]) => effectiveLimits(given, storage));
  const engine = engineAddress(provider);
  const volumes = stores
    ? perServer(
        all,
        (server) => new docker.Volume(`${named}-${server.name}`, { driver: afterGate(gate, "local") }, child).name,
      )
    : undefined;
  const servers = all.map((server) => {
    const { name: hostName, startupSettings } = server;
    const volume = volumes?.[hostName];
    const folders = hostFoldersOf(server);
    const own = {
      server: hostName,
      volume,
      folders,
      published: publishedPorts(server, args.opensRoutes),
      startupSettings,
    };
    const container = createContainer(named, { image: imageId, network, limits, ...own }, child).id;
    return { ...server, hostName, container, volume, place: { kind: "docker" as const, engine, container } };
  });
  return { host, network, servers };
}

/** A port of a container that is a port of the host, too. */
interface PublishedPort {
  readonly internal: pulumi.Input<number>;
  readonly external: pulumi.Input<number>;
  readonly ip: pulumi.Input<string>;
}

/** Returns the ports that a container publishes. Servers on the same host use the network, so they need no port for routes. */
function publishedPorts({ ports, addresses }: UnplacedServer, opensRoutes: boolean): PublishedPort[] {
  const { clusterPort, monitoringPort } = ports;
  const at = (port: pulumi.Input<number> | undefined, ip: pulumi.Input<string>): PublishedPort[] =>
    port === undefined ? [] : [{ internal: port, external: port, ip }];
  return [
    ...at(ports.clientPort, addresses.bindAddress),
    ...at(ports.leafNodePort, addresses.bindAddress),
    ...at(ports.websocketPort, addresses.bindAddress),
    ...at(ports.mqttPort, addresses.bindAddress),
    ...(opensRoutes ? at(clusterPort, addresses.clusterAddress) : []),
    ...at(monitoringPort, addresses.monitoringAddress),
  ];
}

/** The container of one server of a cluster. */
interface ContainerArgs {
  /** Its name, which is also its host name in the network. */
  readonly server: string;
  readonly image: pulumi.Input<string>;
  readonly network: pulumi.Input<string>;
  readonly published: readonly PublishedPort[];
  readonly limits: pulumi.Output<EffectiveLimits>;
  /** Volume for streams; undefined without JetStream. */
  readonly volume: pulumi.Input<string> | undefined;
  /** Folders of the host with certificates; undefined if there are none. */
  readonly folders: pulumi.Output<readonly string[]> | undefined;
  /**
   * Settings that the server reads only when it starts. Their digest is a label, so that a change replaces the container,
   * and the preview shows it.
   */
  readonly startupSettings: pulumi.Input<string>;
}

/** Seconds between the signal to stop and the kill: time for the server to disconnect its clients. */
const STOP_SECONDS = 10;

/**
 * Creates the container of a server, stopped. It is started after the configuration has been copied into it, so that the
 * server never runs with a different one.
 */
function createContainer(name: string, args: ContainerArgs, opts: pulumi.CustomResourceOptions): docker.Container {
  const { server, image, network, published, limits, volume, folders, startupSettings } = args;
  return new docker.Container(
    `${name}-${server}`,
    {
      image,
      command: ["-c", pathInContainer(MAIN_FILE)],
      start: false,
      mustRun: false,
      restart: RESTART_POLICY,
      destroyGraceSeconds: STOP_SECONDS,
      user: `${SERVER_USER}:${SERVER_USER}`,
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges"],
      readOnly: true,
      envs: limits.apply(({ goMemory }) => (goMemory === undefined ? undefined : [`GOMEMLIMIT=${goMemory}`])),
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      networksAdvanced: [{ name: network, aliases: [server] }],
      volumes: withFolders(
        [
          // Without a name, it belongs to the container alone, and is removed with it.
          { containerPath: CONFIG_FOLDER },
          ...(volume === undefined ? [] : [{ volumeName: volume, containerPath: STORE }]),
        ],
        folders,
      ),
      ports: [...published],
      labels: [
        { label: SERVER_LABEL, value: server },
        { label: "pulumi-nats-auth.restart-for", value: pulumi.output(startupSettings).apply(shortDigest) },
        { label: LIMITS_LABEL, value: limits.apply(formatLimits) },
      ],
    },
    {
      ...opts,
      // The old container keeps running until the new one is ready to take over.
      deleteBeforeReplace: false,
      // The package sets the limits that its label contains. An engine without support for them reports others.
      ignoreChanges: ["memory", "memorySwap"],
    },
  );
}

/** Adds folders of the host, at the same paths: a file that is renewed there by renaming stays visible, unlike in a mounted file. */
function withFolders(
  volumes: pulumi.Input<docker.types.input.ContainerVolume>[],
  folders: pulumi.Output<readonly string[]> | undefined,
): docker.ContainerArgs["volumes"] {
  return folders === undefined
    ? volumes
    : folders.apply((paths) => [
        ...volumes,
        ...paths.map((path) => ({ hostPath: path, containerPath: path, readOnly: true })),
      ]);
}
