import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { accountClaims } from "../../jwt/claims";
import { MAX_TOKEN_SIZE, tokenSize } from "../../jwt/sign";
import { ACCOUNT_TERMS } from "../../model/account/account-terms";
import type { Account, AccountPrevious, AccountRevoked } from "../../model/account/account";
import { isRecord } from "../../model/form/shape";
import { hasUnknown, ifKnown, UNKNOWN } from "../life-cycle/unknown";

/** As long as a public key, for one that is not known yet. */
const ANY_KEY = "A".repeat(56);

const REMEDY =
  "Give users with the same permissions a role, shorten texts and lists, or divide the account into several accounts.";

const REMEDY_OF_ROTATIONS =
  'Rotate fewer users in one update, or all of them with `overlap: "none"`, together with the key of their role: see docs/users.md.';

const REMEDY_OF_REVOCATIONS =
  "Remove or change fewer users in one update. To have room for others again, or for all at once, replace the key of their role: see docs/users.md.";

/** The bytes of a revocation in a JWT: a public key and a time, in base64. */
const REVOCATION_SIZE = 93;

const KEYS: readonly string[] = ["publicKey", "signingKey"];

/** Reports an account whose JWT servers would not decode. Of unknown parts, only keys count. The account must be valid. */
export function accountSizeDiagnostics(account: Account): Diagnostic[] {
  const size = sizeOf(account);
  const count = Object.keys(ifKnown(account.revoked) ?? {}).length;
  const revoked = count === 0 ? "" : ` with ${count} users that it revokes`;
  const problem = `has at least ${size} bytes${revoked}, but servers decode JWTs of at most ${MAX_TOKEN_SIZE} bytes`;
  return diagnose({
    code: "NA1030",
    path: "jwt",
    problem: size > MAX_TOKEN_SIZE ? problem : undefined,
    remedy: count * REVOCATION_SIZE > size / 2 ? REMEDY_OF_REVOCATIONS : REMEDY,
  });
}

/**
 * Reports that an update replaces keys of so many users that the JWT will have no room for their revocations when the overlap ends: no
 * update could end it.
 *
 * @param before replaced keys as of the last update
 * @param after the account, with the replaced keys that remain valid
 * @param revokedAtEnd returns the revocations at the end of the overlap
 */
export function rotationSizeDiagnostics(
  before: AccountPrevious | undefined,
  after: Account,
  revokedAtEnd: () => AccountRevoked,
): Diagnostic[] {
  const count = countKeys(after.previous);
  const most = (1 + REVOCATION_SIZE) * count;
  if (count <= countKeys(before) || sizeOf(after) + most <= MAX_TOKEN_SIZE) {
    return [];
  }
  const revoked = revokedAtEnd();
  const size = sizeOf({ ...after, previous: {}, revoked });
  const [replaced, all] = [count, Object.keys(revoked).length].map((number) => number.toLocaleString("en"));
  return diagnose({
    code: "NA1917",
    path: "jwt",
    problem:
      size > MAX_TOKEN_SIZE
        ? `would revoke ${all} keys at the end of the overlap of ${replaced} replaced keys, with at least ${size} bytes, but servers decode JWTs of at most ${MAX_TOKEN_SIZE} bytes`
        : undefined,
    remedy: REMEDY_OF_ROTATIONS,
  });
}

/** Returns the bytes of the JWT, as far as the account is known. */
function sizeOf(account: Account): number {
  return tokenSize(accountClaims(knownParts(account)));
}

/** Returns the number of replaced keys of users. */
function countKeys(previous: AccountPrevious | undefined): number {
  return Object.values(ifKnown(previous)?.users ?? {}).reduce((sum, keys) => sum + keys.length, 0);
}

function knownParts(account: Account): Account {
  const { users, roles, imports, publicKey, name } = account;
  const terms = ACCOUNT_TERMS.filter((term) => !hasUnknown(account[term])).map((term): [string, unknown] => [
    term,
    account[term],
  ]);
  const known = {
    ...account,
    ...Object.fromEntries(ACCOUNT_TERMS.map((term) => [term, undefined])),
    ...Object.fromEntries(terms),
    name,
    publicKey,
    previous: ifKnown(account.previous),
    revoked: ifKnown(account.revoked),
    users: knownMembers(users) ?? {},
    roles: knownMembers(roles),
    imports: Array.isArray(imports) ? imports.filter(isRecord) : undefined,
  };
  return withKeys(known) as Account;
}

/** Returns users or roles without their unknown terms, except for their keys. */
function knownMembers(holders: unknown): Record<string, unknown> | undefined {
  if (!isRecord(holders)) {
    return undefined;
  }
  const members = Object.entries(holders).filter(([, holder]) => isRecord(holder)) as [string, object][];
  const isCounted = ([key, value]: [string, unknown]) => KEYS.includes(key) || !hasUnknown(value);
  return Object.fromEntries(
    members.map(([name, holder]) => [name, Object.fromEntries(Object.entries(holder).filter(isCounted))]),
  );
}

function withKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withKeys);
  }
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withKeys(part)]))
    : value === UNKNOWN
      ? ANY_KEY
      : value;
}
