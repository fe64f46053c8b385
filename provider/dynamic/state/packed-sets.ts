import type { SetKeys } from "../../model/users/set-keys";
import { hasUnknown } from "../life-cycle/unknown";
import { pack, unpack } from "./packed-texts";

/**
 * The property with the sets of an account: not among the details, because the CLI logs each property, and each member of an object in
 * addition.
 */
export const SETS = "__sets";

/** Sets by name, or these as one packed text. */
export type PackedSets = Readonly<Record<string, SetKeys>> | string;

/**
 * Packs sets for a state that only compares them with the next ones: the state of each set contains their texts. Values that
 * are not known yet, or packed already, remain.
 */
export function packSets<T extends PackedSets | undefined>(sets: T): T | string {
  return sets === undefined || typeof sets === "string" || hasUnknown(sets) ? sets : pack(JSON.stringify(sets));
}

type NamedSets = Readonly<Record<string, SetKeys>>;

/** The last unpacked sets, the latest first: a check reads those of the last update and the present ones several times. */
const lastSets: { readonly packed: string; readonly sets: NamedSets }[] = [];
const MAX_LAST = 2;

/** The inverse of {@link packSets}, for sets that are known. */
export function unpackSets(sets: PackedSets): NamedSets {
  if (typeof sets !== "string") {
    return sets;
  }
  const last = lastSets.find(({ packed }) => packed === sets);
  if (last !== undefined) {
    return last.sets;
  }
  const unpacked = JSON.parse(unpack(sets)) as NamedSets;
  lastSets.unshift({ packed: sets, sets: unpacked });
  lastSets.splice(MAX_LAST);
  return unpacked;
}
