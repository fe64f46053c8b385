import type Docker from "dockerode";
import { engineStatus, NOT_FOUND } from "./engine";
import { SERVER_LABEL } from "./layout";

/**
 * Finds the other containers of the same server: those with its label and its host name in its network, running or not,
 * the last started one first.
 */
export async function findSiblings(
  engine: Docker,
  container: Docker.Container,
): Promise<Docker.ContainerInspectInfo[]> {
  const own = await inspectContainer(container);
  const server = own?.Config.Labels[SERVER_LABEL];
  if (own === undefined || server === undefined) {
    return [];
  }
  const network = networksWithHost(server, own);
  const listed = await engine.listContainers({ all: true, filters: { network, label: [`${SERVER_LABEL}=${server}`] } });
  const others = await Promise.all(
    listed.filter(({ Id }) => Id !== own.Id).map(({ Id }) => engine.getContainer(Id).inspect()),
  );
  return others
    .filter((other) => networksWithHost(server, other).some((name) => network.includes(name)))
    .sort((a, b) => getStartTime(b) - getStartTime(a));
}

/** Inspects a container; undefined if it no longer exists. */
export async function inspectContainer(container: Docker.Container): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    return await container.inspect();
  } catch (error) {
    if (engineStatus(error) === NOT_FOUND) {
      return undefined;
    }
    throw error;
  }
}

/** True when a container was ever started. */
export function hasRun(container: Docker.ContainerInspectInfo): boolean {
  return getStartTime(container) > 0;
}

/** Returns the networks in which a container has a host name. */
function networksWithHost(host: string, { NetworkSettings }: Docker.ContainerInspectInfo): string[] {
  return Object.entries(NetworkSettings.Networks).flatMap(([network, { Aliases }]) =>
    (Aliases as string[] | null)?.includes(host) === true ? [network] : [],
  );
}

/** Returns the time at which a container was started last; before 1970 if it never was. */
function getStartTime({ State }: Docker.ContainerInspectInfo): number {
  return Date.parse(State.StartedAt);
}
