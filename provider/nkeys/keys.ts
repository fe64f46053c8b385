import { createHash, createHmac } from "node:crypto";
import type { KeyPair } from "nkeys.js";
import { Codec } from "nkeys.js/lib/codec";
import { formatDiagnostic, type Diagnostic } from "../diagnostics/diagnostic";
import { isSeedLike } from "../model/keys/key-format";
import { KEY_BYTES, NativeKeyPair } from "./native-key-pair";
import {
  getKeyKind,
  KIND_LETTER,
  KIND_PREFIX,
  PUBLIC_LETTER,
  PUBLIC_PREFIX,
  type KeyKind,
  type PublicKind,
} from "./key-kinds";

/** Returns that many random bytes. A parameter, so that tests can generate the same keys in every run. */
export type RandomBytes = (count: number) => Uint8Array;

/** The problem with a seed or public key: a diagnostic without path and value. */
export type KeyProblem = Required<Pick<Diagnostic, "code" | "problem" | "remedy">>;

/** Generates a key pair. */
export function generateKeyPair(kind: KeyKind, randomBytes: RandomBytes): NativeKeyPair {
  return new NativeKeyPair(KIND_PREFIX[kind], randomBytes(KEY_BYTES));
}

/**
 * Derives the key pair of a user from a seed: always the same pair for the same purpose. It does not reveal the seed.
 *
 * @param seed a valid seed
 */
export function deriveUserKeyPair(seed: string, purpose: string): KeyPair {
  const { buf } = Codec.decodeSeed(encodeText(seed));
  const digest = createHmac("sha256", buf).update(purpose).digest();
  return new NativeKeyPair(KIND_PREFIX.user, new Uint8Array(digest));
}

/**
 * Derives a password from a seed: always the same one for the same purpose. It does not reveal the seed.
 *
 * @param seed a valid seed
 * @returns 64 hexadecimal digits
 */
export function derivePassword(seed: string, purpose: string): string {
  const { buf } = Codec.decodeSeed(encodeText(seed));
  return createHmac("sha256", buf).update(purpose).digest("hex");
}

/**
 * Creates the key pair of a seed (`SO…`, `SA…`, `SU…`).
 *
 * @throws Error if the seed is not a valid seed of this kind. The message does not contain the seed
 */
export function keyPairFromSeed(kind: KeyKind, seed: string): NativeKeyPair {
  const problem = seedProblem(kind, seed);
  if (problem !== undefined) {
    throw new Error(formatDiagnostic({ path: `seed of the ${kind}`, ...problem }));
  }
  const { prefix, buf } = Codec.decodeSeed(encodeText(seed));
  return new NativeKeyPair(prefix, buf);
}

/** Returns a placeholder: a valid public key without a seed. Its key bytes are the digest of a constant text. */
export function getPlaceholderKey(kind: KeyKind): string {
  const digest = createHash("sha256").update(`nobody's key of a ${kind}`).digest();
  return decodeText(Codec.encode(KIND_PREFIX[kind], new Uint8Array(digest)));
}

/** Returns the seed of a key pair as text. */
export function getSeedText(pair: KeyPair): string {
  return decodeText(pair.getSeed());
}

/** Returns the random bytes of a public key, in base64. The other characters of a key are its kind and a checksum. */
export function packPublicKey(publicKey: string): string {
  return Buffer.from(Codec._decode(encodeText(publicKey)).subarray(1)).toString("base64url");
}

/** Returns the public key that {@link packPublicKey} packed. */
export function unpackPublicKey(kind: PublicKind, packed: string): string {
  return decodeText(Codec.encode(PUBLIC_PREFIX[kind], new Uint8Array(Buffer.from(packed, "base64url"))));
}

/** Returns why a text is not a valid seed of a kind, or undefined if it is. The problem does not contain the text. */
export function seedProblem(kind: KeyKind, seed: string): KeyProblem | undefined {
  const required = `${withArticle(kind)} seed`;
  const begin = `S${KIND_LETTER[kind]}`;
  const remedy = `Use ${required}, which begins with ${begin}.`;
  const actual = getSeedKind(seed);
  if (actual === kind) {
    return undefined;
  }
  if (actual !== undefined) {
    return { code: "NA1303", problem: `is ${withArticle(actual)} seed, but ${required} is required`, remedy };
  }
  if (getPublicKeyKind(seed) !== undefined) {
    return { code: "NA1305", problem: `is a public key, but ${required} is required`, remedy };
  }
  return {
    code: "NA1301",
    problem: `is not a valid ${kind} seed: a seed has 58 characters, begins with ${begin} and ends with a checksum`,
    remedy: "Copy the complete seed, without spaces.",
  };
}

/** Returns why a text is not a valid public key of a kind, or undefined if it is. The problem does not contain the text. */
export function publicKeyProblem(kind: PublicKind, publicKey: string): KeyProblem | undefined {
  const required = `${withArticle(kind)} public key`;
  const begin = PUBLIC_LETTER[kind];
  const remedy = `Use ${required}, which begins with ${begin}.`;
  const actual = getPublicKeyKind(publicKey);
  if (actual === kind) {
    return undefined;
  }
  if (actual !== undefined) {
    return { code: "NA1303", problem: `is ${withArticle(actual)} public key, but ${required} is required`, remedy };
  }
  if (isSeedLike(publicKey)) {
    return { code: "NA1304", problem: `is a seed, but ${required} is required`, remedy };
  }
  return {
    code: "NA1302",
    problem: `is not a valid ${kind} public key: a key has 56 characters, begins with ${begin} and ends with a checksum`,
    remedy: "Copy the complete public key, without spaces.",
  };
}

/** The kind of a valid seed. Encoding again finds trailing characters, which decoding ignores. */
function getSeedKind(seed: string): PublicKind | undefined {
  try {
    const { prefix, buf } = Codec.decodeSeed(encodeText(seed));
    return decodeText(Codec.encodeSeed(prefix, buf)) === seed ? getKeyKind(prefix) : undefined;
  } catch {
    return undefined;
  }
}

/** The kind of a valid public key. Encoding again finds trailing characters, which decoding ignores. */
function getPublicKeyKind(publicKey: string): PublicKind | undefined {
  try {
    const raw = Codec._decode(encodeText(publicKey));
    const kind = getKeyKind(raw[0]);
    const isValid =
      kind !== undefined &&
      raw.length === KEY_BYTES + 1 &&
      decodeText(Codec.encode(PUBLIC_PREFIX[kind], raw.subarray(1))) === publicKey;
    return isValid ? kind : undefined;
  } catch {
    return undefined;
  }
}

function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function withArticle(kind: PublicKind): string {
  return /^[aox]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
