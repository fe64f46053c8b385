import { sign, verify, type KeyObject } from "node:crypto";
import { NKeysError, NKeysErrorCode, Prefix, type KeyPair } from "nkeys.js";
import { Codec } from "nkeys.js/lib/codec";
import { privateKeyFrom, publicKeyFrom, rawPublicKey } from "./ed25519";

/**
 * A key pair of nkeys.js whose Ed25519 is node's own.
 *
 * nkeys.js signs with tweetnacl in plain JavaScript and derives the public key again at each call; node:crypto takes a
 * few hundredths of a millisecond for the same signature, bit for bit.
 */
export class NativeKeyPair implements KeyPair {
  #seed: Uint8Array | undefined;
  #privateKey: KeyObject | undefined;
  readonly #publicKey: string;

  /**
   * @param prefix the kind of the key
   * @param seed its 32 raw bytes; copied
   */
  constructor(prefix: Prefix, seed: Uint8Array) {
    this.#seed = Uint8Array.from(seed);
    this.#privateKey = privateKeyFrom(seed);
    this.#publicKey = new TextDecoder().decode(Codec.encode(prefix, rawPublicKey(this.#privateKey)));
    this.#prefix = prefix;
  }

  readonly #prefix: Prefix;

  getPublicKey(): string {
    this.#live();
    return this.#publicKey;
  }

  getSeed(): Uint8Array {
    return Codec.encodeSeed(this.#prefix, this.#live().seed);
  }

  getPrivateKey(): Uint8Array {
    const { seed, privateKey } = this.#live();
    return Codec.encode(Prefix.Private, Uint8Array.from([...seed, ...rawPublicKey(privateKey)]));
  }

  sign(input: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, input, this.#live().privateKey));
  }

  verify(input: Uint8Array, signature: Uint8Array): boolean {
    return verify(null, input, publicKeyFrom(rawPublicKey(this.#live().privateKey)), signature);
  }

  /** Overwrites the seed; the pair cannot be used any more. */
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

  /** Keeps the seed out of logs: what console.log and JSON show is the public key. */
  toJSON(): string {
    return this.#publicKey;
  }

  #live(): { seed: Uint8Array; privateKey: KeyObject } {
    if (this.#seed === undefined || this.#privateKey === undefined) {
      throw new NKeysError(NKeysErrorCode.ClearedPair);
    }
    return { seed: this.#seed, privateKey: this.#privateKey };
  }
}
