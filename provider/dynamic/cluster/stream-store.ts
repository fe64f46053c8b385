import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { modeIn, systemAccountIn } from "../../config/deployed";
import { jetstreamAccountsIn, runsJetStream, runsJetStreamIn, tiersIn } from "../../config/deployed-jetstream";
import { display, type Diagnostic } from "../../diagnostics/diagnostic";
import {
  countDiagnostics,
  reusedStoreDiagnostics,
  storeDiagnostics,
  volumeDiagnostics,
  type StreamStore,
} from "../../model/cluster/stream-store";
import { mapServers, type Mode, type PerServer } from "../../model/cluster/servers";
import type { JetStream } from "../../model/account/jetstream";
import { omitUndefined } from "../../model/form/order";
import { isRecord } from "../../model/form/shape";
import { machineOf, type Place } from "../../servers/place";
import { storeOf } from "../../servers/process/layout";
import { hasUnknown, ifKnown, isUnknown, UNKNOWN } from "../life-cycle/unknown";
import type { RouteCheck } from "./check-credentials";
import { askForStreams, type StreamInputs } from "./streams";

/** Where the servers of a cluster store streams, as the program declares it. */
export interface DeclaredStore extends Pick<StreamStore, "systemAccount" | "folders"> {
  /**
   * Size and class of the volume of each server.
   *
   * @default those of the platform
   */
  readonly volumes?: Readonly<Record<string, string>>;
}

/** A store of which something may be unknown. */
export type KnownStore = Partial<StreamStore>;

/** The inputs of a cluster's configuration that determine its store. */
export interface StoreInputs {
  readonly clusterName: string;
  readonly places: PerServer<Place>;
  readonly servers: PerServer<{ readonly config: string }>;
  readonly store?: DeclaredStore;
  readonly streams?: StreamInputs;
  readonly formerStore?: RememberedStore;
}

/**
 * Finds changes by which the servers would no longer find their streams.
 *
 * @param olds empty when the cluster is new
 * @param isEmpty whether the servers have reported that they store no streams
 */
export function checkStore(olds: Partial<StoreInputs>, news: StoreInputs, isEmpty = false): Diagnostic[] {
  if (news.store === undefined) {
    return [];
  }
  const next = toStore(news.clusterName, news.places, news.store);
  const present = findPresentStore(olds);
  if (present !== undefined) {
    const [before, after] = [olds.places ?? {}, news.places].map((places) => Object.keys(places).length);
    return [
      ...storeDiagnostics(present, next, isEmpty),
      ...countDiagnostics(before ?? 0, after ?? 0),
      ...volumeDiagnostics(knownVolumes(olds.store), knownVolumes(news.store)),
    ];
  }
  const formerStore = readFormerStore(olds.formerStore ?? {});
  const paths = Object.values(formerStore.folders ?? {}).map(storeOf);
  return paths.some((path) => existsSync(path)) ? reusedStoreDiagnostics(formerStore, next, paths) : [];
}

/**
 * Finds the same changes. If there are some, asks the servers whether they store streams at all.
 *
 * @param access access to the servers as they run now; undefined without verification
 */
export async function findStoreProblems(
  olds: Partial<StoreInputs>,
  news: StoreInputs,
  access: RouteCheck | undefined,
): Promise<Diagnostic[]> {
  const { servers } = olds;
  const found = checkStore(olds, news);
  if (found.length === 0 || servers === undefined || !runsJetStreamIn(servers)) {
    return found;
  }
  const report = await askForStreams({ servers }, access);
  return "unknown" in report || report.streams.length > 0 ? found : checkStore(olds, news, true);
}

function knownVolumes({ volumes = {} }: Partial<DeclaredStore> = {}): Readonly<Record<string, string>> {
  const known = Object.entries(ifKnown(volumes) ?? {}).filter(([, volume]) => !isUnknown(volume));
  return Object.fromEntries(known);
}

/** Returns the last store of a cluster whose servers do not use JetStream, and may use it again. */
export function findFormerStore(olds: Partial<StoreInputs>, news: StoreInputs): KnownStore | undefined {
  return news.store === undefined
    ? (findPresentStore(olds) ?? (olds.formerStore && readFormerStore(olds.formerStore)))
    : undefined;
}

/** The store of a deployed cluster. States of earlier versions show by the configuration whether there is one. */
function findPresentStore({ clusterName, places, servers, store }: Partial<StoreInputs>): KnownStore | undefined {
  if (clusterName === undefined || places === undefined || servers === undefined) {
    return undefined;
  }
  if (store !== undefined) {
    return toStore(clusterName, places, store);
  }
  const [config = ""] = configsIn(servers);
  const systemAccount = runsJetStream(config) ? systemAccountIn(config) : undefined;
  return systemAccount === undefined
    ? undefined
    : toStore(clusterName, places, { systemAccount, ...findFolders(places) });
}

