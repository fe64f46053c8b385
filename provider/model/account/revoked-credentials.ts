import { diagnose, displayList, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { hasShape } from "../form/shape";
import { EVERY_KEY, getRevocationTime, getRevokedKeys, REVOCATIONS, type Revocations } from "../keys/revocations";

/** The JWT of a user, as far as it is known. */
export interface IssuedCredentials {
  /** The user's public key; undefined if it is about to be generated. */
  readonly publicKey: string | undefined;
  /** When the JWT was issued, in Unix seconds; undefined if it is about to be signed. */
  readonly issuedAt: number | undefined;
}

/**
 * Returns true if the account revokes a user's JWT. One that is about to be signed is revoked only if the revocation is in the
 * future.
 *
 * @param now Unix seconds
 */
export function areRevoked(user: IssuedCredentials, revocations: Revocations, now: number): boolean {
  const { publicKey = "", issuedAt = now + 1 } = user;
  return (getRevocationTime(revocations, publicKey) ?? -1) >= issuedAt;
}

/**
 * Finds the users that the revocations of their account lock out: they have no newer JWT. Malformed revocations are problems
 * of the account. Paths are relative to it.
 *
 * @param now Unix seconds
 */
export function revokedCredentialsDiagnostics(
  users: Readonly<Record<string, IssuedCredentials>>,
  revocations: Revocations,
  now: number,
): Diagnostic[] {
  if (!hasShape(REVOCATIONS, revocations)) {
    return [];
  }
  const all = Object.entries(users);
  const byKey = new Map<string, typeof all>();
  for (const entry of all) {
    const { publicKey = "" } = entry[1];
    byKey.set(publicKey, [...(byKey.get(publicKey) ?? []), entry]);
  }
  return Object.entries(revocations).flatMap(([key, moment]) => {
    const own = { [key]: moment };
    const concerned = key === EVERY_KEY ? all : (byKey.get(key) ?? []);
    const names = concerned.flatMap(([name, user]) => (areRevoked(user, own, now) ? [name] : []));
    const isInFuture = (getRevocationTime(own, key) ?? 0) > now;
    const later = "Use a time that is not in the future: it also applies to JWTs that are signed until then.";
    const sign =
      "To admit them again, rotate their keys (`rotation`), or the keys of their roles; or use an earlier time.";
    return diagnose({
      code: "NA1411",
      path: keyPath("revocations", key),
      value: moment,
      problem:
        names.length === 0
          ? undefined
          : `locks out ${displayList(names)}: both servers reject users without a newer JWT, and \`creds\` is undefined`,
      remedy: isInFuture ? later : sign,
    });
  });
}

/**
 * Finds the revocations of keys that no user of the account has, such as those of users that were removed. They stay in force.
 *
 * @param userKeys the public keys of the account's users
 */
export function unmatchedRevocationDiagnostics(userKeys: ReadonlySet<string>, revocations: Revocations): Diagnostic[] {
  const others = getRevokedKeys(revocations, "U").filter((key) => !userKeys.has(key));
  return diagnose({
    code: "NA1413",
    path: "revocations",
    problem:
      others.length === 0
        ? undefined
        : `contains keys that no user of this program has: ${displayList(others)}. The operator server rejects their JWTs; the static server has no user with these keys`,
    remedy: "No action is needed. If one of them is meant for a user of the program, correct the key.",
  });
}
