import type { Diagnostic } from "../diagnostics/diagnostic";
import type { Access } from "../model/access/access";
import type { Role } from "../model/users/roles";
import type { ReadAccount } from "./claims/account";
import type { ReadUser } from "./claims/user";
import type { ReadOperator } from "./operator";

/** A key: its seed, or its public key where the store has no seed. */
export type StoredKey = { readonly seed: string } | { readonly publicKey: string };

/** An account of a store with its users, as their JWTs describe them. */
export type ReadEntry = ReadAccount & { readonly users: readonly ReadUser[] };

/** An account that the operator server accepts, with its name and its roles in a program. */
export type AcceptedEntry = ReadEntry & {
  readonly name: string;
  /** The roles whose users the server accepts. */
  readonly roles: Readonly<Record<string, Role>>;
};

/** A user that the operator server accepts, with its name and access in a program. */
export interface AcceptedUser {
  readonly name: string;
  readonly user: ReadUser;
  /** The name of the role whose key signed the user's JWT. */
  readonly role?: string;
  /** The access of the role, or that of the user's own JWT. */
  readonly access: Access;
}

/** What the operator server accepts of an account and its users. */
export type StoreEntry = Omit<AcceptedEntry, "users"> & { readonly users: readonly AcceptedUser[] };

/** What determines whether the operator server accepts an account or a user. */
export interface ServerView {
  readonly operator: Pick<ReadOperator, "publicKey" | "signingKeys" | "strict">;
  /** The time, in Unix seconds. */
  readonly now: number;
  /** Receives what the server does not accept. */
  readonly leftOut: Diagnostic[];
}

/** A store while it is converted to the arguments of a program. */
export interface StoreContext extends ServerView {
  /** The accounts that the operator server accepts. */
  readonly entries: readonly StoreEntry[];
  /** The public keys of the other accounts. */
  readonly rejected: ReadonlySet<string>;
  /** The seed of a public key, if the store has it. */
  readonly seedOf: (publicKey: string) => string | undefined;
}

/** Returns the seed of a key if the store has it, and the public key otherwise. */
export function toStoredKey(publicKey: string, { seedOf }: Pick<StoreContext, "seedOf">): StoredKey {
  const seed = seedOf(publicKey);
  return seed === undefined ? { publicKey } : { seed };
}

/** Returns the JWT of each public key that was issued last. A store can contain copies of earlier JWTs. */
export function findLatest<T extends { readonly issuedAt: number }>(
  tokens: readonly T[],
  publicKeyOf: (token: T) => string,
): ReadonlyMap<string, T> {
  const latest = new Map<string, T>();
  for (const token of tokens) {
    const key = publicKeyOf(token);
    if ((latest.get(key)?.issuedAt ?? -1) < token.issuedAt) {
      latest.set(key, token);
    }
  }
  return latest;
}
