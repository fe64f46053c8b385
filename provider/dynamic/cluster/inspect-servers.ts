import { isTlsFile } from "../../config/tls";
import type { PerServer } from "../../model/cluster/servers";
import { findEnded } from "../../model/tls/certificate";
import { inspectServer, type ServerCondition } from "../../servers/condition";
import type { Place } from "../../servers/place";
import { findSurplus, getServer } from "../../servers/platforms";
import { filesOf, type ConfiguredServer } from "./configured-server";

/** Servers as the last update has left them. */
interface DeployedServers {
  readonly places: PerServer<Place>;
  readonly servers: PerServer<ConfiguredServer>;
  readonly routePassword: string;
}

/** Returns the condition of each server. @param now Unix seconds */
export async function inspectServers(state: DeployedServers, now: number): Promise<PerServer<ServerCondition>> {
  const surplus = await findSurplus(Object.values(state.places));
  const inspect = async ([name, place]: [string, Place]) => {
    const files = filesOf(name, state.servers, state.routePassword) ?? {};
    const condition = await inspectServer(await getServer(name, place), files);
    const ended = Object.entries(files).flatMap(([file, text]) => (isTlsFile(file) ? findEnded(text, now) : []));
    return [name, condition === "in force" ? conditionBy(ended, surplus.includes(place)) : condition] as const;
  };
  return Object.fromEntries(await Promise.all(Object.entries(state.places).map(inspect)));
}

/**
 * The condition of a server that runs with its files.
 *
 * @param ended its certificates that have ended
 * @param hasSurplus whether its StatefulSet has pods after it that do not belong to the cluster
 */
function conditionBy(ended: readonly string[], hasSurplus: boolean): ServerCondition {
  if (ended.length > 0) {
    return `certificate ended: ${[...new Set(ended)].join("; ")}`;
  }
  return hasSurplus ? "followed by extra pods" : "in force";
}
