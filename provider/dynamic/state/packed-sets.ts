import type { SetKeys } from "../../model/users/set-keys";
import { hasUnknown } from "../life-cycle/unknown";
import { pack, unpack } from "./packed-texts";

/** Sets by name. */
type Sets = Readonly<Record<string, SetKeys>>;

/**
 * Packs sets for a state that only compares them with the next ones: the state of each set contains their texts. Values that
 * are not known yet, or packed already, remain.
 */
export function packSets(sets: Sets | string | undefined): Sets | string | undefined {
  return sets === undefined || typeof sets === "string" || hasUnknown(sets) ? sets : pack(JSON.stringify(sets));
}

/** The inverse of {@link packSets}. */
export function unpackSets(sets: Sets | string | undefined): Sets | string | undefined {
  return typeof sets !== "string" || hasUnknown(sets) ? sets : (JSON.parse(unpack(sets)) as Sets);
}
