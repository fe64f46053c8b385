import { join } from "node:path";
import { omitUndefined } from "../model/form/order";
import type { EngineAddress } from "./docker/engine-address";
import { STORE } from "./process/layout";
import type { Server } from "./server";

/** A container of a Docker Engine. */
export interface DockerPlace {
  kind: "docker";
  /** The Docker Engine that has the container. */
  engine: EngineAddress;
  /** The container's id. */
  container: string;
}

/** A process on this machine. */
export interface ProcessPlace {
  kind: "process";
  /** The absolute path of the server's own folder. */
  folder: string;
  /** The IP address on which the server listens for clients. */
  address: string;
  /** The ports on which the server listens, by the argument that sets them. */
  ports: Record<string, number>;
  /** The IP addresses of ports that do not listen on `address`, by the argument that sets the port. */
  addresses?: Record<string, string> | undefined;
}

/** The place where a server runs. */
export type Place = DockerPlace | ProcessPlace;

/**
 * Returns what identifies the machine of a place: for a Docker Engine its host, without the certificates and the
 * key by which it is reached.
 */
export function machineOf(
  place: { readonly kind: "process" } | { readonly kind: "docker"; readonly engine: EngineAddress },
): string {
  return JSON.stringify(
    place.kind === "docker" ? omitUndefined<EngineAddress>({ host: place.engine.host }) : place.kind,
  );
}

/**
 * Returns the server of a place. Loads the implementation when it is needed: programs load this file without using a
 * server, and a Docker client would delay their start.
 *
 * @param name the server's name in the program
 */
export async function getServer(name: string, place: Place): Promise<Server> {
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

/**
 * Removes the storage of a server that no longer runs JetStream, with the list of its members: servers with other names
 * would not become members of it. The volume of a container is a resource, which the engine removes.
 */
export async function removeStore(place: Place): Promise<void> {
  if (place.kind === "process") {
    const { removeOwnFolder } = await import("./process/files.js");
    await removeOwnFolder(join(place.folder, STORE));
  }
}
