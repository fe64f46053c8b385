import type { KeyPair } from "nkeys.js";
import { packPublicKey, unpackPublicKey } from "../nkeys/keys";
import { omitUndefined } from "../model/form/order";
import { scopedUserClaims, type ScopedUser } from "./claims";
import { decodeToken, identifyClaims, joinToken, signToken, type Claims, type Token, type Validity } from "./sign";
import type { SuppliedToken } from "./set-jwts";

/** What a JWT of a user contains, except its public key. */
export interface TokenContent extends Omit<ScopedUser, "publicKey">, Validity {
  /** Public key that signed the JWT. */
  readonly signingKey: string;
}

/**
 * Packs the JWT of a user to a third: the signature, and what the claims contain beside the public key and constant parts. Keys are
 * raw bytes. A JWT that these parts do not determine, byte for byte, stays as it is.
 *
 * States contain packed JWTs, so that the format and the JWT that results from it never change.
 */
export function packToken(jwt: string): string {
  const token = decodeToken(jwt);
  const packed = packParts(token, jwt.slice(jwt.lastIndexOf(SEPARATOR) + 1));
  return packed !== undefined && unpackToken(packed, token.sub) === jwt ? packed : jwt;
}

function packParts(token: Token, signature: string): string | undefined {
  const { account, ...content } = readClaims(token);
  const { issuer_account: stated } = token.nats as UserClaims;
  return stated === undefined ? undefined : packContent({ ...content, account }, signature);
}

/**
 * Packs the content of a user's JWT without a signature. The key of a role is kept, so the program signs the JWT when it reads it, with
 * the same bytes each time.
 */
export function packUnsigned(content: TokenContent): string {
  return packContent(content, UNSIGNED);
}

function packContent(content: TokenContent, signature: string): string {
  const { issuedAt, expires, notBefore, signingKey, account, tags, name } = content;
  const times = [issuedAt, expires, notBefore].map((time) => time?.toString(TIME_BASE));
  const parts = [...times, packPublicKey(signingKey), packPublicKey(account), signature, tags && packTags(tags)];
  return [...parts, name].join(SEPARATOR);
}

/**
 * Returns the JWT of a packed one, or of one that is not packed.
 *
 * @param publicKey of the user
 * @param signer signs a JWT that was packed without its signature: the key that its content names
 * @throws TypeError when such a JWT has no signer, or another one
 */
export function unpackToken(text: string, publicKey: string, signer?: KeyPair): string {
  if (!isPacked(text)) {
    return text;
  }
  const { claims, signingKey, validity } = toClaims(readPacked(text), publicKey);
  if (isSigned(text)) {
    return joinToken(claims, signingKey, validity, text.split(SEPARATOR)[SIGNATURE] ?? UNSIGNED);
  }
  if (signer?.getPublicKey() !== signingKey) {
    throw new TypeError("the JWT is not signed, and its signing key is missing");
  }
  return signToken(claims, signer, validity);
}

/** Returns whether a JWT, packed or not, has its signature. */
export function isSigned(text: string): boolean {
  return !isPacked(text) || text.split(SEPARATOR)[SIGNATURE] !== UNSIGNED;
}

/** Returns whether a JWT that exists is the one that is signed for some content. */
export function isTokenOf({ iat, jti }: SuppliedToken, content: TokenContent, publicKey: string): boolean {
  if (!Number.isSafeInteger(iat)) {
    return false;
  }
  const { claims, signingKey, validity } = toClaims({ ...content, issuedAt: iat }, publicKey);
  return identifyClaims(claims, signingKey, validity) === jti;
}

function toClaims(
  { signingKey, issuedAt, expires, notBefore, ...content }: TokenContent,
  publicKey: string,
): { readonly claims: Claims; readonly signingKey: string; readonly validity: Validity } {
  const validity = omitUndefined<Validity>({ issuedAt, expires, notBefore });
  return { claims: scopedUserClaims({ ...content, publicKey }), signingKey, validity };
}

/** Reads the content of a JWT, packed or not. Does not verify the signature. */
export function readTokenContent(text: string): TokenContent {
  return isPacked(text) ? readPacked(text) : readClaims(decodeToken(text));
}

/** When a JWT was issued, in Unix seconds. @param text the JWT, packed or not */
export function readTokenTime(text: string): number {
  return isPacked(text) ? parseInt(text, TIME_BASE) : decodeToken(text).iat;
}

/** Returns the public key that signed a JWT. @param text the JWT, packed or not */
export function readTokenSigner(text: string): string {
  return isPacked(text) ? unpackPublicKey("account", text.split(SEPARATOR)[SIGNER] ?? "") : decodeToken(text).iss;
}

/** Separates the parts of a packed JWT. Only the last part, the name, can contain it. */
const SEPARATOR = ".";

/** In place of the signature of a JWT that is signed when it is needed. */
const UNSIGNED = "";

/** Positions of parts in a packed JWT. */
const SIGNER = 3;
const SIGNATURE = 5;
const NAME = 7;

/** The claims of a user in `nats`, as far as they are packed. */
interface UserClaims {
  readonly issuer_account?: string;
  readonly tags?: readonly string[];
}

/** A JWT has three parts. */
function isPacked(text: string): boolean {
  return text.split(SEPARATOR, NAME + 1).length > NAME;
}

/** Previews show no Unix seconds, which people could not read. */
const TIME_BASE = 36;

function parseTime(text: string): number | undefined {
  return text === "" ? undefined : parseInt(text, TIME_BASE);
}

function readPacked(text: string): TokenContent {
  const parts = text.split(SEPARATOR);
  const [issuedAt = "", expires = "", notBefore = "", signer = "", account = "", , tags = ""] = parts;
  return omitUndefined<TokenContent>({
    name: parts.slice(NAME).join(SEPARATOR),
    account: unpackPublicKey("account", account),
    tags: tags === "" ? undefined : unpackTags(tags),
    signingKey: unpackPublicKey("account", signer),
    issuedAt: parseInt(issuedAt, TIME_BASE),
    expires: parseTime(expires),
    notBefore: parseTime(notBefore),
  });
}

function readClaims({ name, iss, iat, exp, nbf, nats }: Token): TokenContent {
  const { issuer_account: account = iss, tags } = nats as UserClaims;
  const validity = { issuedAt: iat, expires: exp, notBefore: nbf };
  return omitUndefined<TokenContent>({ name, account, tags, signingKey: iss, ...validity });
}

function packTags(tags: readonly string[]): string {
  return Buffer.from(JSON.stringify(tags)).toString("base64url");
}

function unpackTags(packed: string): string[] {
  return JSON.parse(Buffer.from(packed, "base64url").toString()) as string[];
}
