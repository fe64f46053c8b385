import type { PerServer } from "../../model/cluster/servers";
import type { KubernetesPlace, Place } from "../../servers/place";
import { podName } from "../../servers/kubernetes/layout";
import type { Tunnel } from "../../servers/kubernetes/tunnel";
import type { Endpoint } from "../../servers/system-client";

/**
 * Uses servers from this machine. Those in pods are reached through the API server, because their addresses are valid in the
 * cluster only.
 *
 * @param places the places of the servers
 * @param use gets the endpoints as this machine reaches them
 */
export async function withReachable<T>(
  endpoints: readonly Endpoint[],
  places: PerServer<Place>,
  use: (endpoints: readonly Endpoint[]) => Promise<T>,
): Promise<T> {
  const pods = Object.values(places).filter((place) => place.kind === "kubernetes");
  const tunnels: Tunnel[] = [];
  const reach = async (endpoint: Endpoint): Promise<Endpoint> => {
    const server = typeof endpoint === "string" ? { url: endpoint } : endpoint;
    const { hostname, port } = new URL(server.url);
    const pod = pods.find(({ host }) => host === hostname);
    if (pod === undefined) {
      return endpoint;
    }
    const tunnel = await open(pod, Number(port));
    tunnels.push(tunnel);
    return { ...server, via: tunnel.address };
  };
  try {
    return await use(await Promise.all(endpoints.map(reach)));
  } catch (error) {
    // The client reports no more than a closed connection.
    throw tunnels.find(({ failure }) => failure !== undefined)?.failure ?? error;
  } finally {
    for (const tunnel of tunnels) {
      tunnel.close();
    }
  }
}

/** Loaded only when needed, as the client of Kubernetes is. */
async function open(place: KubernetesPlace, port: number): Promise<Tunnel> {
  const { NamespaceClient } = await import("../../servers/kubernetes/client.js");
  const { openTunnel } = await import("../../servers/kubernetes/tunnel.js");
  return openTunnel(await NamespaceClient.connect(place), podName(place.statefulSet, place.ordinal), port);
}
