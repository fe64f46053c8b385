import { decode } from "nats-jwt";
import type { KeyPair } from "nkeys.js";
import { base32 } from "nkeys.js/lib/base32";
import { hash } from "node:crypto";
import type { NativeKeyPair } from "../nkeys/native-key-pair";

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

/** The header of every JWT. */
const HEADER = Buffer.from(JSON.stringify({ typ: "JWT", alg: "ed25519-nkey" })).toString("base64url");

/**
 * Signs claims as a NATS JWT (version 2, `ed25519-nkey`).
 *
 * The same claims, times and key give the same bytes. nats-jwt would set `iat` to the current time and `jti` to an
 * identifier of its own, and is several times as slow.
 */
export function signToken(claims: Claims, issuer: KeyPair, validity: Validity): string {
  const unsigned = encodeUnsigned(claims, issuer, validity);
  return addSignature(unsigned, issuer.sign(Buffer.from(unsigned)));
}

/** Signs claims as {@link signToken} does, on another thread, so that many calls use all cores. */
export async function signTokenOnThread(claims: Claims, issuer: NativeKeyPair, validity: Validity): Promise<string> {
  const unsigned = encodeUnsigned(claims, issuer, validity);
  return addSignature(unsigned, await issuer.signOnThread(Buffer.from(unsigned)));
}

function encodeUnsigned(claims: Claims, issuer: KeyPair, validity: Validity): string {
  return `${HEADER}.${encodeClaims(claims, issuer.getPublicKey(), validity)}`;
}

function addSignature(unsigned: string, signature: Uint8Array): string {
  return `${unsigned}.${Buffer.from(signature).toString("base64url")}`;
}

/**
 * Returns a JWT with an existing signature.
 *
 * @param issuer public key of the signer
 * @param signature in base64
 */
export function joinToken(claims: Claims, issuer: string, validity: Validity, signature: string): string {
  return `${HEADER}.${encodeClaims(claims, issuer, validity)}.${signature}`;
}

/** Signs claims as {@link signToken} does. */
export function signClaims(claims: Claims, issuer: KeyPair, validity: Validity): Promise<string> {
  return Promise.resolve(signToken(claims, issuer, validity));
}

/** Encodes claims with the identifier of their JWT, as its second part. @param issuer public key of the signer */
export function encodeClaims(claims: Claims, issuer: string, validity: Validity): string {
  const text = formatClaims(claims, issuer, validity);
  return Buffer.from(`${text.slice(0, -1)},"jti":"${tokenId(text)}"}`).toString("base64url");
}

/** Returns the identifier (`jti`) of the JWT that {@link signToken} gives for claims. @param issuer public key of the signer */
export function identifyClaims(claims: Claims, issuer: string, validity: Validity): string {
  return tokenId(formatClaims(claims, issuer, validity));
}

function formatClaims({ name, sub, nats }: Claims, issuer: string, { issuedAt, notBefore, expires }: Validity): string {
  const body = {
    ...(expires === undefined ? {} : { exp: expires }),
    iat: issuedAt,
    iss: issuer,
    name,
    ...(notBefore === undefined ? {} : { nbf: notBefore }),
    sub,
    nats,
  };
  return JSON.stringify(body);
}

/** Bytes of the largest JWT that the Go library decodes (`MaxTokenSize`), and with it servers. */
export const MAX_TOKEN_SIZE = 1024 * 1024;

/** Bytes of a JWT beside its claims: the encoded header, the encoded signature and two dots. */
const FRAME_SIZE = 46 + 86 + 2;

/** Returns the bytes of the JWT that {@link signToken} gives for claims that are valid at once and do not expire. */
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

const DECODER = new TextDecoder();

/** Computes a JWT identifier as the Go library does: SHA-512/256 of the claims as JSON, in base32 without padding. */
function tokenId(body: string): string {
  return DECODER.decode(base32.encode(hash("sha512-256", body, "buffer")));
}

/** The text of UTF-8 bytes of which each is a character: nats-jwt reads one byte as one character. */
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
