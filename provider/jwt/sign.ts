import { createHash } from "node:crypto";
import { Algorithms, decode, encode } from "nats-jwt";
import type { KeyPair } from "nkeys.js";
import { base32 } from "nkeys.js/lib/base32";
import type { Claims } from "./envelope";

/** When a token is issued, from when and until when it holds, in whole seconds since 1970. */
export interface Validity {
  readonly issuedAt: number;
  /** @default at once */
  readonly notBefore?: number;
  /** @default never expires */
  readonly expires?: number;
}

/** A token's claims as they stand in it. */
export interface Token extends Claims {
  readonly iss: string;
  readonly iat: number;
  readonly jti: string;
  readonly exp?: number;
  readonly nbf?: number;
}

/**
 * Signs claims as a NATS JWT (version 2, `ed25519-nkey`).
 *
 * The same claims, time and key give the same bytes. nats-jwt would write the current time and an identifier of its own
 * into the object that it is given, so both are fixed beforehand, the identifier as Go's library makes it.
 */
export function signClaims(
  { name, sub, nats }: Claims,
  issuer: KeyPair,
  { issuedAt, notBefore, expires }: Validity,
): Promise<string> {
  const body = {
    ...(expires === undefined ? {} : { exp: expires }),
    iat: issuedAt,
    iss: issuer.getPublicKey(),
    name,
    ...(notBefore === undefined ? {} : { nbf: notBefore }),
    sub,
    nats,
  };
  const claim = fixed(eachText({ ...body, jti: identifier(body) }, bytesOf), ["iat", "jti"]);
  return encode(Algorithms.v2, claim as unknown as Parameters<typeof encode>[1], issuer);
}

/**
 * Reads a token and checks its signature.
 *
 * @throws Error when it is no token, or not signed by the key that it names
 */
export function readToken(jwt: string): Token {
  return eachText(decode(jwt) as unknown as Token, textOf);
}

/** When a token was issued, in seconds since 1970: read without a look at its signature, of which there may be thousands. */
export function issueTime(jwt: string): number {
  const [, body = ""] = jwt.split(".");
  return (JSON.parse(Buffer.from(body, "base64url").toString()) as Token).iat;
}

/**
 * A text as a text of its UTF-8 bytes. nats-jwt writes texts byte by byte, so that it refuses most scripts and garbles
 * the rest; given bytes, what it writes is the UTF-8 that servers read.
 */
function bytesOf(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The text whose UTF-8 bytes these are. */
function textOf(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** A copy of a value of JSON with every text in it changed, keys included. */
function eachText<T>(value: T, change: (text: string) => string): T {
  const copy = (part: unknown): unknown => {
    if (typeof part === "string") {
      return change(part);
    }
    if (Array.isArray(part)) {
      return part.map(copy);
    }
    return typeof part === "object" && part !== null
      ? Object.fromEntries(Object.entries(part).map(([key, inner]) => [change(key), copy(inner)]))
      : part;
  };
  return copy(value) as T;
}

/** The same object, with properties that an assignment does not change. */
function fixed<T extends Record<string, unknown>>(object: T, keys: readonly (keyof T & string)[]): T {
  for (const key of keys) {
    const value = object[key];
    Object.defineProperty(object, key, { enumerable: true, get: () => value, set: () => undefined });
  }
  return object;
}

/** A token identifier as Go's library makes it: the SHA-512/256 of the claims, in base32 without padding. */
function identifier(body: object): string {
  const hash = createHash("sha512-256").update(JSON.stringify(body)).digest();
  return new TextDecoder().decode(base32.encode(new Uint8Array(hash)));
}
