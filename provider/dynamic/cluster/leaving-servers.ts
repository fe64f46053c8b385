import { runsJetStreamIn } from "../../config/deployed-jetstream";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import { occupiedPortsDiagnostics } from "../../model/cluster/ports";
import { describeLeaving, leavingDiagnostics, type StreamsReport } from "../../model/cluster/stored-streams";
import { serverName, type PerServer } from "../../model/cluster/servers";
import { omitUndefined, sortEntries } from "../../model/form/order";
import { findState } from "../../servers/find-state";
import type { Place } from "../../servers/place";
import { getServer, removeServer } from "../../servers/platforms";
import type { Server } from "../../servers/server";
import type { SystemClient } from "../../servers/system-client";
import { isUnknown } from "../life-cycle/unknown";
import { presentConfigs, withPresentLogin, type RouteCheck } from "./check-credentials";
import { findOccupiedPorts, type DeclaredServers } from "./occupied-ports";
import { askForMembers, askForStreams, type DeployedCluster } from "./streams";
import { serverNamesOf } from "./waits";

/** A server that the program no longer has. */
export interface LeavingServer {
  readonly name: string;
  readonly place: Place;
  readonly server: Server;
  readonly isRunning: boolean;
  /** False if its machine does not respond, or rejects the access to it: nobody can stop it. */
  readonly isReachable: boolean;
}

/**
 * Finds the servers that the program no longer has.
 *
 * @param deployed the places of the last finished update
 * @param former the places of an update that may not have been finished
 */
export async function findLeavingServers(
  places: PerServer<Place>,
  deployed: PerServer<Place> = {},
  former: PerServer<Place> = {},
): Promise<readonly LeavingServer[]> {
  const all = { ...former, ...deployed };
  const gone = sortEntries(all)
    .filter(([name]) => !Object.hasOwn(places, name))
    .sort(([, one], [, other]) => ordinalOf(other) - ordinalOf(one));
  const found = await Promise.all(
    gone.map(async ([name, place]) => {
      const server = await getServer(name, place);
      const state = await findState(server);
      const { process } = state ?? {};
      const isReachable = state !== undefined;
      const mayBeMember = (isReachable && process !== "absent") || Object.hasOwn(deployed, name);
      return mayBeMember ? [{ name, place, server, isRunning: process === "running", isReachable }] : [];
    }),
  );
  return found.flat();
}

/** The ordinal of a pod: the last one of a StatefulSet leaves first. Other servers leave in the order of their names. */
function ordinalOf(place: Place): number {
  switch (place.kind) {
    case "docker":
    case "process":
      return 0;
    case "kubernetes":
      return place.ordinal;
  }
}

/** What remains of a cluster when servers leave it. */
export interface RemainingCluster {
  readonly clusterName: string;
  readonly servers: PerServer<{ readonly config: string }>;
}

/**
 * Stops servers that leave a cluster, one after the other. If the servers run JetStream, the streams of each one move to the
 * others before, and it is removed from the members. So one that was stopped, but is still a member, may have streams: see
 * {@link findLeavingEffects}. One on a machine that cannot be reached is only removed from the members.
 *
 * @param check access to the servers that remain; without it, streams are not looked at
 * @param done receives a sentence for each server that has left, for errors
 */
export async function retireServers(
  leaving: readonly LeavingServer[],
  { clusterName, servers }: RemainingCluster,
  check: RouteCheck | undefined,
  done: string[],
): Promise<void> {
  const remaining = Object.keys(servers);
  const ask = async (present: readonly string[], use: (client: SystemClient) => Promise<void>): Promise<void> => {
    if (check === undefined || !runsJetStreamIn(servers)) {
      return;
    }
    // Loaded only when needed: a NATS client takes long to load.
    const { SystemClient: Client } = await import("../../servers/system-client.js");
    await withPresentLogin(check, presentConfigs(servers), true, async ({ urls, login }) => {
      const client = await Client.connect(urls, login, present.length);
      try {
        await use(client);
      } finally {
        await client.close();
      }
    });
  };
  const { moveStreams, removeMember } = await import("../../servers/leaving.js");
  const running = new Set(leaving.filter(({ isRunning }) => isRunning).map(({ name }) => name));
  for (const { name, place, server, isReachable } of leaving) {
    const member = serverName(clusterName, name);
    const present = [...remaining, ...running];
    await ask(present, async (client) => {
      if (running.has(name)) {
        await moveStreams(client, member);
      }
      await removeMember(client, member);
    });
    if (isReachable) {
      await server.stop();
      await removeServer(place);
    }
    running.delete(name);
    done.push(`Server ${name} has left the cluster${isReachable ? "" : ", but could not be stopped"}.`);
  }
}

