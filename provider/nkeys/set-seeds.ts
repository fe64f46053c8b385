import { createHmac } from "node:crypto";
import type { KeyPair } from "nkeys.js";
import { Codec } from "nkeys.js/lib/codec";
import { KIND_PREFIX } from "./key-kinds";
import { NativeKeyPair } from "./native-key-pair";

/**
 * Returns a function that derives the key pairs of a set's users from the seed of the set's source. It does not reveal the
 * seed. States depend on the derivation: it never changes.
 *
 * @param seed a valid seed
 */
export function setKeyDeriver(seed: string): (name: string, update: number) => KeyPair {
  const { buf } = Codec.decodeSeed(new TextEncoder().encode(seed));
  return (name, update) => {
    const purpose = JSON.stringify(["pulumi-nats-auth user set", name, update]);
    return new NativeKeyPair(KIND_PREFIX.user, createHmac("sha256", buf).update(purpose).digest());
  };
}
