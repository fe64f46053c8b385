import { findState } from "./find-state";
import { isSamePlace, type Place } from "./place";
import { getServer } from "./platforms";
import type { Server } from "./server";

/**
 * Returns the servers in places that a server had before on any platform, such as a container before it became a process,
 * which it could not find by itself. Leaves out places that no longer exist or cannot be reached: a Docker Engine that was
 * removed must not prevent a server from running elsewhere.
 *
 * @param name the server's name in the program
 * @param now the place where it is to run
 */
export async function findEarlierServers(
  name: string,
  now: Place,
  places: readonly (Place | undefined)[],
): Promise<Server[]> {
  const others = places.filter((place): place is Place => place !== undefined && !isSamePlace(place, now));
  const servers = await Promise.all(others.map((place) => getServer(name, place)));
  const states = await Promise.all(servers.map(findState));
  return servers.filter((_server, index) => (states[index]?.process ?? "absent") !== "absent");
}
