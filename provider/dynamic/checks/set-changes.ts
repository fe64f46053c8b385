import type { SetKeys } from "../../model/users/set-keys";
import { hasUnknown, ifKnown, isUnknown } from "../life-cycle/unknown";
import { unpackSets, type PackedSets } from "../state/packed-sets";

/** A set, as far as it is known. */
export interface PresentSet extends Pick<SetKeys, "users" | "shared"> {
  /** Undefined while a preview does not know a key. */
  readonly keys?: SetKeys["keys"] | undefined;
  /** Number of the update that generates the keys that are not known: 1 for the first one. */
  readonly update?: number | undefined;
}

/** The present sets of an account by name, if a preview does not know all of their keys. */
export type UnknownSets = Readonly<Record<string, PresentSet>>;

/** The sets of an account as of the last update, and now. */
export interface SetChange {
  readonly olds: Readonly<Record<string, SetKeys>>;
  readonly news: Readonly<Record<string, PresentSet>>;
}

/**
 * Returns the sets of an account before and after a change; undefined if there is no change, or it is not known.
 *
 * @param before the sets as of the last update
 * @param after the present sets; unknown if a key of one of them is
 * @param unknown the present sets, if keys of some of them are unknown
 */
export function findSetChange(
  before: PackedSets | undefined,
  after: PackedSets | undefined,
  unknown: UnknownSets | undefined,
): SetChange | undefined {
  const news = hasUnknown(after) ? withKnownParts(unknown) : unpackSets(after ?? {});
  return before === undefined || before === after || hasUnknown(before) || news === undefined
    ? undefined
    : { olds: unpackSets(before), news };
}

/** Users that are not known can be any users, so that nothing is known of the change. */
function withKnownParts(sets: UnknownSets | undefined): UnknownSets | undefined {
  return sets === undefined || isUnknown(sets) || Object.values(sets).some(({ users }) => isUnknown(users))
    ? undefined
    : Object.fromEntries(
        Object.entries(sets).map(([name, { update, ...set }]) => [name, { ...set, update: ifKnown(update) }]),
      );
}
