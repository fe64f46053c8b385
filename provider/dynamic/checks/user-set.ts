import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { parseKey } from "../../model/users/set-keys";
import { parseLines, type SetText } from "../../model/users/set-text";
import { parseUser, shortenDiagnostics } from "../../model/users/set-users";

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
