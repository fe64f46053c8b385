import type { Model } from "../model/cluster/cluster";

/** The accounts of a model, by name and by public key. */
export interface AccountNames {
  /** Returns the name of an account, or its public key if the model does not have it. */
  readonly nameOf: (publicKey: string) => string;
  /** Returns the public key of an account, or undefined if the model does not have it. */
  readonly keyOf: (name: string) => string | undefined;
}

/** Indexes the accounts of a model. */
export function indexAccountNames({ accounts }: Model): AccountNames {
  const names = new Map(accounts.map(({ name, publicKey }) => [publicKey, name]));
  const keys = new Map(accounts.map(({ name, publicKey }) => [name, publicKey]));
  return { nameOf: (publicKey) => names.get(publicKey) ?? publicKey, keyOf: (name) => keys.get(name) };
}
