import type { Access } from "../../model/access/access";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../../model/form/order";
import { Notes } from "../notes";
import { unexpectedKind, verifyToken } from "../token";
import { hasNoAccess, readAccess } from "./access";
import { NO_LIMIT, NOTHING } from "./limits";

/** The value of a user's limit without a claim, by the version of the JWT. */
const ABSENT_LIMIT = { 1: NO_LIMIT, 2: NOTHING } as const;

/** The content of a user JWT. */
export interface ReadUser {
  readonly name?: string;
  /** The user's public key (`U…`). */
  readonly publicKey: string;
  /** The public key (`A…`) of the user's account. */
  readonly account: string;
  /** The public key (`A…`) that signed: the account's own, or one of its signing keys. */
  readonly issuer: string;
  /** When the JWT was signed, in Unix seconds. */
  readonly issuedAt: number;
  /** When the JWT becomes valid, in Unix seconds. */
  readonly notBefore?: number;
  /** When the JWT expires, in Unix seconds. */
  readonly expires?: number;
  /** The user's permissions and limits; undefined when they are in the scope of the key that signed. */
  readonly access?: Access;
  readonly tags: readonly string[];
  /** Claims without a place in the model. */
  readonly leftOut: readonly Diagnostic[];
}

/**
 * Reads a user JWT of version 1 or 2.
 *
 * @param origin where the JWT comes from, for messages
 * @throws Unreadable when it is not a user JWT signed by the key of an account
 */
export function readUser(jwt: string, origin: string): ReadUser {
  const notes = new Notes();
  const { kind, version, subject, claims, ...token } = verifyToken(jwt, origin, notes);
  if (kind !== "user") {
    throw unexpectedKind(origin, kind, "user");
  }
  const account = claims.text("issuer_account") ?? token.issuer;
  const tags = claims.texts("tags");
  // In version 2, a user without restrictions has explicit limits of -1.
  const isScoped = version === 2 && hasNoAccess(claims);
  const read = readAccess(claims, ABSENT_LIMIT[version]);
  const access = isScoped ? undefined : read;
  claims.leaveOutUnknown();
  notes.check(origin);
  return omitUndefined<ReadUser>({ ...token, publicKey: subject, account, access, tags, leftOut: notes.leftOut });
}
