import assert from "node:assert/strict";
import { isSigned, readTokenSigner, unpackToken } from "../../provider/jwt/packed-token";
import { keyPairFromSeed } from "../../provider/nkeys/keys";
import { digestOf } from "./keys";
import type { StateResource } from "./stack";

/** Every JWT in a state, by the resource that it belongs to. The keys of roles in the state sign those of their users. */
export function tokensOf(resources: readonly StateResource[]): Record<string, string> {
  const seeds = new Map(resources.map(({ id = "", outputs }) => [id, outputs?.seed]));
  const signerOf = (jwt: string) => {
    const seed = seeds.get(readTokenSigner(jwt));
    return typeof seed === "string"
      ? keyPairFromSeed("account", seed)
      : assert.fail("the state lacks the key of a role");
  };
  return Object.fromEntries(
    resources.flatMap(({ urn, id = "", outputs }) => {
      const jwt = outputs?.jwt;
      const unpack = (text: string) => unpackToken(text, id, isSigned(text) ? undefined : signerOf(text));
      return typeof jwt === "string" ? [[urn, unpack(jwt)]] : [];
    }),
  );
}

/** Parts of a resource's outputs that identify it, and never change by themselves. */
const IDENTITIES = ["seed", "jwt", "publicKey", "keys", "tokens", "issued"];

/** Every key and JWT in a state as a digest, wherever the resources are in the program: a failed comparison shows no seed. */
export function identitiesOf(resources: readonly StateResource[]): string[] {
  return resources
    .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"))
    .map(
      ({ type, id, outputs = {} }) =>
        `${type} ${id} ${digestOf(JSON.stringify(IDENTITIES.map((name) => outputs[name])))}`,
    )
    .sort();
}
