import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { parseKey } from "../../model/users/set-keys";
import { parseLines, type SetText } from "../../model/users/set-text";
import { namesOf, parseUser, shortenDiagnostics } from "../../model/users/set-users";

/** The users of a set and their keys. */
interface KeyedSet {
  readonly users: SetText;
  readonly keys: SetText;
}

/**
 * Reports public keys that were supplied before and are removed: the keys would stay, but without seeds.
 *
 * @param given the names of users with a seed that the program supplies
 */
export function lostSetKeyDiagnostics(before: KeyedSet, after: KeyedSet, given: ReadonlySet<string>): Diagnostic[] {
  const [oldKeys, keys, users] = [before.keys, after.keys, after.users].map(parseLines);
  const publicKeyOf = (line: string | undefined) => (line === undefined ? undefined : parseKey(line).publicKey);
  const found = [...parseLines(before.users)].flatMap(([name, rest]) => {
    const { publicKey } = rest.includes("publicKey") ? parseUser(rest) : {};
    const hasLost = publicKey !== undefined && parseUser(users?.get(name)).publicKey === undefined && !given.has(name);
    const isKept = hasLost && publicKeyOf(keys?.get(name)) === publicKeyOf(oldKeys?.get(name));
    return diagnose({
      code: "NA5032",
      path: `${keyPath("users", name)}.publicKey`,
      problem:
        isKept && keys?.has(name) === true
          ? "is missing, which would leave the user without credentials: its seed is not managed here"
          : undefined,
      remedy: "Keep `publicKey`, or set `rotation.version` to generate a new key.",
    });
  });
  return shortenDiagnostics(found);
}

/** The number of users that an update may remove from any set. */
const ALWAYS_REMOVABLE = 10;

/** The part of its users that an update may remove from a large set. */
const REMOVABLE_PART = 1 / 5;

/** Returns how many users an update may remove from a set without an argument. */
export function removableUsers(count: number): number {
  return Math.max(ALWAYS_REMOVABLE, Math.floor(count * REMOVABLE_PART));
}

/**
 * Reports that an update removes so many users that their source may be incomplete. The names may be secret.
 *
 * @param before the users as of the last update, if they are known
 * @param after the present users, if they are known
 * @param max the number that the program permits
 */
export function removedUsersDiagnostics(
  before: SetText | undefined,
  after: SetText | undefined,
  max: number | undefined,
): Diagnostic[] {
  if (before === undefined || after === undefined || before === after) {
    return [];
  }
  const [olds, news] = [namesOf(before), new Set(namesOf(after))];
  const count = olds.filter((name) => !news.has(name)).length;
  const limit = max ?? removableUsers(olds.length);
  const [removed, all, most] = [count, olds.length, limit].map((number) => number.toLocaleString("en"));
  return diagnose({
    code: "NA1915",
    path: "users",
    problem:
      count > limit ? `lacks ${removed} of the ${all} users of the set; an update removes at most ${most}` : undefined,
    remedy: `Correct the source of the users. To remove them, set \`maxRemovals\` to ${count} for one update.`,
  });
}
