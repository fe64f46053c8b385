import type Docker from "dockerode";
import { foundContainer } from "./siblings";
import { CLUSTER_LABEL } from "./layout";

/**
 * Removes networks that were made for the cluster of a container, and have none: their update was killed before it could
 * tell the state of them.
 */
export async function removeLostNetworks(engine: Docker, container: Docker.Container): Promise<void> {
  const own = await foundContainer(container);
  for (const network of Object.keys(own?.NetworkSettings.Networks ?? {})) {
    const cluster = await clusterOf(engine, network);
    if (cluster !== undefined) {
      const all = await engine.listNetworks({ filters: { label: [`${CLUSTER_LABEL}=${cluster}`] } });
      const others = all.filter(({ Name }) => Name !== network);
      // The other server's place does the same: that one is gone is all that counts.
      await Promise.allSettled(others.map(({ Id }) => removeUnused(engine, Id)));
    }
  }
}

/** The cluster that a network was made for; undefined for any other one, and for one that is gone. */
async function clusterOf(engine: Docker, name: string): Promise<string | undefined> {
  const networks = await engine.listNetworks({ filters: { name: [name] } });
  return networks.find(({ Name }) => Name === name)?.Labels?.[CLUSTER_LABEL];
}

/** Containers that are stopped count, too: they could not be started without their network. */
async function removeUnused(engine: Docker, network: string): Promise<void> {
  const users = await engine.listContainers({ all: true, filters: { network: [network] } });
  if (users.length === 0) {
    await engine.getNetwork(network).remove();
  }
}
