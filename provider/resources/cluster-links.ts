import { isDeepStrictEqual } from "node:util";
import type { Peer } from "../config/routes";
import { setting } from "../config/syntax";
import type { Cluster } from "../servers/cluster";
import { SIDES, type Place, type Side } from "../servers/places";
import { checkCredentials, type Access } from "./check-credentials";
import type { DeepInput } from "./inputs";

/** How servers can be asked whether they are linked. */
export interface LinkCheck extends Access {
  /** The name that each server gives itself. */
  readonly serverNames: readonly string[];
}

/** {@link LinkCheck} as an argument. */
export type LinkCheckArgs = { readonly [Key in keyof LinkCheck]: DeepInput<LinkCheck[Key]> };

/** What two servers must agree on to be linked. */
export interface Links {
  readonly clusterName: string;
  readonly servers: Readonly<Record<Side, Peer & { readonly config: string }>>;
  readonly places: Readonly<Record<Side, Place>>;
  /** Another one where a server is to be reached elsewhere, too. */
  readonly routePassword: string;
}

/**
 * How to wait for the links of a cluster.
 *
 * @param before what its servers agree on as they run now; undefined where nobody knows
 * @param check how they can be asked; without it, nothing is waited for
 */
export function linksOf(
  next: Links,
  before: Links | undefined,
  check: LinkCheck | undefined,
): Pick<Cluster, "linked" | "linkedInBetween"> {
  const linked = () => (check === undefined ? Promise.resolve() : askUntilLinked(next.clusterName, check));
  const canLink = before !== undefined && check !== undefined && canBeLinked(before, next, check);
  return { linked, linkedInBetween: canLink ? linked : () => Promise.resolve() };
}

/**
 * True when a server with its new configuration can be linked to the other one with its old configuration: they say the same
 * of their cluster, of its routes and of its system account, and both are on the same machine.
 */
function canBeLinked(before: Links, next: Links, { systemAccount }: LinkCheck): boolean {
  return (
    before.clusterName === next.clusterName &&
    before.routePassword === next.routePassword &&
    before.servers.static.config.includes(`\n${setting("system_account", systemAccount)}\n`) &&
    SIDES.every((side) => isDeepStrictEqual(machineOf(before.places[side]), machineOf(next.places[side])))
  );
}

function machineOf(place: Place): unknown {
  return place.kind === "docker" ? place.engine : place.kind;
}

async function askUntilLinked(clusterName: string, check: LinkCheck): Promise<void> {
  // Loaded here, since programs load this file and never ask: a NATS client would only make them start later.
  const { checkCluster } = await import("../servers/check.js");
  const { url, serverNames } = check;
  await checkCluster(url, await checkCredentials(check), { clusterName, serverNames, accounts: {} });
}
