import { clusterNameIn, systemAccountIn } from "../../config/deployed";
import { runsJetStream, runsJetStreamIn } from "../../config/deployed-jetstream";
import { ROUTES_FILE } from "../../config/listener";
import type { Peer } from "../../config/routes";
import { serverName, type PerServer } from "../../model/cluster/servers";
import { omitUndefined } from "../../model/form/order";
import type { CheckOptions, ExpectedCluster } from "../../servers/check";
import type { Cluster } from "../../servers/cluster";
import type { ServerNames } from "../../servers/jetstream-health";
import { findState } from "../../servers/find-state";
import { isSamePlace, machineOf, type Place } from "../../servers/place";
import { waitUntilReached } from "../../servers/platforms";
import type { PreparedChange } from "../../servers/prepare";
import { MAIN_FILE, type ConfigFiles } from "../../servers/server";
import { presentConfigs, type PresentConfig, type RouteCheck } from "./check-credentials";
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

/** What an update waits for. */
type Waits = Pick<Cluster, "protectStreams" | "waitUntilStoppable" | "waitForRoutes" | "waitUntilJoined">;

/**
 * Returns how to wait for the servers of a cluster while they change.
 *
 * @param previous what its servers agreed on when an update was finished for the last time; undefined if none was
 * @param check how to verify them; without it, only pods are waited for, until they are ready
 * @param discarded accounts whose streams are deleted before the servers change, by public key
 */
export function getClusterWaits(
  next: RouteTerms,
  previous: RouteTerms | undefined,
  check: RouteCheck | undefined,
  discarded: readonly string[] = [],
): Waits {
  const waits = new ClusterWaits(next, previous, check, discarded);
  const { protectStreams, waitUntilStoppable, waitForRoutes, waitUntilJoined } = waits;
  return { protectStreams, waitUntilStoppable, waitForRoutes, waitUntilJoined };
}

/** Waits for the servers of a cluster while they change. */
class ClusterWaits implements Waits {
  readonly #protection: StreamProtection;
  /** The places that servers keep. One that moves has not ended, even if it does not run in its new place yet. */
  readonly #kept: PerServer<Place>;
  /** The files that servers may have loaded, also by an update that was not finished. */
  #present: readonly PresentFiles[] = [];

  constructor(
    private readonly next: RouteTerms,
    private readonly previous: RouteTerms | undefined,
    private readonly check: RouteCheck | undefined,
    discarded: readonly string[],
  ) {
    this.#protection = new StreamProtection(check, discarded);
    this.#kept = Object.fromEntries(
      Object.entries(next.places).filter(([name, place]) => {
        const former = previous?.places[name];
        return former !== undefined && isSamePlace(place, former);
      }),
    );
  }

  readonly protectStreams: Waits["protectStreams"] = async (changes) => {
    this.#present = (await Promise.all(changes.map(findPresentFiles))).flat();
    return this.#protection.plan(changes);
  };

  readonly waitUntilStoppable: Waits["waitUntilStoppable"] = async (stopping, absent) => {
    if (this.#allowRoutes() && this.#runJetStream()) {
      const name = serverName(this.next.clusterName, stopping);
      await this.#protection.waitUntilHealthy(this.#configs(), this.#namesWithout(absent), name);
    }
    // A pod that is not ready may become so when it restarts.
    await waitUntilReached(without(this.#kept, [...absent, stopping])).catch(() => undefined);
  };

  readonly waitForRoutes: Waits["waitForRoutes"] = (absent) => this.#verify(absent, this.next.places);

  readonly waitUntilJoined: Waits["waitUntilJoined"] = async (absent) => {
    const { isExcepted, hasExceptions } = this.#protection;
    if (this.#allowRoutes()) {
      const jetstream = this.#runJetStream() ? this.check?.jetstream : undefined;
      await this.#verify(absent, this.#kept, omitUndefined({ jetstream }), { isExcepted });
    }
    await waitUntilReached(without(this.#kept, absent)).catch((error: unknown) => {
      // A program can have Kubernetes lead no clients to a server with unhealthy streams.
      if (!hasExceptions) {
        throw error;
      }
    });
  };

  /** @param places those in which servers are expected to run */
  async #verify(
    absent: readonly string[],
    places: PerServer<Place>,
    more: Pick<ExpectedCluster, "jetstream"> = {},
    options?: CheckOptions,
  ): Promise<void> {
    const { check } = this;
    if (check !== undefined) {
      const { serverNames, absentNames: otherMembers } = this.#namesWithout(absent);
      const expected = { clusterName: this.next.clusterName, serverNames, otherMembers, accounts: {}, ...more };
      await verifyCluster(check, without(places, absent), expected, options, this.#configs());
    }
  }

  /** Servers that do not run can be members of JetStream, also those that leave. */
  #namesWithout(absent: readonly string[]): ServerNames {
    const { clusterName, places } = this.next;
    const leaving = Object.keys(without(this.previous?.places ?? {}, Object.keys(places)));
    return {
      serverNames: serverNamesOf(clusterName, Object.keys(without(places, absent))),
      absentNames: serverNamesOf(clusterName, [...absent, ...leaving]),
    };
  }

  /** The configurations that servers may have. */
  #configs(): PresentConfig[] {
    const { next, previous = next } = this;
    const known = [next, previous].flatMap(({ servers }) => presentConfigs(servers));
    const found = this.#present.flatMap(toConfig);
    return [...known, ...found.filter(({ config }) => known.every((one) => one.config !== config))];
  }

  /** True when servers with their new and with their old configuration can have routes to each other. */
  #allowRoutes(): boolean {
    const { next, previous, check } = this;
    return (
      check !== undefined &&
      previous !== undefined &&
      allowsMixedRoute(previous, next, check) &&
      this.#present.every((files) => allowsRoute(files, next, check))
    );
  }

  /** True when the servers run JetStream, before and after the change. */
  #runJetStream(): boolean {
    return (
      this.check?.jetstream !== undefined &&
      runsJetStreamIn(this.previous?.servers ?? {}) &&
      this.#present.flatMap(toConfig).every(({ config }) => runsJetStream(config))
    );
  }
}

function without(places: PerServer<Place>, names: readonly string[]): PerServer<Place> {
  return Object.fromEntries(Object.entries(places).filter(([name]) => !names.includes(name)));
}

/** Files that a server may have loaded. */
interface PresentFiles {
  readonly name: string;
  readonly files: ConfigFiles;
}

/** Returns the files that a server may have loaded, in its place or in one that it had before. */
async function findPresentFiles({ server, previous, before, predecessors }: PreparedChange): Promise<PresentFiles[]> {
  const states = await Promise.all(predecessors.map(findState));
  const all = [previous, before.files, ...states.flatMap((state) => (state === undefined ? [] : [state.files]))];
  return all.map((files) => ({ name: server.name, files }));
}

function toConfig({ name, files: { [MAIN_FILE]: config } }: PresentFiles): readonly PresentConfig[] {
  return config === undefined ? [] : [{ name, config }];
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

/** The same for files of a server. Those that somebody has edited so that they cannot be read have not been loaded. */
function allowsRoute({ files }: PresentFiles, next: RouteTerms, { systemAccount }: RouteCheck): boolean {
  const { [MAIN_FILE]: config = "", [ROUTES_FILE]: routes = next.routePassword } = files;
  return (
    [next.clusterName, undefined].includes(clusterNameIn(config)) &&
    [systemAccount, undefined].includes(systemAccountIn(config)) &&
    routes.includes(next.routePassword)
  );
}
