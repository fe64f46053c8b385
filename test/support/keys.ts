import { createHash } from "node:crypto";
import { generateKeyPair, getSeedText, type RandomBytes } from "../../provider/nkeys/keys";
import type { KeyKind } from "../../provider/nkeys/key-kinds";
import type { NativeKeyPair } from "../../provider/nkeys/native-key-pair";

/** "Random" bytes that a label determines: the same keys in every run, other keys for other labels. */
export function bytesOf(label: string): RandomBytes {
  return (count) => new Uint8Array(createHash("sha256").update(label).digest().subarray(0, count));
}

/** The pairs made so far: names come back in test after test. */
const pairs = new Map<string, NativeKeyPair>();

/** The key pair that a label stands for in all tests. */
export function pairOf(kind: KeyKind, label: string): NativeKeyPair {
  const name = `${kind} ${label}`;
  const pair = pairs.get(name) ?? generateKeyPair(kind, bytesOf(name));
  pairs.set(name, pair);
  return pair;
}

/** The public key that a label stands for. */
export function keyOf(kind: KeyKind, label: string): string {
  return pairOf(kind, label).getPublicKey();
}

/** The seed that a label stands for. It protects nothing. */
export function seedOf(kind: KeyKind, label: string): string {
  return getSeedText(pairOf(kind, label));
}

/** A digest of something secret, so that a failing comparison prints no secret. */
export function digestOf(secret: string | Uint8Array): string {
  return createHash("sha256").update(secret).digest("hex");
}
