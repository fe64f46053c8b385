import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { getOwn } from "../../model/form/order";
import { parseKey, type KeySource, type SetKeys } from "../../model/users/set-keys";
import { parseLines, type SetText } from "../../model/users/set-text";
import { parseUser, withShared, type SetUser } from "../../model/users/set-users";
import type { PresentSet, SetChange } from "./set-changes";

/**
 * Reports sets of which most users would get another key, although neither a rotation nor the program replaces it: the source of the
 * keys is new, because the set has another name or parent. A preview does not know the keys of a new source.
 */
export function renamedSetDiagnostics({ olds, news }: SetChange): Diagnostic[] {
  return Object.entries(olds).flatMap(([name, old]) => {
    const same = getOwn(news, name);
    const present = same === undefined ? Object.values(news) : [same];
    const replaced = new Set(present.flatMap((set) => replacedNames(old, set, set === same)));
    const all = parseLines(old.users).size;
    const [count, total] = [replaced.size, all].map((number) => number.toLocaleString("en"));
    const [change, place, former, alias] =
      same === undefined
        ? ["is missing, and ", "in other sets", "name", `{ name: ${JSON.stringify(name)} }`]
        : ["", "although no `rotation` changes", "parent", "{ parent: … }"];
    return diagnose({
      code: "NA1916",
      path: keyPath("sets", name),
      problem:
        replaced.size * 2 > all
          ? `${change}${count} of its ${total} users would get another key ${place}: their present creds would be revoked`
          : undefined,
      remedy: `To keep the keys of a set with another ${former}, add \`aliases: [${alias}]\` to its options; in other languages than TypeScript, keep its key in \`sets\`, and set its \`name\`. If \`pulumi up\` has failed with this error, restore the former ${former} and update first. To move users, supply their \`creds\`. To replace the keys, change \`rotation.version\` in the same update.`,
    });
  });
}

/** Returns the users of a set that are in another one, or the same one later, with a key of another source. */
function replacedNames(old: SetKeys, set: PresentSet, isSame: boolean): string[] {
  return set.keys === undefined ? newlyUnknownNames(old, set, isSame) : newlyGeneratedNames(old.keys, set.keys);
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
function newlyUnknownNames(old: SetKeys, set: PresentSet, isSame: boolean): string[] {
  const before = parseLines(old.users);
  const termsOf = (rest: string, of: KeySource): SetUser => withShared(parseUser(rest), of.shared);
  const kept = (name: string, rest: string): boolean => {
    const line = before.get(name);
    const [former, present] = [termsOf(line ?? "", old), termsOf(rest, set)];
    return line !== undefined && versionOf(former) === versionOf(present) && former.publicKey === present.publicKey;
  };
  const users = Array.from(parseLines(set.users), ([name, rest]) => ({ name, rest, isKept: kept(name, rest) }));
  // A set that has its source knows all keys, or needs new ones for other users.
  const isNewSource = users.every(({ isKept }) => isKept) || (set.update === 1 && hasGenerated(old.keys));
  return isSame && !isNewSource
    ? []
    : users.flatMap(({ name, rest, isKept }) => (isKept && parseUser(rest).publicKey === undefined ? [name] : []));
}

/** Returns whether an update has generated a key. */
function hasGenerated(keys: SetText): boolean {
  return [...parseLines(keys).values()].some((line) => parseKey(line).made !== undefined);
}

function versionOf({ rotation }: SetUser): string | undefined {
  return rotation?.version === undefined ? undefined : String(rotation.version);
}
