import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { NKeysError, NKeysErrorCode, Prefix, type KeyPair } from "nkeys.js";
import { Codec } from "nkeys.js/lib/codec";

/** Length in bytes of an Ed25519 seed and of a public key. */
export const KEY_BYTES = 32;

/** The parts of an Ed25519 key in the JWK format, apart from its bytes (RFC 8037). */
const JWK = { kty: "OKP", crv: "Ed25519" } as const;

/** Everything of an Ed25519 private key in DER (PKCS 8, RFC 8410) before its 32 raw bytes. */
const DER_HEADER = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * An nkeys.js key pair that uses the Ed25519 implementation of node:crypto.
 *
 * nkeys.js signs with tweetnacl in plain JavaScript and derives the public key again on each call. node:crypto returns the
 * same signature, bit for bit, in a few hundredths of a millisecond.
 */
export class NativeKeyPair implements KeyPair {
  readonly #prefix: Prefix;
  readonly #publicKey: string;
  #seed: Uint8Array | undefined;
  #privateKey: KeyObject | undefined;

  /**
   * @param prefix the kind of the key
   * @param seed the 32 raw bytes of the seed; copied
   */
  constructor(prefix: Prefix, seed: Uint8Array) {
    this.#prefix = prefix;
    this.#seed = Uint8Array.from(seed);
    this.#privateKey = importPrivateKey(seed);
    this.#publicKey = new TextDecoder().decode(Codec.encode(prefix, exportPublicKey(this.#privateKey)));
  }

  getPublicKey(): string {
    this.#secrets();
    return this.#publicKey;
  }

  getSeed(): Uint8Array {
    return Codec.encodeSeed(this.#prefix, this.#secrets().seed);
  }

  getPrivateKey(): Uint8Array {
    const { seed, privateKey } = this.#secrets();
    return Codec.encode(Prefix.Private, Uint8Array.from([...seed, ...exportPublicKey(privateKey)]));
  }

  sign(input: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, input, this.#secrets().privateKey));
  }

  /** Signs on a thread of Node.js, so that many calls use all cores. */
  signOnThread(input: Uint8Array): Promise<Uint8Array> {
    const { privateKey } = this.#secrets();
    return new Promise((resolve, reject) => {
      sign(null, input, privateKey, (error, signature) => {
        if (error === null) {
          resolve(signature);
        } else {
          reject(error);
        }
      });
    });
  }

  verify(input: Uint8Array, signature: Uint8Array): boolean {
    return verify(null, input, createPublicKey(this.#secrets().privateKey), signature);
  }

  /** Overwrites the seed. Every later use of the key pair throws. */
  clear(): void {
    this.#seed?.fill(0);
    this.#seed = undefined;
    this.#privateKey = undefined;
  }

  seal(): never {
    throw new NKeysError(NKeysErrorCode.InvalidNKeyOperation);
  }

  open(): never {
    throw new NKeysError(NKeysErrorCode.InvalidNKeyOperation);
  }

  /** Keeps the seed out of logs: JSON contains the public key. */
  toJSON(): string {
    return this.#publicKey;
  }

  /** @throws NKeysError after {@link clear} */
  #secrets(): { seed: Uint8Array; privateKey: KeyObject } {
    if (this.#seed === undefined || this.#privateKey === undefined) {
      throw new NKeysError(NKeysErrorCode.ClearedPair);
    }
    return { seed: this.#seed, privateKey: this.#privateKey };
  }
}

function importPrivateKey(seed: Uint8Array): KeyObject {
  return readsKeyWithoutPublicHalf() ? importJwk(seed) : importDer(seed);
}

/** node:crypto derives the public half, and requires that `x` is a string. */
function importJwk(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: { ...JWK, x: "", d: Buffer.from(seed).toString("base64url") }, format: "jwk" });
}

function importDer(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([DER_HEADER, seed]), format: "der", type: "pkcs8" });
}

let readsJwk: boolean | undefined;

/**
 * Returns whether node:crypto imports a JWK without a public half. Node.js 24 requires one; Node.js 20 does not, and takes ten times
 * as long for DER.
 */
function readsKeyWithoutPublicHalf(): boolean {
  if (readsJwk === undefined) {
    try {
      importJwk(new Uint8Array(KEY_BYTES));
      readsJwk = true;
    } catch {
      readsJwk = false;
    }
  }
  return readsJwk;
}

/** Imports a public key from its 32 raw bytes. */
export function importPublicKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: { ...JWK, x: Buffer.from(raw).toString("base64url") }, format: "jwk" });
}

/** The raw bytes of the public half of a private key. */
function exportPublicKey(privateKey: KeyObject): Uint8Array {
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  return new Uint8Array(Buffer.from(x, "base64url"));
}
