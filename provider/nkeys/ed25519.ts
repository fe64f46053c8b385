import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** Bytes of an Ed25519 seed, and of a public key. */
export const KEY_BYTES = 32;

/** What stands before the 32 key bytes in the DER forms that node:crypto reads (RFC 8410). */
const PKCS8_HEADER = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_HEADER = Buffer.from("302a300506032b6570032100", "hex");

/** The private key made from a raw seed. */
export function privateKeyFrom(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([PKCS8_HEADER, seed]);
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } finally {
    der.fill(0);
  }
}

/** The public key made from its raw bytes. */
export function publicKeyFrom(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_HEADER, raw]), format: "der", type: "spki" });
}

/** The raw bytes of a public key, or of the public half of a private key. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(SPKI_HEADER.length));
}
