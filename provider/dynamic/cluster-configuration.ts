import { randomBytes } from "node:crypto";
import { ROUTES_FILE } from "../config/listener";
import { runsJetStreamIn } from "../config/deployed-jetstream";
import { passedPortsDiagnostics } from "../model/cluster/ports";
import type { PerServer } from "../model/cluster/servers";
import { omitUndefined, sortEntries } from "../model/form/order";
import type { Change } from "../servers/apply";
import type { ServerCondition } from "../servers/condition";
import { nowInSeconds } from "./life-cycle/clock";
import type { MissingServer } from "../servers/defer";
import { conditionsAfter, conditionsNow } from "./cluster/missing-servers";
import { findEarlierServers } from "../servers/predecessors";
import type { Place } from "../servers/place";
import { checkCreated, getServer, removeStore, removeSurplus, takeSettings } from "../servers/platforms";
import { findPortConflicts } from "../servers/process/port-conflicts";
import { changeCluster } from "./cluster/change-cluster";
import { inspectServers } from "./cluster/inspect-servers";
import { findConfigs } from "./cluster/present-configs";
import { filesOf, type ConfiguredServer } from "./cluster/configured-server";
import {
  describeRestarts,
  findFormerStore,
  findStoreProblems,
  type DeclaredStore,
  type KnownStore,
} from "./cluster/stream-store";
import { readAttempt } from "./state/attempt";
import {
  discardStreams,
  discardedKeys,
  findOrphans,
  findStreamEffects,
  type StreamEffects,
  type StreamInputs,
} from "./cluster/streams";
import {
  findLeavingEffects,
  findLeavingServers,
  retireServers,
  withLeavingHosts,
  withLeavingServers,
  type LeavingEffects,
  type LeavingServer,
} from "./cluster/leaving-servers";
import { findPassedPorts } from "./cluster/occupied-ports";
import { withPresentAccess, withValidAccess } from "./cluster/present-access";
import { getClusterWaits, serverNamesOf } from "./cluster/waits";
import { foldingExcept, withFolding, type Folding } from "./life-cycle/folding";
import { hasChanged, toCheckFailures, withStateVersion, type LifeCycle } from "./life-cycle/life-cycle";
import { hasUnknown, ifKnown } from "./life-cycle/unknown";
import { joiningTexts, packingConfigs } from "./state/configuration-texts";
import type { Migrations, Stored } from "./life-cycle/state-version";
import { withPlaces, type RouteCheck } from "./cluster/check-credentials";
import type { CheckTls } from "../model/cluster/tls";

interface Inputs {
  clusterName: string;
  attempt: string;
  places: PerServer<Place>;
  servers: PerServer<ConfiguredServer>;
  /** The configuration of each server without keys and JWTs, for previews. */
  outlines?: PerServer<string>;
  check?: RouteCheck;
  /** What determines which streams a change loses. Missing in inputs of earlier versions. */
  streams?: StreamInputs;
  /** Streams that this update deletes or gives up, for previews. */
  discarded?: string;
  /** Where the servers store streams. */
  store?: DeclaredStore;
  /** Where the servers stored streams when they used JetStream for the last time, if they do not use it. */
  formerStore?: KnownStore;
  /** The servers that restart in their places, and why, as previews show it. */
  restarts?: string;
  /** What happens to each volume when the cluster is destroyed, as previews show it. */
  volumes?: Readonly<Record<string, string>>;
  /** The servers that leave the cluster, and what happens to their streams, as previews show it. */
  leaving?: string;
}

type Compared = Pick<Inputs, "clusterName" | "attempt" | "places" | "servers">;

interface State extends Compared {
  /** The condition of each server at the last update or refresh. */
  condition: PerServer<ServerCondition>;
  /** Identifies the last time that the configurations were applied, changed or not. */
  applied: string;
  /** The password of the routes between the servers. */
  routePassword: string;
  /** Public keys of undeclared accounts whose streams have been deleted. */
  orphans?: readonly string[];
  /** The servers that did not run after the last update, and why, as lines of a warning. */
  missing?: string;
}

const COMPARED: readonly (keyof Compared)[] = ["clusterName", "attempt", "places", "servers"];

/** Random bytes of a route password, and of the name of an application. */
const PASSWORD_BYTES = 24;
const NAME_BYTES = 8;

