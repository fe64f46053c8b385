import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { isRecord } from "../../model/form/shape";
import { parseKey } from "../../model/users/set-keys";
import { parseLines } from "../../model/users/set-text";
import { shortenDiagnostics } from "../../model/users/set-users";
import type { User } from "../../model/users/users";
import { hasUnknown } from "../life-cycle/unknown";
import { unpackSets, type PackedSets } from "../state/packed-sets";

/**
 * Reports users of sets with the key of another user: their JWTs would have one subject, and static configurations one nkey for two users.
 *
 * @param users the users that are in no set, by name
 */
export function repeatedSetKeyDiagnostics(
  users: Readonly<Record<string, User>>,
  sets: PackedSets | undefined,
): Diagnostic[] {
  if (sets === undefined || hasUnknown(sets) || !isRecord(users)) {
    return [];
  }
  const owners = new Map<string, Owner>();
  for (const [name, user] of Object.entries(users)) {
    if (isRecord(user)) {
      owners.set(user.publicKey, { name });
    }
  }
  const found: Diagnostic[] = [];
  for (const [set, { keys }] of Object.entries(unpackSets(sets))) {
    for (const [name, line] of parseLines(keys)) {
      const { publicKey } = parseKey(line);
      const owner = owners.get(publicKey);
      owners.set(publicKey, owner ?? { set, name });
      found.push(
        ...diagnose({
          code: "NA1710",
          path: owner === undefined ? "" : pathOf({ set, name }),
          value: publicKey,
          problem: owner && `is already used by ${pathOf(owner)}`,
          remedy: "Use a different key, or remove the argument to generate one.",
        }),
      );
    }
  }
  return shortenDiagnostics(found);
}

/** Who has a key. */
interface Owner {
  /** Name of the user's set; undefined for a user in none. */
  readonly set?: string;
  readonly name: string;
}

function pathOf({ set, name }: Owner): string {
  return keyPath(set === undefined ? "users" : `${keyPath("sets", set)}.users`, name);
}
