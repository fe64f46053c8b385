import { createHmac } from "node:crypto";
import { Codec } from "nkeys.js/lib/codec";
import { KIND_PREFIX } from "./key-kinds";
import { NativeKeyPair } from "./native-key-pair";

/** The keys of a set's users. */
export interface SetDeriver {
  /** Returns the seed of the key that an update generates for a user: a secret. */
  seed(name: string, update: number): string;
  /** Returns the public key of that seed. */
  publicKey(name: string, update: number): string;
}

/**
 * Derives the keys of a set's users from the seed of the set's source. They do not reveal that seed. States depend on the
 * derivation: it never changes.
 *
 * @param seed a valid seed
 */
export function setKeyDeriver(seed: string): SetDeriver {
  const { buf } = Codec.decodeSeed(new TextEncoder().encode(seed));
  const derive = (name: string, update: number) =>
    createHmac("sha256", buf)
      .update(JSON.stringify(["pulumi-nats-auth user set", name, update]))
      .digest();
  return {
    seed: (name, update) => new TextDecoder().decode(Codec.encodeSeed(KIND_PREFIX.user, derive(name, update))),
    publicKey: (name, update) => new NativeKeyPair(KIND_PREFIX.user, derive(name, update)).getPublicKey(),
  };
}
