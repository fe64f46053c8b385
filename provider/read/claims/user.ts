import type { Access } from "../../model/access/access";
import type { Diagnostic } from "../../model/form/diagnostics";
import { defined } from "../../model/form/order";
import { Notes } from "../notes";
import { checkedToken } from "../token";
import { Unreadable } from "../unreadable";
import { readAccess } from "./access";

/** What a limit of a user is that a token does not say: in version 2 it allows none, in version 1 it does not limit. */
const ABSENT_LIMIT = { 1: -1, 2: 0 } as const;

/** What a user's JWT says. */
export interface ReadUser {
  readonly name?: string;
  /** The user's public key (`U…`). */
  readonly publicKey: string;
  /** The public key (`A…`) of the user's account. */
  readonly account: string;
  /** The public key (`A…`) that signed: the account's own, or one of its signing keys. */
  readonly issuer: string;
  /** When it was signed, in seconds since 1970. */
  readonly issuedAt: number;
  /** From when it holds, in seconds since 1970. */
  readonly notBefore?: number;
  /** Until when it holds, in seconds since 1970. */
  readonly expires?: number;
  /** What the user may do, and undefined where that stands in the scope of the key that signed. */
  readonly access?: Access;
  readonly tags: readonly string[];
  /** What stands in the JWT besides. */
  readonly leftOut: readonly Diagnostic[];
}

/**
 * Reads a user's JWT, of version 1 or 2.
 *
 * @param what what messages call it
 * @throws Unreadable when it is none, or was not signed by an account's key
 */
export function readUser(jwt: string, what: string): ReadUser {
  const notes = new Notes();
  const { kind, version, subject, says, ...token } = checkedToken(jwt, what, notes);
  if (kind !== "user") {
    throw new Unreadable(what, "it is not the JWT of a user");
  }
  const account = says.text("issuer_account") ?? token.issuer;
  const tags = says.texts("tags");
  // In version 2, even who may do everything says that nothing is limited.
  const access = version === 2 && says.saysNothing ? undefined : readAccess(says, ABSENT_LIMIT[version]);
  says.leaveOutUnknown();
  notes.check(what);
  return defined<ReadUser>({ ...token, publicKey: subject, account, access, tags, leftOut: notes.leftOut });
}
