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
import type { ServerPorts } from "./cluster-servers";
import { engineAddress } from "./docker-engine";
import { shortDigest, type DockerPlaces, type ServerPlacesArgs } from "./server-places";
import type { DockerTarget } from "./target";
import { afterGate } from "../validation";

/** Arguments of {@link createDockerPlaces}. */
export interface DockerPlacesArgs extends ServerPlacesArgs {
  readonly image: pulumi.Input<string> | undefined;
  /** Public key of the cluster's operator. With the names of project, stack and cluster it is unique within an engine. */
  readonly operator: pulumi.Input<string>;
  /** Address that ports for routes are published at; undefined if they are not published. */
  readonly clusterAddress: pulumi.Input<string> | undefined;
  readonly limits: DockerTarget;
  /** Storage for streams. */
  readonly jetstream: DeepInput<ServerStorage> | undefined;
  /** Provider for the Docker Engine; undefined for the default provider. */
  readonly provider: pulumi.ProviderResource | undefined;
}

/** Creates the network and the containers of a cluster. */
export function createDockerPlaces(args: DockerPlacesArgs, child: pulumi.CustomResourceOptions): DockerPlaces {
  const { name, gate, image, operator, jetstream, stores, provider } = args;
  const cluster = pulumi.interpolate`${pulumi.getProject()}/${pulumi.getStack()}/${name}/${operator}`;
  const network = new docker.Network(
    name,
    { driver: afterGate(gate, "bridge"), labels: [{ label: CLUSTER_LABEL, value: cluster }] },
    // Networks of earlier versions have no label. Adding it would replace the network, and with it the containers.
    { ...child, ignoreChanges: ["labels"] },
  ).name;
  const { imageId } = new docker.RemoteImage(
    name,
    { name: afterGate(gate, image ?? DEFAULT_IMAGE), keepLocally: true },
    child,
  );
  const limits = pulumi.all([args.limits, jetstream]).apply(([given, storage]) => effectiveLimits(given, storage));
  const shared = { image: imageId, network, limits };
  const engine = engineAddress(provider);
  const volumes = stores
    ? perServer(
        args.servers,
        (server) => new docker.Volume(`${name}-${server.name}`, { driver: afterGate(gate, "local") }, child).name,
      )
    : undefined;
  const servers = args.servers.map((server) => {
    const { name: host, ports, startupSettings } = server;
    const volume = volumes?.[host];
    const own = { server: host, volume, published: publishedPorts(ports, args), startupSettings };
    const container = createContainer(name, { ...shared, ...own }, child).id;
    return { ...server, host, container, place: { kind: "docker" as const, engine, container } };
  });
  const containers = perServer(servers, ({ container }) => container);
  return {
    network,
    containers,
    ids: { containers },
    servers,
    stores: volumes,
  };
}

/** A port of a container that is a port of the host, too. */
interface PublishedPort {
  readonly internal: pulumi.Input<number>;
  readonly external: pulumi.Input<number>;
  readonly ip: pulumi.Input<string>;
}

/** Returns the ports that a container publishes. The other servers use the network, so routes need no port of the host. */
function publishedPorts(
  { clientPort, clusterPort, monitoringPort }: ServerPorts,
  { addresses, clusterAddress }: Pick<DockerPlacesArgs, "addresses" | "clusterAddress">,
): PublishedPort[] {
  const at = (port: pulumi.Input<number> | undefined, ip: pulumi.Input<string> | undefined): PublishedPort[] =>
    port === undefined || ip === undefined ? [] : [{ internal: port, external: port, ip }];
  return [
    ...at(clientPort, addresses.bindAddress),
    ...at(clusterPort, clusterAddress),
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
  const { server, image, network, published, limits, volume, startupSettings } = args;
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
      volumes: [
        // Without a name, it belongs to the container alone, and is removed with it.
        { containerPath: CONFIG_FOLDER },
        ...(volume === undefined ? [] : [{ volumeName: volume, containerPath: STORE }]),
      ],
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
