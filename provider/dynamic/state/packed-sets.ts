import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { SetKeys } from "../../model/users/set-keys";
import { hasUnknown } from "../life-cycle/unknown";

/** Sets by name. */
type Sets = Readonly<Record<string, SetKeys>>;

/**
 * Packs sets for a state that only compares them with the next ones: the state of each set contains their texts. Values that
 * are not known yet, or packed already, remain.
 */
export function packSets(sets: Sets | string | undefined): Sets | string | undefined {
  return sets === undefined || typeof sets === "string" || hasUnknown(sets)
    ? sets
    : // The fastest level: the texts are mostly random keys.
      deflateRawSync(JSON.stringify(sets), { level: 1 }).toString("base64");
}

/** The inverse of {@link packSets}. */
export function unpackSets(sets: Sets | string | undefined): Sets | string | undefined {
  return typeof sets !== "string" || hasUnknown(sets)
    ? sets
    : (JSON.parse(inflateRawSync(Buffer.from(sets, "base64")).toString()) as Sets);
}
