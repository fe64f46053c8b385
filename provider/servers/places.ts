import type { EngineAddress } from "./docker/address";
import type { Server } from "./server";

/** The two servers of a cluster: the one with static accounts, and the one that trusts an operator. */
export type Side = "static" | "operator";

/** Both sides. */
export const SIDES: readonly Side[] = ["static", "operator"];

/** The side that a side is not. */
export function otherSide(side: Side): Side {
  return side === "static" ? "operator" : "static";
}

/** A container of a Docker Engine. */
export interface DockerPlace {
  kind: "docker";
  /** The Docker Engine that has the container. */
  engine: EngineAddress;
  /** The container's id. */
  container: string;
}

/** A process of this machine. */
export interface ProcessPlace {
  kind: "process";
  /** The absolute path of the folder that it has for itself. */
  folder: string;
  /** The IP address on which it listens. */
  address: string;
  /** The ports on which it listens, by the argument that says them. */
  ports: Record<string, number>;
}

/** Where a server runs. */
export type Place = DockerPlace | ProcessPlace;

/**
 * The server of a place. What handles the place is loaded here: programs load this file and touch no server, and a Docker
 * client would only make them start later.
 *
 * @param name what the program calls it
 */
export async function serverAt(name: string, place: Place): Promise<Server> {
  switch (place.kind) {
    case "docker": {
      const { ContainerServer } = await import("./docker/container.js");
      return new ContainerServer(name, place.engine, place.container);
    }
    case "process": {
      const { ProcessServer } = await import("./process/process.js");
      return new ProcessServer(name, place.folder);
    }
  }
}
