import type { PerServer } from "../../model/cluster/servers";
import type { Place } from "../../servers/place";
import { getServer } from "../../servers/platforms";
import { MAIN_FILE } from "../../servers/server";
import { hasUnknown } from "../life-cycle/unknown";

/** Returns the configurations of servers that are in some places. */
export async function findConfigs(all: readonly (PerServer<Place> | undefined)[]): Promise<string[]> {
  const places = all.flatMap((one) => Object.entries(one ?? {})).filter(([, place]) => !hasUnknown(place));
  const found = await Promise.all(places.map(([name, place]) => readConfig(name, place)));
  return found.flatMap((config) => config ?? []);
}

/** Undefined also for a place on a machine that cannot be reached: the update itself reports that, if it needs the place. */
async function readConfig(name: string, place: Place): Promise<string | undefined> {
  try {
    const { files } = await (await getServer(name, place)).state();
    return files[MAIN_FILE];
  } catch {
    return undefined;
  }
}
