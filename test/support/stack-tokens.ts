import { unpackToken } from "../../provider/jwt/packed-token";
import type { StateResource } from "./stack";

/** Every JWT in a state, by the resource that it belongs to. */
export function tokensOf(resources: readonly StateResource[]): Record<string, string> {
  return Object.fromEntries(
    resources.flatMap(({ urn, id = "", outputs }) => {
      const jwt = outputs?.jwt;
      return typeof jwt === "string" ? [[urn, unpackToken(jwt, id)]] : [];
    }),
  );
}

/** Parts of a resource's outputs that identify it, and never change by themselves. */
const IDENTITIES = ["seed", "jwt", "publicKey", "keys", "tokens", "issued"];

/** Every key and JWT in a state, wherever the resources are in the program. */
export function identitiesOf(resources: readonly StateResource[]): string[] {
  return resources
    .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"))
    .map(({ type, id, outputs = {} }) => JSON.stringify([type, id, ...IDENTITIES.map((name) => outputs[name])]))
    .sort();
}
