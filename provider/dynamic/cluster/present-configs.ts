import type { PerServer } from "../../model/cluster/servers";
import { findState } from "../../servers/find-state";
import type { Place } from "../../servers/place";
import { getServer } from "../../servers/platforms";
import { MAIN_FILE } from "../../servers/server";
import { hasUnknown } from "../life-cycle/unknown";

/** Returns the configurations of servers that are in some places. */
export async function findConfigs(all: readonly (PerServer<Place> | undefined)[]): Promise<string[]> {
  const places = all.flatMap((one) => Object.entries(one ?? {})).filter(([, place]) => !hasUnknown(place));
  const states = await Promise.all(places.map(async ([name, place]) => findState(await getServer(name, place))));
  return states.flatMap((state) => state?.files[MAIN_FILE] ?? []);
}