type Visible = "condition" | "applied" | "missing" | "routePassword";

/** What previews show of inputs, apart from outlines. */
type Shown = "discarded" | "leaving" | "restarts" | "volumes";

/** A refresh shows all visible properties of a state beside those that differ. */
const STATE = packingConfigs(
  joiningTexts(foldingExcept<State, Visible>(["condition", "applied", "missing", "routePassword"])),
);

const PLAIN_INPUTS = packingConfigs(
  joiningTexts(foldingExcept<Inputs, Shown>(["discarded", "leaving", "restarts", "volumes"])),
);

/** Inputs of which previews show effects, and the outline of each configuration by the name of its server. */
const INPUTS: Folding<Inputs, object> = {
  fold: ({ outlines, ...rest }) => ({ ...outlines, ...PLAIN_INPUTS.fold(rest) }),
  unfold: (properties) => PLAIN_INPUTS.unfold(properties as Inputs),
};

/**
 * The first version stored the digest by which each server acknowledged its configuration, which nothing read. The second
 * one stored all properties side by side, the third one the configurations beside the details.
 */
const MIGRATIONS: Migrations = {
  2: (state) => omitUndefined<Stored>({ ...state, digests: undefined }),
  4: (state) => STATE.fold(STATE.unfold(state as unknown as State)),
};

const lifeCycle: LifeCycle<Inputs, State> = {
  async check(stored: Partial<Inputs>, news) {
    const olds = withPresentAccess(stored, news.places);
    const places = Object.values(news.places).filter(hasKnownPorts);
    const conflicts = await findPortConflicts(Object.values(olds.places ?? {}), places);
    const store = await findStoreProblems(olds, news, presentCheck(olds, olds.check));
    const { diagnostics, discarded } = await findEffects(olds, news);
    const { diagnostics: ofLeaving, leaving } = await findLeaving(olds, news);
    const passed = passedPortsDiagnostics(await findPassedPorts(olds, news));
    const failures = toCheckFailures([...conflicts, ...store, ...diagnostics, ...ofLeaving, ...passed]);
    const restarts = describeRestarts(olds, news);
    const check = withFormerTls(withLeavingHosts(news.check, olds.check, olds.places ?? {}, news.places), olds.check);
    const remembered = { check, formerStore: findFormerStore(olds, news), restarts, discarded, leaving };
    return { inputs: omitUndefined<Inputs>({ ...news, ...remembered }), failures };
  },

  async diff(_id, olds, news) {
    const changes =
      hasChanged<Compared>(COMPARED, await withValidAccess(olds, news.places), news) ||
      Object.values(olds.condition).some((condition) => condition !== "in force") ||
      (canDelete(news) && findOrphans(news.streams).some((key) => olds.orphans?.includes(key) !== true));
    return { changes, replaces: [], deleteBeforeReplace: false };
  },

  async create(inputs) {
    return { id: inputs.clusterName, outs: await apply(inputs) };
  },

  async update(_id, olds, news) {
    return { outs: await apply(news, withPresentAccess(olds, news.places)) };
  },

  async read(id, state) {
    if (state === undefined) {
      return { id };
    }
    const { missing, ...rest } = state;
    return { id, props: { ...rest, ...conditionsNow(await inspectServers(state, nowInSeconds()), missing) } };
  },

  async delete(_id, state) {
    await Promise.all(Object.entries(state.places).map(([name, place]) => retire(name, place, state)));
  },
};

/** The handler of `ClusterConfiguration`. */
export const provider = withStateVersion(withFolding(lifeCycle, { inputs: INPUTS, state: STATE }), MIGRATIONS);

/** Adds what connects to servers that are not changed yet: their authorities, also where the program no longer has TLS. */
function withFormerTls(
  next: RouteCheck | undefined,
  { tls: former }: Partial<RouteCheck> = {},
): RouteCheck | undefined {
  if (next === undefined || former?.ca === undefined || hasUnknown([next.tls, former])) {
    return next;
  }
  const { ca, serverName } = former;
  const tls = next.tls ?? omitUndefined<CheckTls>({ ca, serverName });
  return tls.ca === ca || tls.ca === undefined ? { ...next, tls } : { ...next, tls: { ...tls, formerCa: ca } };
}

