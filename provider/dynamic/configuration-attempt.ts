import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { omitUndefined } from "../model/form/order";
import { mapServers, type PerServer } from "../model/cluster/servers";
import type { Place } from "../servers/place";
import { prepareToChange } from "../servers/platforms";
import { reachedFrom, type Machine } from "./cluster/configured-server";
import { foldingExcept, withFolding } from "./life-cycle/folding";
import { withStateVersion, type LifeCycle } from "./life-cycle/life-cycle";
import { isOtherVersion } from "./life-cycle/key-version";
import { type Attempt, readAttempt } from "./state/attempt";

type Places = PerServer<Place>;

interface Inputs {
  wanted: string;
  places: Places;
  addresses: string;
  routesVersion?: string;
}

interface State {
  wanted: string;
  /** Missing in states of early versions. */
  places?: Places;
  addresses?: string;
  /** The last version that the program named, if any. */
  routesVersion?: string;
  attempt: string;
}

const NAME_BYTES = 8;

const lifeCycle: LifeCycle<Inputs, State> = {
  diff(_id, olds, news) {
    return Promise.resolve({ changes: olds.wanted !== news.wanted, replaces: [], deleteBeforeReplace: false });
  },

  create(inputs) {
    prepareToChange(Object.values(inputs.places));
    const name = generateName();
    return Promise.resolve({ id: name, outs: toState(inputs, { name }) });
  },

  update(_id, olds, news) {
    prepareToChange(Object.values(news.places));
    const last = readAttempt(olds.attempt);
    const name = generateName();
    // If the places stay the same, the last attempt may not have been finished either: its former places still matter.
    const former = isDeepStrictEqual(olds.places, news.places) ? last.former : olds.places;
    const routes = needsNewPassword(olds, news) ? name : last.routes;
    return Promise.resolve({
      outs: toState(news, omitUndefined<Attempt>({ name, before: last.name, former, routes }), olds.routesVersion),
    });
  },
};

const STATE = foldingExcept<State, "wanted" | "attempt">(["wanted", "attempt"]);

/** The handler of `ConfigurationAttempt`. */
export const provider = withStateVersion(
  withFolding(lifeCycle, { inputs: foldingExcept<Inputs, "wanted">(["wanted"]), state: STATE }),
  { 3: (state) => STATE.fold(STATE.unfold(state as unknown as State)) },
);

function toState(inputs: Inputs, attempt: Attempt, version?: string): State {
  const { wanted, places, addresses, routesVersion = version } = inputs;
  return omitUndefined<State>({ wanted, places, addresses, routesVersion, attempt: JSON.stringify(attempt) });
}

/**
 * True when routes need a new password: the program asks for one, or the address of a server changes. A server that drops a
 * route when it reloads logs the route's URL with the password, which must then no longer be valid. This also holds when
 * an unfinished attempt has dropped the route.
 */
function needsNewPassword(olds: State, { addresses, routesVersion }: Inputs): boolean {
  return hasMoved(olds.addresses, addresses) || isOtherVersion(olds.routesVersion, routesVersion);
}

/**
 * How a server is reached: its host name and port, the address of its machine in a cluster on several hosts, and whether its routes
 * are encrypted.
 */
type Address = readonly [host: string, clusterPort: number, machine?: string | RouteAddress | null, tls?: boolean];

/** How servers elsewhere reach a pod of a Kubernetes cluster. */
type RouteAddress = readonly [cluster: string, address: string, clusterPort: number];

/**
 * True when a server reaches another one by another address than before. Servers that come or go have nobody drop a route to a
 * server that runs; nor does a machine that gets an address, by which none of its own servers reach each other.
 */
function hasMoved(before: string | undefined, after: string): boolean {
  if (before === undefined || before === after) {
    return false;
  }
  const [former = {}, next = {}] = [before, after].map((text) =>
    mapServers(JSON.parse(text) as PerServer<Address>, toPeer),
  );
  const staying = Object.entries(former).flatMap(([name, peer]) => {
    const { [name]: now } = next;
    return now === undefined ? [] : [{ peer, now }];
  });
  return staying.some((own) =>
    staying.some(
      (other) =>
        own !== other && !isDeepStrictEqual(reachedFrom(own.peer, other.peer), reachedFrom(own.now, other.now)),
    ),
  );
}

function toPeer([host, clusterPort, address, tls]: Address) {
  return {
    host,
    clusterPort,
    ...(address === null || address === undefined ? {} : { machine: toMachine(address) }),
    ...(tls === true ? { tls } : {}),
  };
}

/** Machines have different addresses, so that the address identifies one. */
function toMachine(given: string | RouteAddress): Machine {
  if (typeof given === "string") {
    return { name: given, address: given };
  }
  const [name, address, clusterPort] = given;
  return { name, address, clusterPort };
}

function generateName(): string {
  return randomBytes(NAME_BYTES).toString("hex");
}
