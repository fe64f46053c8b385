import { createHash } from "node:crypto";
import type { KeyPair } from "nkeys.js";
import { Codec } from "nkeys.js/lib/codec";
import { KEY_BYTES } from "./ed25519";
import { NativeKeyPair } from "./keypair";
import { KIND_LETTER, KIND_PREFIX, kindOf, PUBLIC_LETTER, PUBLIC_PREFIX, type KeyKind, type PublicKind } from "./kinds";

/** Gives so many random bytes; a parameter, so that tests can make the same keys again. */
export type RandomBytes = (count: number) => Uint8Array;

/** Makes a new key pair. */
export function newKeyPair(kind: KeyKind, randomBytes: RandomBytes): KeyPair {
  return new NativeKeyPair(KIND_PREFIX[kind], randomBytes(KEY_BYTES));
}

/**
 * Reads a seed (`SO…`, `SA…`, `SU…`).
 *
 * @throws Error that says what is wrong and never shows the seed
 */
export function keyPairFromSeed(kind: KeyKind, seed: string): KeyPair {
  const problem = seedProblem(kind, seed);
  if (problem !== undefined) {
    throw new Error(`a seed of kind ${kind} was expected: the value ${problem}`);
  }
  const { prefix, buf } = Codec.decodeSeed(new TextEncoder().encode(seed));
  return new NativeKeyPair(prefix, buf);
}

/** A public key to which nobody has a seed: it is no key of a pair, but the digest of a text. */
export function nobodysKey(kind: KeyKind): string {
  const digest = createHash("sha256").update(`nobody's key of a ${kind}`).digest();
  return encoded(Codec.encode(KIND_PREFIX[kind], new Uint8Array(digest)));
}

/** The text of a pair's seed. */
export function seedText(pair: KeyPair): string {
  return new TextDecoder().decode(pair.getSeed());
}

/** Says what keeps a text from being a seed of a kind, or undefined when it is one. The text itself is not repeated. */
export function seedProblem(kind: KeyKind, seed: string): string | undefined {
  const begins = `S${KIND_LETTER[kind]}`;
  try {
    const { prefix, buf } = Codec.decodeSeed(new TextEncoder().encode(seed));
    if (prefix !== KIND_PREFIX[kind]) {
      return `is the seed of another kind of key (${kindOf(prefix) ?? "unknown"}); ${article(kind)} seed begins with ${begins}`;
    }
    if (buf.length !== KEY_BYTES) {
      return `is a seed of ${buf.length} bytes; a seed has ${KEY_BYTES}`;
    }
    return encoded(Codec.encodeSeed(prefix, buf)) === seed ? undefined : notASeed(kind);
  } catch {
    return isPublicKey(seed)
      ? `is a public key, not a seed; ${article(kind)} seed begins with ${begins}`
      : notASeed(kind);
  }
}

/** Says what keeps a text from being a public key of a kind, or undefined when it is one. Seeds are not repeated. */
export function publicKeyProblem(kind: PublicKind, publicKey: string): string | undefined {
  const begins = PUBLIC_LETTER[kind];
  try {
    const raw = Codec._decode(new TextEncoder().encode(publicKey));
    if (raw[0] !== PUBLIC_PREFIX[kind]) {
      const other = kindOf(raw[0]);
      return `is the key of another kind (${other ?? "a seed or unknown"}); ${article(kind)} public key begins with ${begins}`;
    }
    if (raw.length === KEY_BYTES + 1 && encoded(Codec.encode(PUBLIC_PREFIX[kind], raw.subarray(1))) === publicKey) {
      return undefined;
    }
  } catch {
    // Not even the checksum is right.
  }
  return `is not a public key, or has a typing error; ${article(kind)} public key begins with ${begins} and has 56 characters`;
}

function notASeed(kind: KeyKind): string {
  return `is not a seed, or has a typing error; ${article(kind)} seed begins with S${KIND_LETTER[kind]} and has 58 characters`;
}

/** The text that stands for some bytes. Decoding overlooks what is left over at the end of a text. */
function encoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function isPublicKey(text: string): boolean {
  return (Object.keys(KIND_PREFIX) as KeyKind[]).some((kind) => publicKeyProblem(kind, text) === undefined);
}

function article(kind: PublicKind): string {
  return /^[aoux]/.test(kind) && kind !== "user" ? `an ${kind}` : `a ${kind}`;
}
