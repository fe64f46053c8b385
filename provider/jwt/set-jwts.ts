import type { KeyPair } from "nkeys.js";
import { parseTime } from "../model/keys/lifetime";
import { omitUndefined } from "../model/form/order";
import type { IssuedUser } from "../model/users/set-keys";
import type { NativeKeyPair } from "../nkeys/native-key-pair";
import { scopedUserClaims } from "./claims";
import { decodeToken, identifyClaims, signToken, signTokenOnThread, type Claims, type Validity } from "./sign";

/** A user of a set, with what determines the bytes of its JWT, except the key that signs it. */
export interface SetToken extends IssuedUser {
  readonly name: string;
  /** Public key of the account. */
  readonly account: string;
  /** Unix seconds. */
  readonly issuedAt: number;
}

/** Signs the JWT of a user of a set with the key of its role: the same bytes each time. */
export function signSetToken(user: SetToken, signer: KeyPair): string {
  return signToken(claimsOf(user), signer, validityOf(user));
}

/** How many JWTs are signed at a time. */
const AT_A_TIME = 1_000;

/** Signs the JWTs of users of a set as {@link signSetToken} does, on all cores. */
export async function signSetTokens(users: readonly SetToken[], signer: NativeKeyPair): Promise<string[]> {
  const tokens: string[] = [];
  for (let first = 0; first < users.length; first += AT_A_TIME) {
    const some = users.slice(first, first + AT_A_TIME);
    tokens.push(
      ...(await Promise.all(some.map((user) => signTokenOnThread(claimsOf(user), signer, validityOf(user))))),
    );
  }
  return tokens;
}

/** What identifies a JWT that a program supplies. */
export interface SuppliedToken {
  /** When it was issued, in seconds since 1970. */
  readonly iat: number;
  /** Its id. */
  readonly jti: string;
}

/** What identifies a JWT, and when it expires. */
export interface ExpiringToken extends SuppliedToken {
  /** In seconds since 1970; undefined if it does not expire. */
  readonly exp?: number;
}

/** Returns what identifies a JWT. @throws SyntaxError when it is not a JWT */
export function identifyToken(jwt: string): ExpiringToken {
  const { iat, jti, exp } = decodeToken(jwt);
  return omitUndefined<ExpiringToken>({ iat, jti, exp });
}

/** Returns whether a supplied JWT is the one that is signed for a user. @param signer public key of the role */
export function isSetToken({ iat, jti }: SuppliedToken, user: Omit<SetToken, "issuedAt">, signer: string): boolean {
  const issued = { ...user, issuedAt: iat };
  return identifyClaims(claimsOf(issued), signer, validityOf(issued)) === jti;
}

function claimsOf({ name, publicKey, account, tags }: SetToken): Claims {
  return scopedUserClaims(tags === undefined ? { name, publicKey, account } : { name, publicKey, account, tags });
}

function validityOf({ issuedAt, expires, notBefore }: SetToken): Validity {
  return omitUndefined<Validity>({
    issuedAt,
    expires: expires === undefined ? undefined : parseTime(expires),
    notBefore: notBefore === undefined ? undefined : parseTime(notBefore),
  });
}