/** True when an attempt since the last finished one requested a new password for routes, even an unfinished one. */
function needsNewPassword(olds: State, news: Inputs): boolean {
  return readAttempt(olds.attempt).routes !== readAttempt(news.attempt).routes;
}

/** Returns the effects of a change on streams. The inputs of a first preview have no servers to ask. */
async function findEffects(olds: Partial<Inputs>, news: Inputs): Promise<StreamEffects> {
  const { servers, attempt } = olds;
  if (servers === undefined || news.streams === undefined) {
    return { diagnostics: [] };
  }
  const isSettled = attempt === undefined || ifKnown(news.attempt) === undefined || isFinished({ attempt }, news);
  const found = isSettled ? [] : await findConfigs([olds.places, news.places, readAttempt(news.attempt).former]);
  return findStreamEffects({ servers }, news.streams, presentCheck(olds, olds.check), isSettled, found);
}

/** Returns the effects of removed servers. */
function findLeaving(olds: Partial<Inputs>, news: Inputs): Promise<LeavingEffects> {
  const { clusterName, places, servers, check } = olds;
  return clusterName === undefined || places === undefined || servers === undefined
    ? Promise.resolve({ diagnostics: [] })
    : findLeavingEffects(
        { clusterName, places, servers },
        news,
        news.streams?.isEnabled === true,
        withPlaces(check, places),
      );
}

/** Returns the access to the servers of a cluster as it was deployed. */
function presentCheck(
  { clusterName, places }: Partial<Compared>,
  check: RouteCheck | undefined,
): RouteCheck | undefined {
  return check === undefined || clusterName === undefined || places === undefined
    ? check
    : { ...check, serverNames: serverNamesOf(clusterName, Object.keys(places)), places };
}

/** True if an update can have the servers delete streams. */
function canDelete({ check, streams }: Inputs): boolean {
  return check !== undefined && streams?.isEnabled === true;
}

/** True when this attempt or the previous one is the last finished one. */
function isFinished(olds: Pick<State, "attempt">, { attempt }: Inputs): boolean {
  const { name, before } = readAttempt(attempt);
  return [name, before].includes(readAttempt(olds.attempt).name);
}

function generatePassword(): string {
  return randomBytes(PASSWORD_BYTES).toString("hex");
}

/**
 * Applies the configurations. Servers that leave the cluster keep their routes until their streams have moved: the others first
 * get their new configurations with the former routes and password, and the final ones when the servers have stopped. A server
 * logs the URL of a route that it gives up, with the password, only while the other server still runs.
 *
 * @param olds the state of the last finished update, with the present access to its servers
 */
async function apply(inputs: Inputs, olds?: State): Promise<State> {
  const { places: former } = withPresentAccess({ places: readAttempt(inputs.attempt).former }, inputs.places);
  const isKnown = olds === undefined || isFinished(olds, inputs);
  const leaving = await findLeavingServers(inputs.places, olds?.places, former);
  const isKept = olds !== undefined && !needsNewPassword(olds, inputs);
  const routePassword = isKept ? olds.routePassword : generatePassword();
  const isShrinking = olds !== undefined && leaving.length > 0;
  const first: Deployed = isShrinking ? withLeaving(inputs, olds, leaving) : { ...inputs, routePassword };
  const earlier = (name: string) => [olds?.places[name], former?.[name]];
  const isInForce = (name: string) => isKnown && (olds === undefined || olds.condition[name] === "in force");
  const done: string[] = [];
  let missing = await change(inputs, first, { previous: olds, earlier, isInForce, done });
  // A StatefulSet has pods with all ordinals: one that leaves would be created again while there are later ones.
  await removeSurplus([...Object.values(inputs.places), ...leaving.flatMap(reachablePlace)]);
  if (leaving.length > 0) {
    done.push("The servers that remain have new configurations, with routes to those that leave.");
    await retireServers(leaving, inputs, withPlaces(inputs.check, inputs.places), done);
    const previous = { ...first, places: inputs.places };
    missing = await change(
      inputs,
      { ...inputs, routePassword },
      { previous, earlier: () => [], isInForce: () => true, done },
    );
  }
  const { clusterName, attempt, places, servers } = inputs;
  if (olds !== undefined && losesJetStream(olds, inputs)) {
    await Promise.all(Object.values(places).map(removeStore));
  }
  const deleted = [
    ...(olds?.orphans ?? []),
    ...(inputs.check === undefined ? [] : discardedKeys(olds, inputs.streams)),
  ];
  const orphans = findOrphans(inputs.streams).filter((key) => deleted.includes(key));
  return {
    ...(orphans.length === 0 ? {} : { orphans }),
    clusterName,
    attempt,
    places,
    servers,
    routePassword,
    ...conditionsAfter(servers, missing),
    applied: randomBytes(NAME_BYTES).toString("hex"),
  };
}

