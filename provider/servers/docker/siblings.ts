import type Docker from "dockerode";
import { engineStatus, NOT_FOUND } from "./engine";
import { SERVER_LABEL } from "./layout";

/**
 * The other containers of the same server: those that answer to its host name in its network, running or not, the one
 * that was started last first.
 */
export async function siblings(engine: Docker, container: Docker.Container): Promise<Docker.ContainerInspectInfo[]> {
  const own = await foundContainer(container);
  const server = own?.Config.Labels[SERVER_LABEL];
  if (own === undefined || server === undefined) {
    return [];
  }
  const network = networksAs(server, own);
  const listed = await engine.listContainers({ all: true, filters: { network, label: [`${SERVER_LABEL}=${server}`] } });
  const others = await Promise.all(
    listed.filter(({ Id }) => Id !== own.Id).map(({ Id }) => engine.getContainer(Id).inspect()),
  );
  return others
    .filter((other) => networksAs(server, other).some((name) => network.includes(name)))
    .sort((a, b) => startOf(b) - startOf(a));
}

/** What the engine says of a container; undefined when it is gone. */
export async function foundContainer(container: Docker.Container): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    return await container.inspect();
  } catch (error) {
    if (engineStatus(error) === NOT_FOUND) {
      return undefined;
    }
    throw error;
  }
}

/** True when a container has ever been started. */
export function hasRun(container: Docker.ContainerInspectInfo): boolean {
  return startOf(container) > 0;
}

/** The networks in which a container answers to a host name. */
function networksAs(host: string, { NetworkSettings }: Docker.ContainerInspectInfo): string[] {
  return Object.entries(NetworkSettings.Networks).flatMap(([network, { Aliases }]) =>
    (Aliases as string[] | null)?.includes(host) === true ? [network] : [],
  );
}

/** When a container was started last; before 1970 when never. */
function startOf({ State }: Docker.ContainerInspectInfo): number {
  return Date.parse(State.StartedAt);
}
