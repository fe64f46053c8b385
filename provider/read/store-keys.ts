import type { Diagnostic } from "../model/form/diagnostics";
import type { ReadAccount } from "./claims/account";
import type { ReadUser } from "./claims/user";

/** A key: its seed, or its public key where nobody has the seed. */
export type StoredKey = { readonly seed: string } | { readonly publicKey: string };

/** An account of a store with its users, as their tokens say it. */
export type Holder = ReadAccount & { readonly users: readonly ReadUser[] };

/** What is known of a store while it is read. */
export interface Context {
  readonly read: readonly Holder[];
  /** The seed of a public key, where somebody has it. */
  readonly seedOf: (publicKey: string) => string | undefined;
  readonly leftOut: Diagnostic[];
}

export function keyOf(publicKey: string, { seedOf }: Context): StoredKey {
  const seed = seedOf(publicKey);
  return seed === undefined ? { publicKey } : { seed };
}
