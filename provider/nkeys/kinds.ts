import { Prefix } from "nkeys.js";

/** What a key identifies. The first letter of its public key tells: O, A, U, N, C. */
export type KeyKind = "operator" | "account" | "user" | "server" | "cluster";

/** The prefix byte of each kind of key, as the nkeys format has it. */
export const KIND_PREFIX: Readonly<Record<KeyKind, Prefix>> = {
  operator: Prefix.Operator,
  account: Prefix.Account,
  user: Prefix.User,
  server: Prefix.Server,
  cluster: Prefix.Cluster,
};

/** The letter that public keys of each kind begin with. */
export const KIND_LETTER: Readonly<Record<KeyKind, string>> = {
  operator: "O",
  account: "A",
  user: "U",
  server: "N",
  cluster: "C",
};

/** What a public key can be of: of what signs, or of a key that encrypts. */
export type PublicKind = KeyKind | "xkey";

/** The prefix byte of each kind of public key. */
export const PUBLIC_PREFIX: Readonly<Record<PublicKind, Prefix>> = { ...KIND_PREFIX, xkey: Prefix.Curve };

/** The letter that each kind of public key begins with. */
export const PUBLIC_LETTER: Readonly<Record<PublicKind, string>> = { ...KIND_LETTER, xkey: "X" };

const KIND_OF_BYTE = new Map<number | undefined, KeyKind>(
  (Object.keys(KIND_PREFIX) as KeyKind[]).map((kind) => [KIND_PREFIX[kind], kind]),
);

/** The kind whose keys begin with this byte, or undefined where it is none of ours. */
export function kindOf(prefix: number | undefined): KeyKind | undefined {
  return KIND_OF_BYTE.get(prefix);
}
