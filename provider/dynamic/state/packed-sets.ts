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

/** The inverse of {@link packSets}, for sets that are known. */
export function unpackSets(sets: PackedSets): Readonly<Record<string, SetKeys>> {
  return typeof sets === "string" ? (JSON.parse(unpack(sets)) as Readonly<Record<string, SetKeys>>) : sets;
}
