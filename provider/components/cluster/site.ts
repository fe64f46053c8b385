import type * as pulumi from "@pulumi/pulumi";
import type { DeepInput } from "../../resources/inputs";
import type { Place, Side } from "../../servers/places";
import type { ServerPorts } from "./cluster-args";
import type { Gate } from "../validation";

/** A value for each of the two servers. */
export type Sides<T> = Readonly<Record<Side, T>>;

/** Makes a value for each side. */
export function bySide<T>(of: (side: Side) => T): Sides<T> {
  return { static: of("static"), operator: of("operator") };
}

/** What it takes to make the places of a cluster's servers. */
export interface SiteArgs {
  /** The name of the cluster's resource. */
  readonly name: string;
  /** Open once the cluster is valid: nothing is made before. */
  readonly gate: Gate;
  readonly ports: Sides<ServerPorts>;
  readonly bindAddress: pulumi.Input<string>;
  /** What each server cannot take by a reload: a change of it makes another place. */
  readonly fixed: Sides<pulumi.Output<string>>;
}

/** The places of a cluster's servers, in which nothing runs yet. */
export interface Site {
  readonly places: Sides<DeepInput<Place>>;
  /** The host by which each server is reached by the other one. */
  readonly hosts: Sides<pulumi.Input<string>>;
  /** What tells these places from all others, by what the places are called. */
  readonly ids: Readonly<Record<string, Sides<pulumi.Output<string>>>>;
}

/** Places that are containers. */
export interface DockerSite extends Site {
  /** The name of the docker network. */
  readonly network: pulumi.Output<string>;
  /** The docker id of each container. */
  readonly containers: Sides<pulumi.Output<string>>;
}

/** Places that are processes of this machine. */
export interface ProcessSite extends Site {
  /** The absolute path of each process' folder. */
  readonly processes: Sides<pulumi.Output<string>>;
}