/**
 * Adds the hosts of servers that leave to the access to a cluster: while they leave, a verification may connect to them.
 *
 * @param next access to the servers that remain
 * @param access access to the servers as they run now
 * @param deployed the present servers
 * @param places the places of the servers that remain
 */
export function withLeavingHosts(
  next: RouteCheck | undefined,
  access: RouteCheck | undefined,
  deployed: PerServer<unknown>,
  places: PerServer<Place>,
): RouteCheck | undefined {
  const names = Object.keys(deployed).filter((name) => !Object.hasOwn(places, name));
  const isSpread = access?.hosts !== undefined || next?.hosts !== undefined;
  if (next === undefined || access === undefined || names.length === 0 || !isSpread || isUnknown(next.hosts)) {
    return next;
  }
  const { hostname } = new URL(access.url);
  const hosts = Object.fromEntries(names.map((name) => [name, access.hosts?.[name] ?? hostname]));
  return { ...next, hosts: { ...hosts, ...next.hosts } };
}

/** What happens when servers leave. */
export interface LeavingEffects {
  readonly diagnostics: readonly Diagnostic[];
  /** What happens to each server, for people; missing if none leaves. */
  readonly leaving?: string;
}

/** A cluster as it was deployed, with the places of its servers. */
export interface PlacedCluster extends DeployedCluster {
  readonly clusterName: string;
  readonly places: PerServer<Place>;
}

/**
 * Finds what happens when servers leave, before anything is done. Asks the servers for streams only if they run JetStream.
 *
 * @param deployed the present cluster
 * @param next the servers that remain
 * @param keepsJetStream whether these run JetStream
 * @param access access to the servers as they run now; undefined without verification
 */
export async function findLeavingEffects(
  deployed: PlacedCluster,
  next: DeclaredServers,
  keepsJetStream: boolean,
  access: RouteCheck | undefined,
): Promise<LeavingEffects> {
  const names = Object.keys(deployed.places).filter((name) => !Object.hasOwn(next.places, name));
  if (names.length === 0) {
    return { diagnostics: [] };
  }
  const hasStreams = keepsJetStream && runsJetStreamIn(deployed.servers);
  const leaving = await findLeavingServers(next.places, deployed.places);
  const report = hasStreams ? await askAll(deployed, leaving, access) : undefined;
  const running = leaving.filter(({ isRunning }) => isRunning);
  const unreachable = leaving.filter(({ isReachable }) => !isReachable).map(({ name }) => name);
  return omitUndefined<LeavingEffects>({
    diagnostics: [
      ...(report === undefined ? [] : leavingDiagnostics(names, Object.keys(next.places).length, report)),
      ...occupiedPortsDiagnostics(await findOccupiedPorts(running, deployed.servers, next)),
    ],
    leaving: describeLeaving(names, hasStreams, unreachable),
  });
}

/** Asks for all streams. Servers that an unfinished update has removed from the members and stopped have none. */
async function askAll(
  { clusterName, places, servers }: PlacedCluster,
  leaving: readonly LeavingServer[],
  access: RouteCheck | undefined,
): Promise<StreamsReport> {
  const stopped = leaving.filter(({ isRunning }) => !isRunning).map(({ name }) => name);
  const running = Object.keys(places).filter((name) => !stopped.includes(name));
  const present = access && { ...access, serverNames: serverNamesOf(clusterName, running) };
  const report = await askForStreams({ servers }, present);
  const members = stopped.length === 0 || "unknown" in report ? [] : await askForMembers({ servers }, present);
  const lost = serverNamesOf(clusterName, stopped).filter((name) => members.includes(name));
  return lost.length === 0 ? report : { unknown: `server ${lost.join(" and server ")} does not run` };
}

/** Returns the servers of a deployed cluster that leave it, with what the others need to reach them. */
export function withLeavingServers<T>(next: PerServer<T>, deployed: PerServer<T>, leaving: readonly LeavingServer[]) {
  const running = leaving.filter(({ name, isRunning }) => isRunning && Object.hasOwn(deployed, name));
  return { ...Object.fromEntries(running.map(({ name }) => [name, deployed[name] as T])), ...next };
}