function reachablePlace({ place, isReachable }: LeavingServer): readonly Place[] {
  return isReachable ? [place] : [];
}

/** Servers with their configurations and the password of their routes. */
type Deployed = Pick<Compared, "clusterName" | "places" | "servers"> & Pick<State, "routePassword">;

/** Returns the cluster in which the servers that leave are still reached, as at present. */
function withLeaving(inputs: Inputs, olds: State, leaving: readonly LeavingServer[]): Deployed {
  const { clusterName, places, servers } = inputs;
  return {
    clusterName,
    places: withLeavingServers(places, olds.places, leaving),
    servers: withLeavingServers(servers, olds.servers, leaving),
    routePassword: olds.routePassword,
  };
}

/** Facts about the servers before a change. */
interface Present {
  /** The cluster as it was deployed last. */
  readonly previous: Deployed | undefined;
  /** The places that a server had. */
  readonly earlier: (name: string) => readonly (Place | undefined)[];
  /** Whether a server is known to run with its previous configuration. */
  readonly isInForce: (name: string) => boolean;
  /** What the update has done, for errors. */
  readonly done: string[];
}

/**
 * Changes the servers that the program has.
 *
 * @param next all servers that are reached, among them those that leave
 * @returns the servers that do not run
 */
async function change(inputs: Inputs, next: Deployed, facts: Present): Promise<readonly MissingServer[]> {
  const { previous, earlier, isInForce, done } = facts;
  const changeOf = async ([name, place]: [string, Place]): Promise<Change> => {
    const files = previous && filesOf(name, previous.servers, previous.routePassword);
    return {
      server: await getServer(name, place),
      earlier: await findEarlierServers(name, place, earlier(name)),
      files: filesOf(name, next.servers, next.routePassword) ?? {},
      ...(files === undefined ? {} : { previous: files }),
      isSettled: isInForce(name),
    };
  };
  await checkCreated(Object.values(inputs.places), Object.values(previous?.places ?? {}));
  const settled = Object.entries(previous?.places ?? {}).flatMap(([name, place]) => (isInForce(name) ? [place] : []));
  const returnPlaces = await takeSettings(Object.values(inputs.places), settled);
  const changes = await Promise.all(sortEntries(inputs.places).map(changeOf));
  const check = withPlaces(presentCheck(previous ?? next, inputs.check), { ...previous?.places, ...next.places });
  const waits = getClusterWaits(next, previous, check, discardedKeys(previous, inputs.streams));
  const deleteStreams = async () => {
    if (previous !== undefined && inputs.streams !== undefined) {
      await discardStreams(previous, inputs.streams, presentCheck(previous, inputs.check), (account) =>
        done.push(`The streams of account ${account} were deleted.`),
      );
    }
  };
  return changeCluster(changes, { ...waits, done, returnPlaces, deleteStreams });
}

/** True when servers no longer run JetStream. Their streams are deleted: see {@link findStreamEffects}. */
function losesJetStream(olds: State, { servers }: Inputs): boolean {
  return runsJetStreamIn(olds.servers) && !runsJetStreamIn(servers);
}

/**
 * Stops a server and removes what its own resource does not remove. A server in another place, or with another password
 * for its routes, belongs to the resource that has replaced this one, and is not stopped.
 */
async function retire(name: string, place: Place, state: State): Promise<void> {
  const server = await getServer(name, place);
  const { process, files } = await server.state();
  if (process !== "absent" && (files[ROUTES_FILE] ?? state.routePassword).includes(state.routePassword)) {
    await server.stop();
    await server.removeRemains();
  }
}

/** True for a place of which everything except its folder is known, as in the first preview. */
function hasKnownPorts(place: Place): boolean {
  return !hasUnknown({ ...place, folder: "" });
}
