import type { DeclaredSet } from "../account/account";
import { emptyToUndefined, omitUndefined, sortUnique } from "../form/order";
import type { Duration } from "../form/quantities";
import { lifetimeDiagnostics, normalizeTime, type Lifetime } from "../keys/lifetime";
import { withShared, type SetUsers, type SharedTerms } from "./set-users";

/** Returns what the account and the parity report need of a set: its role, and what the modes treat differently. */
export function declareSet(role: string, users: SetUsers, shared: SharedTerms | undefined): DeclaredSet {
  // The set reports invalid terms itself. Most sets have no such terms.
  const terms = [...users.values()]
    .filter((user) => (shared !== undefined || hasLifetime(user)) && lifetimeDiagnostics(user).length === 0)
    .map((user) => withShared(user, shared));
  return omitUndefined<DeclaredSet>({
    role,
    count: users.size,
    lifetime: distinct(terms.map(({ lifetime }) => formatLifetime(lifetime))),
    expires: distinct(terms.map(({ expires }) => expires && normalizeTime(expires))),
    notBefore: distinct(terms.map(({ notBefore }) => notBefore && normalizeTime(notBefore))),
  });
}

function hasLifetime({ lifetime, expires, notBefore }: Lifetime): boolean {
  return lifetime !== undefined || expires !== undefined || notBefore !== undefined;
}

function distinct(values: readonly (string | undefined)[]): readonly string[] | undefined {
  return emptyToUndefined(sortUnique(values.flatMap((value) => value ?? [])));
}

/** A number is in seconds. */
function formatLifetime(lifetime: Duration | undefined): string | undefined {
  return typeof lifetime === "number" ? `${lifetime}s` : lifetime;
}
