import { systemAccountIn } from "../../config/deployed";
import { runsJetStreamIn } from "../../config/deployed-jetstream";
import type { Peer } from "../../config/routes";
import { serverName, type PerServer } from "../../model/cluster/servers";
import type { CheckOptions, ExpectedCluster } from "../../servers/check";
import type { Cluster } from "../../servers/cluster";
import { isSamePlace, machineOf, type Place } from "../../servers/place";
import { waitUntilReached } from "../../servers/platforms";
import type { RouteCheck } from "./check-credentials";
import { presentConfigs } from "./check-credentials";
import { StreamProtection } from "./stream-protection";
import { verifyCluster } from "./verify";

/** What servers must agree on to work together. */
export interface RouteTerms {
  readonly clusterName: string;
  readonly servers: PerServer<Peer & { readonly config: string }>;
  readonly places: PerServer<Place>;
  /** Changes also when the address of a server changes. */
  readonly routePassword: string;
}

/**
 * Returns how to wait for the servers of a cluster while they change.
 *
 * @param before what its servers agree on as they run now; undefined if unknown
 * @param check how to verify them; without it, nothing is waited for
 * @param discarded accounts whose streams are deleted before the servers change, by public key
 */
export function getClusterWaits(
  next: RouteTerms,
  before: RouteTerms | undefined,
  check: RouteCheck | undefined,
  discarded: readonly string[] = [],
): Pick<Cluster, "protectStreams" | "waitForRoutes" | "waitUntilJoined"> {
  if (check === undefined) {
    const protection = new StreamProtection(undefined);
    const nothing = () => Promise.resolve();
    return { protectStreams: (changes) => protection.plan(changes), waitForRoutes: nothing, waitUntilJoined: nothing };
  }
  const protection = new StreamProtection(check, discarded);
  const { clusterName, places } = next;
  const { jetstream } = check;
  const configs = [next, ...(before === undefined ? [] : [before])].flatMap(({ servers }) => presentConfigs(servers));
  const verify = async (
    more: Pick<ExpectedCluster, "jetstream"> = {},
    options?: CheckOptions,
    {
      absent = [],
      started = places,
    }: { readonly absent?: readonly string[]; readonly started?: PerServer<Place> } = {},
  ) => {
    const names = Object.keys(places).filter((name) => !absent.includes(name));
    const running = Object.fromEntries(Object.entries(started).filter(([name]) => names.includes(name)));
    const expected = { clusterName, serverNames: serverNamesOf(clusterName, names), accounts: {}, ...more };
    await verifyCluster(check, running, expected, options, configs);
  };
  // A server that moves has not ended, even if it does not run in its new place yet.
  const started = Object.fromEntries(
    Object.entries(places).filter(([name, place]) => {
      const present = before?.places[name];
      return present !== undefined && isSamePlace(place, present);
    }),
  );
  const waitUntilJoined = async (absent: readonly string[]) => {
    const verifyJoined = async (more: Pick<ExpectedCluster, "jetstream">) => {
      await verify(more, { isExcepted: protection.isExcepted }, { absent, started });
      if (!protection.hasExceptions) {
        // A program can have Kubernetes lead no clients to a server with unhealthy streams.
        await waitUntilReached(Object.fromEntries(Object.entries(started).filter(([name]) => !absent.includes(name))));
      }
    };
    const hadJetStream = before === undefined || runsJetStreamIn(before.servers);
    const more = jetstream !== undefined && hadJetStream ? { jetstream } : {};
    if (before === undefined && jetstream !== undefined) {
      // After an unfinished update, whose configuration may allow no route.
      await verifyJoined(more).catch(() => undefined);
    } else if (before !== undefined && allowsMixedRoute(before, next, check)) {
      await verifyJoined(more);
    }
  };
  return {
    protectStreams: (changes) => protection.plan(changes),
    waitForRoutes: (absent) => verify({}, {}, { absent }),
    waitUntilJoined,
  };
}

/** Returns the `server_name` of each server. */
export function serverNamesOf(clusterName: string, names: readonly string[]): string[] {
  return names.map((name) => serverName(clusterName, name));
}

/**
 * True when a server with its new configuration can have a route to another one with its old configuration: cluster name,
 * password and system account are the same, and all run on the same machine.
 */
function allowsMixedRoute(before: RouteTerms, next: RouteTerms, { systemAccount }: RouteCheck): boolean {
  return (
    before.clusterName === next.clusterName &&
    before.routePassword === next.routePassword &&
    Object.values(before.servers).some(({ config }) => systemAccountIn(config) === systemAccount) &&
    Object.entries(next.places).every(([name, place]) => {
      const { [name]: former } = before.places;
      return former === undefined || machineOf(former) === machineOf(place);
    })
  );
}
