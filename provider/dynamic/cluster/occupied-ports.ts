import { portsByArgumentIn } from "../../config/deployed";
import { keyPath } from "../../diagnostics/diagnostic";
import type { OccupiedPorts } from "../../model/cluster/ports";
import type { PerServer } from "../../model/cluster/servers";
import { groupBy, sortEntries } from "../../model/form/order";
import type { Place } from "../../servers/place";
import { machinePorts } from "../../servers/platforms";
import { hasUnknown, ifKnown } from "../life-cycle/unknown";
import { findMachine } from "./stream-store";

/** The servers of a program, as far as a preview knows them. */
export interface DeclaredServers {
  readonly places: PerServer<Place>;
  readonly servers: PerServer<{ readonly config: string }>;
  readonly outlines?: PerServer<string>;
}

/**
 * Finds servers on ports on which servers that leave still listen. Ports are compared whatever their addresses are, as those of one
 * program are.
 *
 * @param leaving the places of running servers that leave
 * @param former their configurations
 */
export async function findOccupiedPorts(
  leaving: readonly { readonly name: string; readonly place: Place }[],
  former: PerServer<{ readonly config: string }>,
  next: DeclaredServers,
): Promise<OccupiedPorts[]> {
  const all = await Promise.all(
    leaving.map(async ({ name, place }) => {
      const used = await machinePorts(place);
      const { clusterPort } = portsByArgumentIn(former[name]?.config ?? "");
      const publishesRoutes = clusterPort !== undefined && used.includes(clusterPort);
      const near = sortEntries(next.places).filter(([, other]) => isSameMachine(place, other));
      return near.flatMap(([other, at]) =>
        declaredPorts(other, at, next)
          .map(({ path, ports }) => ({
            path,
            leaving: name,
            ports: pick(ports, (argument, port) => {
              return used.includes(port) && (argument !== "clusterPort" || publishesRoutes);
            }),
          }))
          .filter(({ ports }) => Object.keys(ports).length > 0),
      );
    }),
  );
  return all.flat();
}

function isSameMachine(one: Place, other: Place): boolean {
  const machine = findMachine(one);
  return machine !== undefined && machine === findMachine(other);
}

/** Returns the ports of a server that are known, by the argument of the server and of the port. */
function declaredPorts(
  name: string,
  place: Place,
  { servers, outlines }: DeclaredServers,
): readonly Pick<OccupiedPorts, "path" | "ports">[] {
  switch (place.kind) {
    case "process": {
      const known = Object.entries(place.ports).filter(([, port]) => !hasUnknown(port));
      return [...groupBy(known, ([key]) => key.slice(0, key.lastIndexOf(".")))].map(([prefix, ports]) => ({
        path: prefix === "static" ? "staticServer" : prefix,
        ports: Object.fromEntries(ports.map(([key, port]) => [key.slice(prefix.length + 1), port])),
      }));
    }
    case "docker": {
      // A preview may not know the keys and JWTs of a configuration, but knows its outline.
      const config = ifKnown(servers[name]?.config) ?? ifKnown(outlines?.[name]) ?? "";
      return [{ path: keyPath("servers", name), ports: portsByArgumentIn(config) }];
    }
    case "kubernetes":
      return [];
  }
}

function pick(
  ports: OccupiedPorts["ports"],
  isPicked: (argument: string, port: number) => boolean,
): OccupiedPorts["ports"] {
  return Object.fromEntries(Object.entries(ports).filter(([argument, port]) => isPicked(argument, port)));
}
