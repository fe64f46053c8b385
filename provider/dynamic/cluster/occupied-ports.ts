import { modeIn, portsByArgumentIn } from "../../config/deployed";
import { keyPath } from "../../diagnostics/diagnostic";
import type { OccupiedPorts } from "../../model/cluster/ports";
import type { PerServer } from "../../model/cluster/servers";
import { groupBy, sortEntries } from "../../model/form/order";
import { findState } from "../../servers/find-state";
import { isSamePlace, type Place } from "../../servers/place";
import { getServer, machinePorts } from "../../servers/platforms";
import { hasUnknown, ifKnown } from "../life-cycle/unknown";
import { findMachine } from "./stream-store";

/** The servers of a program, as far as a preview knows them. */
export interface DeclaredServers {
  readonly places: PerServer<Place>;
  readonly servers: PerServer<{ readonly config: string }>;
  readonly outlines?: PerServer<string>;
}

/** A server, and the place where it runs until its turn. */
interface PlacedServer {
  readonly name: string;
  readonly place: Place;
}

/**
 * Finds servers on ports on which servers that leave still listen.
 *
 * @param leaving the places of running servers that leave
 * @param former their configurations
 */
export async function findOccupiedPorts(
  leaving: readonly PlacedServer[],
  former: DeclaredServers["servers"],
  next: DeclaredServers,
): Promise<OccupiedPorts[]> {
  const all = await Promise.all(leaving.map((server) => findTakenPorts(server, former, next, () => true)));
  return all.flat();
}

/**
 * Finds servers on ports on which servers that move to other ports still listen: those that move later.
 *
 * @param former the present servers; none in a first preview
 */
export async function findPassedPorts(
  { places = {}, servers = {} }: Partial<DeclaredServers>,
  next: DeclaredServers,
): Promise<OccupiedPorts[]> {
  const moving = inTurns(findMoving(places, next.places), next);
  const all = await Promise.all(
    moving.map(async (server, turn) => {
      const earlier = moving.slice(0, turn).map(({ name }) => name);
      const taken = await findTakenPorts(server, servers, next, (name) => earlier.includes(name));
      if (taken.length === 0) {
        return [];
      }
      const state = await findState(await getServer(server.name, server.place));
      return state?.process === "running" ? taken : [];
    }),
  );
  return all.flat();
}

/** Returns the servers that get other places, with their present ones. */
function findMoving(former: PerServer<Place>, next: PerServer<Place>): readonly PlacedServer[] {
  return sortEntries(next).flatMap(([name, to]) => {
    const { [name]: place } = former;
    return place === undefined || isSamePlace(place, to) ? [] : [{ name, place }];
  });
}

/** Sorts servers as they change. One alone has its turn, whatever its mode is. */
function inTurns(servers: readonly PlacedServer[], next: DeclaredServers): readonly PlacedServer[] {
  if (servers.length < 2) {
    return servers;
  }
  const isOperator = ({ name }: PlacedServer) => modeIn(findConfig(name, next)) === "operator";
  return [...servers.filter(isOperator), ...servers.filter((server) => !isOperator(server))];
}

/**
 * Returns the ports of a running server that others get. Ports are compared whatever their addresses are, as those of one program
 * are.
 *
 * @param former its configuration
 * @param isOther whether a server can take its ports
 */
async function findTakenPorts(
  { name: holder, place }: PlacedServer,
  former: DeclaredServers["servers"],
  next: DeclaredServers,
  isOther: (name: string) => boolean,
): Promise<readonly OccupiedPorts[]> {
  const near = sortEntries(next.places).filter(([name, other]) => isOther(name) && isSameMachine(place, other));
  if (near.length === 0) {
    return [];
  }
  const used = await machinePorts(place);
  const { clusterPort } = portsByArgumentIn(former[holder]?.config ?? "");
  const publishesRoutes = clusterPort !== undefined && used.includes(clusterPort);
  const isUsed = (argument: string, port: number) =>
    used.includes(port) && (argument !== "clusterPort" || publishesRoutes);
  return near.flatMap(([name, at]) =>
    declaredPorts(name, at, next)
      .map(({ path, ports }) => ({ path, holder, ports: pick(ports, isUsed) }))
      .filter(({ ports }) => Object.keys(ports).length > 0),
  );
}

function isSameMachine(one: Place, other: Place): boolean {
  const machine = findMachine(one);
  return machine !== undefined && machine === findMachine(other);
}

/** Returns the ports of a server that are known, by the argument of the server and of the port. */
function declaredPorts(
  name: string,
  place: Place,
  next: DeclaredServers,
): readonly Pick<OccupiedPorts, "path" | "ports">[] {
  switch (place.kind) {
    case "process": {
      const known = Object.entries(place.ports).filter(([, port]) => !hasUnknown(port));
      return [...groupBy(known, ([key]) => key.slice(0, key.lastIndexOf(".")))].map(([prefix, ports]) => ({
        path: prefix === "static" ? "staticServer" : prefix,
        ports: Object.fromEntries(ports.map(([key, port]) => [key.slice(prefix.length + 1), port])),
      }));
    }
    case "docker":
      return [{ path: keyPath("servers", name), ports: portsByArgumentIn(findConfig(name, next)) }];
    case "kubernetes":
      return [];
  }
}

/** Returns the configuration of a server. A preview may not know its keys and JWTs, but knows its outline. */
function findConfig(name: string, { servers, outlines }: DeclaredServers): string {
  return ifKnown(servers[name]?.config) ?? ifKnown(outlines?.[name]) ?? "";
}

function pick(
  ports: OccupiedPorts["ports"],
  isPicked: (argument: string, port: number) => boolean,
): OccupiedPorts["ports"] {
  return Object.fromEntries(Object.entries(ports).filter(([argument, port]) => isPicked(argument, port)));
}
