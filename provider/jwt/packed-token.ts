import { packPublicKey, unpackPublicKey } from "../nkeys/keys";
import { omitUndefined } from "../model/form/order";
import { scopedUserClaims, type ScopedUser } from "./claims";
import { decodeToken, joinToken, type Claims, type Token, type Validity } from "./sign";

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

function packParts({ iat, exp, nbf, iss, name, nats }: Token, signature: string): string | undefined {
  const { issuer_account: account, tags } = nats as UserClaims;
  if (account === undefined) {
    return undefined;
  }
  const times = [iat, exp, nbf].map((time) => time?.toString(TIME_BASE));
  const parts = [...times, packPublicKey(iss), packPublicKey(account), signature, tags && packTags(tags)];
  return [...parts, name].join(SEPARATOR);
}

/** Returns the JWT of a packed one, or of one that is not packed. @param publicKey of the user */
export function unpackToken(text: string, publicKey: string): string {
  if (!isPacked(text)) {
    return text;
  }
  const { signingKey, issuedAt, expires, notBefore, ...content } = readPacked(text);
  const claims: Claims = scopedUserClaims({ ...content, publicKey });
  const validity = omitUndefined<Validity>({ issuedAt, expires, notBefore });
  return joinToken(claims, signingKey, validity, text.split(SEPARATOR)[SIGNATURE] ?? "");
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
