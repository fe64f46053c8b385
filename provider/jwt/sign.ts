import { createHash } from "node:crypto";
import { fromPublic, type KeyPair } from "nkeys.js";
import { base32 } from "nkeys.js/lib/base32";
import type { Claims } from "./claims";

/** When a token is issued and until when it holds, in whole seconds since 1970. */
export interface Validity {
  readonly issuedAt: number;
  /** @default never expires */
  readonly expires?: number;
}

/** A token's claims as they stand in it. */
export interface Token extends Claims {
  readonly iss: string;
  readonly iat: number;
  readonly jti: string;
  readonly exp?: number;
}

/** How each token says what it is. */
const HEADER = base64url(JSON.stringify({ typ: "JWT", alg: "ed25519-nkey" }));

/**
 * Signs claims as a NATS JWT (version 2, `ed25519-nkey`).
 *
 * The same claims, time and key give the same bytes. nats-jwt would write the current time and an identifier of its own,
 * and encode text as Latin-1, where servers read UTF-8: it refuses most scripts and garbles the rest.
 */
export function signClaims(
  { name, sub, nats }: Claims,
  issuer: KeyPair,
  { issuedAt, expires }: Validity,
): Promise<string> {
  const body = {
    ...(expires === undefined ? {} : { exp: expires }),
    iat: issuedAt,
    iss: issuer.getPublicKey(),
    name,
    sub,
    nats,
  };
  const signed = `${HEADER}.${base64url(JSON.stringify({ ...body, jti: identifier(body) }))}`;
  const signature = issuer.sign(new TextEncoder().encode(signed));
  return Promise.resolve(`${signed}.${base64url(signature)}`);
}

/**
 * Reads a token and checks its signature.
 *
 * @throws Error when it is no token, or not signed by the key that it names
 */
export function readToken(jwt: string): Token {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const token = JSON.parse(Buffer.from(payload, "base64url").toString()) as Token;
  const signed = new TextEncoder().encode(`${header}.${payload}`);
  if (header !== HEADER || !fromPublic(token.iss).verify(signed, Buffer.from(signature, "base64url"))) {
    throw new Error("the token is not signed by the key that it names");
  }
  return token;
}

/** Text as UTF-8, or bytes, in base64url without padding. */
function base64url(data: string | Uint8Array): string {
  return Buffer.from(data as string).toString("base64url");
}

/** A token identifier as Go's library makes it: the SHA-512/256 of the claims, in base32 without padding. */
function identifier(body: object): string {
  const hash = createHash("sha512-256").update(JSON.stringify(body)).digest();
  return new TextDecoder().decode(base32.encode(new Uint8Array(hash)));
}
