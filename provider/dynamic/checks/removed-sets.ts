import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { isRecord } from "../../model/form/shape";
import { namesOf } from "../../model/users/set-users";
import type { SetChange } from "./set-changes";
import { removableUsers } from "./user-set";

/**
 * Reports sets that are missing, although nothing else has their users: the program may have created them too late, or not at all.
 *
 * @param users the users that are in no set, by name
 * @param removed names of the sets that the program gives up
 */
export function removedSetDiagnostics(
  { olds, news }: SetChange,
  users: unknown,
  removed: readonly string[] = [],
): Diagnostic[] {
  const missing = Object.entries(olds).filter(([name]) => !Object.hasOwn(news, name) && !removed.includes(name));
  if (missing.length === 0 || !isRecord(users)) {
    return [];
  }
  const present = new Set([...Object.keys(users), ...Object.values(news).flatMap((set) => namesOf(set.users))]);
  return missing.flatMap(([name, old]) => {
    const names = namesOf(old.users);
    const count = names.filter((user) => !present.has(user)).length;
    const [lost, all] = [count, names.length].map((number) => number.toLocaleString("en"));
    return diagnose({
      code: "NA1918",
      path: keyPath("sets", name),
      problem:
        count > removableUsers(names.length)
          ? `is missing, and so are ${lost} of its ${all} users: they would be revoked`
          : undefined,
      remedy: `Create the set before the program waits (\`await\`). To remove it, add ${JSON.stringify(name)} to \`removedSets\` of the account for one update.`,
    });
  });
}
