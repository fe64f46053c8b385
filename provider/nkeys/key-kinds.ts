import { Prefix } from "nkeys.js";

/** The entity that a key identifies. */
export type KeyKind = "operator" | "account" | "user" | "server" | "cluster";

/** The prefix byte of each kind of key in the nkeys encoding. */
export const KIND_PREFIX: Readonly<Record<KeyKind, Prefix>> = {
  operator: Prefix.Operator,
  account: Prefix.Account,
  user: Prefix.User,
  server: Prefix.Server,
  cluster: Prefix.Cluster,
};

/** The first letter of the public keys of each kind. */
export const KIND_LETTER: Readonly<Record<KeyKind, string>> = {
  operator: "O",
  account: "A",
  user: "U",
  server: "N",
  cluster: "C",
};

/** The kind of a public key: a signing key, or an x25519 key, which encrypts. */
export type PublicKind = KeyKind | "xkey";

/** The prefix byte of each kind of public key. */
export const PUBLIC_PREFIX: Readonly<Record<PublicKind, Prefix>> = { ...KIND_PREFIX, xkey: Prefix.Curve };

/** The first letter of each kind of public key. */
export const PUBLIC_LETTER: Readonly<Record<PublicKind, string>> = { ...KIND_LETTER, xkey: "X" };

const KIND_OF_PREFIX = new Map<number | undefined, PublicKind>(
  (Object.keys(PUBLIC_PREFIX) as PublicKind[]).map((kind) => [PUBLIC_PREFIX[kind], kind]),
);

/** Returns the kind of key that has a prefix byte, or undefined for any other byte. */
export function getKeyKind(prefix: number | undefined): PublicKind | undefined {
  return KIND_OF_PREFIX.get(prefix);
}
