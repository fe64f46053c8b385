import type Docker from "dockerode";
import { inspectContainer } from "./siblings";
import { CLUSTER_LABEL } from "./layout";

/**
 * Removes unused networks of the cluster to which a container belongs. The update that created them was killed before
 * they were recorded in the state.
 */
export async function removeLostNetworks(engine: Docker, container: Docker.Container): Promise<void> {
  const own = await inspectContainer(container);
  for (const network of Object.keys(own?.NetworkSettings.Networks ?? {})) {
    const cluster = await findCluster(engine, network);
    if (cluster !== undefined) {
      const all = await engine.listNetworks({ filters: { label: [`${CLUSTER_LABEL}=${cluster}`] } });
      const others = all.filter(({ Name }) => Name !== network);
      // The other server's place removes them at the same time: it only matters that they are gone.
      await Promise.allSettled(others.map(({ Id }) => removeUnused(engine, Id)));
    }
  }
}

/** Returns the cluster to which a network belongs; undefined for any other network, and for one that no longer exists. */
async function findCluster(engine: Docker, name: string): Promise<string | undefined> {
  const networks = await engine.listNetworks({ filters: { name: [name] } });
  return networks.find(({ Name }) => Name === name)?.Labels?.[CLUSTER_LABEL];
}

/** Keeps networks of stopped containers, too, which could not start without them. */
async function removeUnused(engine: Docker, network: string): Promise<void> {
  const users = await engine.listContainers({ all: true, filters: { network: [network] } });
  if (users.length === 0) {
    await engine.getNetwork(network).remove();
  }
}
