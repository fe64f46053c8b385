import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { parseKey, type KeySource, type SetKeys } from "../../model/users/set-keys";
import { parseLines, type SetText } from "../../model/users/set-text";
import { parseUser, withShared, type SetUser } from "../../model/users/set-users";
import { hasUnknown, ifKnown } from "../life-cycle/unknown";
import { unpackSets, type PackedSets } from "../state/packed-sets";

/** The users of sets with keys that a preview does not know yet, by name. A set with known keys has an empty entry. */
export type UnknownSets = Readonly<Record<string, Partial<Pick<SetKeys, "users" | "shared">>>>;

/** A set, as far as it is known. */
type PresentSet = Partial<Pick<SetKeys, "users" | "shared" | "keys">>;

/**
 * Reports sets of which most users would get another key, although neither a rotation nor the program replaces it: the source of the
 * keys is new, because the set has another name or parent. A preview does not know the keys of a new source.
 *
 * @param before the sets as of the last update
 * @param after the present sets; unknown if a key of one of them is
 * @param unknown the present sets, if keys of some of them are unknown
 */
export function renamedSetDiagnostics(
  before: PackedSets | undefined,
  after: PackedSets | undefined,
  unknown: UnknownSets | undefined,
): Diagnostic[] {
  const news = presentSets(after, unknown);
  if (before === undefined || before === after || hasUnknown(before) || news === undefined) {
    return [];
  }
  return Object.entries(unpackSets(before)).flatMap(([name, old]) => {
    const same = news[name];
    const present = same === undefined ? Object.values(news) : [same];
    const replaced = new Set(present.flatMap((set) => replacedNames(old, set, set === same)));
    const all = parseLines(old.users).size;
    const [count, total] = [replaced.size, all].map((number) => number.toLocaleString("en"));
    const [change, place, alias] =
      same === undefined
        ? ["is missing, and ", "in other sets", `{ name: ${JSON.stringify(name)} }`]
        : ["", "although no `rotation` changes", "{ parent: … }"];
    return diagnose({
      code: "NA1916",
      path: keyPath("sets", name),
      problem:
        replaced.size * 2 > all
          ? `${change}${count} of its ${total} users would get another key ${place}: their present creds would be revoked`
          : undefined,
      remedy: `To keep the keys of a set with another name or parent, add \`aliases: [${alias}]\` to its options. To move users, supply their \`creds\`. To replace the keys, change \`rotation.version\` in the same update.`,
    });
  });
}

/** Returns the present sets by name; undefined if nothing is known of them. */
function presentSets(
  sets: PackedSets | undefined,
  unknown: UnknownSets | undefined,
): Readonly<Record<string, PresentSet>> | undefined {
  return hasUnknown(sets) ? ifKnown(unknown) : unpackSets(sets ?? {});
}

/** Returns the users of a set that are in another one, or the same one later, with a key of another source. */
function replacedNames(old: SetKeys, { users, shared, keys }: PresentSet, isSame: boolean): string[] {
  return keys !== undefined
    ? newlyGeneratedNames(old.keys, keys)
    : users !== undefined
      ? newlyUnknownNames(old, { users, shared }, isSame)
      : [];
}

function newlyGeneratedNames(before: SetText, after: SetText): string[] {
  const keys = parseLines(after);
  return Array.from(parseLines(before)).flatMap(([name, line]) => {
    const present = keys.get(name);
    if (present === undefined || present === line) {
      return [];
    }
    const [old, current] = [parseKey(line), parseKey(present)];
    const isReplaced = old.publicKey !== current.publicKey && old.version === current.version;
    return isReplaced && current.made !== undefined ? [name] : [];
  });
}

/** Returns users with keys that are not known, because their source is about to be created. */
function newlyUnknownNames(old: KeySource, set: KeySource, isSame: boolean): string[] {
  const before = parseLines(old.users);
  const termsOf = (rest: string, of: KeySource): SetUser => withShared(parseUser(rest), of.shared);
  const kept = (name: string, rest: string): boolean => {
    const line = before.get(name);
    const [former, present] = [termsOf(line ?? "", old), termsOf(rest, set)];
    return line !== undefined && versionOf(former) === versionOf(present) && former.publicKey === present.publicKey;
  };
  const users = Array.from(parseLines(set.users), ([name, rest]) => ({ name, rest, isKept: kept(name, rest) }));
  // In the same set, all keys are unknown if one user needs a new key.
  return isSame && users.some(({ isKept }) => !isKept)
    ? []
    : users.flatMap(({ name, rest, isKept }) => (isKept && parseUser(rest).publicKey === undefined ? [name] : []));
}

function versionOf({ rotation }: SetUser): string | undefined {
  return rotation?.version === undefined ? undefined : String(rotation.version);
}
