import { isDeepStrictEqual } from "node:util";
import { serverAt, type Place } from "./places";
import type { Server } from "./server";

/**
 * The servers of places that one server had before, wherever those were: in a container before it became a process, say,
 * which it could not find by itself. Places that are gone are left out, and those that nobody can ask: a Docker Engine that
 * is no longer there must not keep a server from running elsewhere.
 *
 * @param name what the program calls the server
 * @param now where it is to run
 */
export async function earlierServers(
  name: string,
  now: Place,
  places: readonly (Place | undefined)[],
): Promise<Server[]> {
  const others = places.filter((place): place is Place => place !== undefined && !isDeepStrictEqual(place, now));
  const servers = await Promise.all(others.map((place) => serverAt(name, place)));
  const there = await Promise.all(servers.map(isThere));
  return servers.filter((_server, index) => there[index]);
}

async function isThere(server: Server): Promise<boolean> {
  try {
    return (await server.state()).process !== "absent";
  } catch {
    return false;
  }
}
