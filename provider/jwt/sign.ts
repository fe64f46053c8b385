import { Algorithms, decode, encode } from "nats-jwt";
import type { KeyPair } from "nkeys.js";
import { base32 } from "nkeys.js/lib/base32";
import { createHash } from "node:crypto";

/** Version of the claims' schema (nats-io/jwt v2). */
export const VERSION = 2;

/** The claims of a JWT that is not signed yet. */
export interface Claims {
  /** Display name. */
  readonly name: string;
  /** Public key of the subject: the operator, account or user that the JWT describes. */
  readonly sub: string;
  /** NATS claims of one kind of JWT. */
  readonly nats: Readonly<Record<string, unknown>>;
}

/** When a JWT is issued and when it is valid, in whole seconds since 1970. */
export interface Validity {
  readonly issuedAt: number;
  /** @default valid at once */
  readonly notBefore?: number;
  /** @default never expires */
  readonly expires?: number;
}

/** The claims of a signed JWT. */
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
 * The same claims, times and key give the same bytes. nats-jwt would set `iat` to the current time and `jti` to an
 * identifier of its own, so both are made read-only before; `jti` is computed as in the Go library.
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
  const token = withReadOnly(mapStrings({ ...body, jti: tokenId(body) }, utf8AsLatin1), ["iat", "jti"]);
  return encode(Algorithms.v2, token as unknown as Parameters<typeof encode>[1], issuer);
}

/** Bytes of the largest JWT that the Go library decodes (`MaxTokenSize`), and with it servers. */
export const MAX_TOKEN_SIZE = 1024 * 1024;

/** Bytes of a JWT beside its claims: the encoded header, the encoded signature and two dots. */
const FRAME_SIZE = 46 + 86 + 2;

/** Returns the bytes of the JWT that {@link signClaims} gives for claims that are valid at once and do not expire. */
export function tokenSize({ name, sub, nats }: Claims): number {
  const issuer = "O".repeat(KEY_LENGTH);
  const body = { iat: 1_000_000_000, iss: issuer, name, sub, nats, jti: "J".repeat(ID_LENGTH) };
  return FRAME_SIZE + Math.ceil((Buffer.byteLength(JSON.stringify(body)) * 4) / 3);
}

/** Characters of a public key, and of the identifier of a JWT. */
const KEY_LENGTH = 56;
const ID_LENGTH = 52;

/**
 * Reads a JWT and verifies its signature.
 *
 * @throws Error when it is not a JWT, or the key in `iss` did not sign it
 */
export function readToken(jwt: string): Token {
  return mapStrings(decode(jwt) as unknown as Token, latin1AsUtf8);
}

/** When a JWT was issued, in seconds since 1970. Does not verify the signature, so that it is fast for thousands of JWTs. */
export function readIssueTime(jwt: string): number {
  return decodeToken(jwt).iat;
}

/**
 * Decodes a JWT that this package has signed. Does not verify the signature, so that it is fast for thousands of JWTs.
 *
 * @throws SyntaxError when it is not a JWT
 */
export function decodeToken(jwt: string): Token {
  const [, body = ""] = jwt.split(".");
  return JSON.parse(Buffer.from(body, "base64url").toString()) as Token;
}

/**
 * Renders a credentials file in the format of nsc: a user's JWT and its seed.
 *
 * @param jwt the user's JWT
 * @param seed the user's seed (`SU…`); the result is as secret as the seed
 */
export function formatCreds(jwt: string, seed: string): string {
  return `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.
NKEYs are sensitive and should be treated as secrets.

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------

*************************************************************
`;
}

/** Computes a JWT identifier as the Go library does: SHA-512/256 of the claims, in base32 without padding. */
function tokenId(body: object): string {
  const hash = createHash("sha512-256").update(JSON.stringify(body)).digest();
  return new TextDecoder().decode(base32.encode(new Uint8Array(hash)));
}

/**
 * A string with one character for each UTF-8 byte of a text. nats-jwt writes one byte for each character, so it rejects or
 * garbles most scripts; given such a string, it writes valid UTF-8.
 */
function utf8AsLatin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The inverse of {@link utf8AsLatin1}. */
function latin1AsUtf8(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** A copy of a JSON value with every string in it converted, keys included. */
function mapStrings<T>(value: T, convert: (text: string) => string): T {
  const copy = (part: unknown): unknown => {
    if (typeof part === "string") {
      return convert(part);
    }
    if (Array.isArray(part)) {
      return part.map(copy);
    }
    return typeof part === "object" && part !== null
      ? Object.fromEntries(Object.entries(part).map(([key, inner]) => [convert(key), copy(inner)]))
      : part;
  };
  return copy(value) as T;
}

/** Makes properties of an object ignore assignments, without an error. */
function withReadOnly<T extends Record<string, unknown>>(object: T, keys: readonly (keyof T & string)[]): T {
  for (const key of keys) {
    const value = object[key];
    Object.defineProperty(object, key, { enumerable: true, get: () => value, set: () => undefined });
  }
  return object;
}