function toStore(
  clusterName: string,
  places: PerServer<Place>,
  { systemAccount, folders }: Partial<DeclaredStore>,
): KnownStore {
  const machines = Object.entries(places).flatMap(([name, place]) => {
    const machine = findMachine(place);
    return machine === undefined ? [] : [[name, machine] as const];
  });
  return omitUndefined<KnownStore>({
    clusterName: ifKnown(clusterName),
    systemAccount: ifKnown(systemAccount),
    machines: Object.fromEntries(machines),
    // One that is not known differs from every present one.
    folders: isUnknown(folders) ? undefined : folders,
  });
}

/** Returns the machine of a place; undefined while it, or the place as a whole, is unknown. */
export function findMachine(place: Place): string | undefined {
  switch (place.kind) {
    case "docker":
      return isUnknown(place.engine) || isUnknown(place.engine.host) ? undefined : machineOf(place);
    case "process":
      return machineOf(place);
    case "kubernetes":
      return hasUnknown([place.api, place.namespace]) ? undefined : machineOf(place);
  }
}

/**
 * A store as earlier versions remembered it, with one machine of all servers: the address of a Docker Engine contained the key by
 * which it is reached.
 */
type RememberedStore = KnownStore & { readonly machine?: string };

/** Returns a remembered store without what a state must not contain. */
function readFormerStore({ machine, ...store }: RememberedStore): KnownStore {
  if (machine === undefined) {
    return store;
  }
  const known: unknown = JSON.parse(machine);
  const kept = isRecord(known) ? machineOf({ kind: "docker", engine: known }) : machine;
  return { ...store, machines: mapServers(store.folders ?? {}, () => kept) };
}

/** The folders that contain the places of processes and their stores. The volumes of containers and pods are unknown. */
function findFolders(places: PerServer<Place>): Partial<DeclaredStore> {
  const folders = Object.entries(places).flatMap(([name, place]) =>
    place.kind === "process" ? [[name, dirname(place.folder)] as const] : [],
  );
  return folders.length === 0 ? {} : { folders: Object.fromEntries(folders) };
}

/**
 * Describes the restarts in place that changes of accounts require, for previews; undefined if there are none. It is unknown
 * whether an account that gets JetStream has streams of an earlier time.
 */
export function describeRestarts(olds: Partial<StoreInputs>, news: StoreInputs): string | undefined {
  const accounts = (news.streams?.accounts ?? []).flatMap(({ jetstream, ...account }) =>
    jetstream === undefined ? [] : [{ ...account, jetstream }],
  );
  if (accounts.length === 0) {
    return undefined;
  }
  const configs = configsIn(olds.servers ?? {});
  const config = configs.find((text) => modeIn(text) === "static") ?? configs[0] ?? "";
  const before = runsJetStream(config) ? jetstreamAccountsIn(config) : new Map<string, string | undefined>();
  const present = accounts.filter(
    ({ publicKey, jetstream }) => before.has(publicKey) && before.get(publicKey) !== trafficOf(jetstream),
  );
  const given = present.filter(({ publicKey }) => before.get(publicKey) === undefined);
  const rerouted = present.filter((account) => !given.includes(account));
  const tiers = tiersIn(configsIn(olds.servers ?? {}, "operator")[0] ?? "");
  const retiered = accounts.filter(
    ({ publicKey, jetstream }) => tiers.has(publicKey) && tiers.get(publicKey) !== (jetstream.tiers !== undefined),
  );
  const listed = (mode: Mode) => {
    const count = configsIn(olds.servers ?? {}, mode).length;
    return count > 1 ? `the servers in ${mode} mode` : `the ${mode} server`;
  };
  const sentences = [
    ...(rerouted.length === 0 ? [] : [`${listed("static")}, because clusterTraffic changes for ${namesOf(rerouted)}`]),
    ...(retiered.length === 0
      ? []
      : [
          `${listed("operator")}, if there are streams of ${namesOf(retiered)}, because their limits change to or from tiers`,
        ]),
    ...(given.length === 0
      ? []
      : [`${configs.length === 2 ? "both" : "all"} servers, if there are still streams of ${namesOf(given)}`]),
  ];
  return sentences.length === 0 ? undefined : sentences.join("; ");
}

/** The configurations of servers; in one mode only, if it is given. */
function configsIn(servers: StoreInputs["servers"], mode?: Mode): string[] {
  const configs = Object.values(servers).map(({ config }) => config);
  return mode === undefined ? configs : configs.filter((config) => modeIn(config) === mode);
}

/** The account that carries the replication traffic. A preview may not know the JetStream of an account. */
function trafficOf(jetstream: JetStream): string {
  return ifKnown(jetstream) === undefined ? UNKNOWN : (jetstream.clusterTraffic ?? "system");
}

function namesOf(accounts: readonly { readonly name: string }[]): string {
  return accounts.map(({ name }) => display(name)).join(", ");
}
