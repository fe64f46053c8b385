import type * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import type { PerServer } from "../../model/cluster/servers";
import type { DeepInput } from "../../resources/dynamic-resource";
import type { Place } from "../../servers/place";
import type { Gate } from "../validation";
import type { Addresses } from "./addresses";
import type { ServiceAccess } from "./listener-ports";
import type { DeclaredServer } from "../configuration/declared-server";
import type { ResolvedRemotes } from "../configuration/remotes";
import type { ResolvedTls } from "../configuration/tls";

/** A server that gets a place. */
export interface UnplacedServer extends DeclaredServer {
  /** Its configuration, which the place receives when the server starts. */
  readonly config: pulumi.Output<string>;
  /** Its configuration without keys and JWTs, as previews show it. */
  readonly outline: pulumi.Output<string>;
  /** Settings that it reads only when it starts: a change replaces its place. */
  readonly startupSettings: pulumi.Output<string>;
  /** The addresses that its ports are bound to. */
  readonly addresses: Addresses;
  /** Its TLS; undefined without any. */
  readonly resolvedTls: ResolvedTls | undefined;
  /** The hubs that it connects to; undefined without any. */
  readonly resolvedRemotes: ResolvedRemotes | undefined;
}

/** Arguments for creating the places of a cluster's servers. */
export interface ServerPlacesArgs {
  /** Name of the cluster's resource. */
  readonly name: string;
  /** Opens when the cluster is valid; nothing is created before. */
  readonly gate: Gate;
  readonly clusterName: pulumi.Output<string>;
  readonly servers: readonly UnplacedServer[];
  /** Whether the servers store streams. */
  readonly stores: boolean;
}

/** A server and its place, before it starts there. */
export interface PlacedServer extends UnplacedServer {
  readonly place: DeepInput<Place>;
  /** Host name by which the other servers reach it. */
  readonly hostName: pulumi.Input<string>;
}

/** The places of a cluster's servers, before the servers start in them. */
export interface ServerPlaces {
  readonly servers: readonly PlacedServer[];
  /** Volume or folder in which each server stores streams; undefined if they have none. */
  readonly stores: PerServer<pulumi.Output<string>> | undefined;
  /** Size and class of the volume of each server, where they cannot change. */
  readonly volumes?: PerServer<pulumi.Output<string>>;
  /** What happens to each volume when the cluster is destroyed, where that depends on the program, for previews. */
  readonly claims?: pulumi.Output<Readonly<Record<string, string>>>;
  /** Ids of the places, by the name of the output that contains them. */
  readonly ids: Readonly<Record<string, PerServer<pulumi.Output<string>>>>;
}

/** Places that are containers. */
export interface DockerPlaces extends ServerPlaces {
  readonly kind: "docker";
  /** Name of the docker network of each host; undefined is the only host of a cluster without `hosts`. */
  readonly networks: ReadonlyMap<string | undefined, pulumi.Output<string>>;
  /** Docker id of each container. */
  readonly containers: PerServer<pulumi.Output<string>>;
}

/** Places that are local processes. */
export interface ProcessPlaces extends ServerPlaces {
  readonly kind: "process";
  /** Absolute path of each process's folder. */
  readonly processes: PerServer<pulumi.Output<string>>;
}

/** The Service for clients of an entry of `servers`. */
export interface ClientService extends ServiceAccess {
  /** Name of the entry. */
  readonly name: string;
  /** Host by which pods reach it. */
  readonly host: pulumi.Output<string>;
  /** One of its servers. */
  readonly server: UnplacedServer;
}

/** Places that are pods. */
export interface PodPlaces extends ServerPlaces {
  readonly kind: "kubernetes";
  readonly services: readonly ClientService[];
  /** Creates what limits evictions. @param configuration what starts and stops the servers */
  readonly limitEvictions: (configuration: pulumi.Resource) => void;
}

/** The places of a cluster's servers, and those of each platform. */
export interface Places extends ServerPlaces {
  readonly groups: readonly (DockerPlaces | ProcessPlaces | PodPlaces)[];
}

/** Returns a short digest of a text, for comparison. */
export function shortDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
