import type { Model } from "../model/cluster/cluster";

/** Who the accounts are: their names by key, and the other way round. */
export interface Directory {
  /** An account's name, or its key where no account of the model has it. */
  readonly nameOf: (publicKey: string) => string;
  readonly keyOf: (name: string) => string | undefined;
}

/** The directory of a model's accounts. */
export function directoryOf({ accounts }: Model): Directory {
  const names = new Map(accounts.map(({ name, publicKey }) => [publicKey, name]));
  const keys = new Map(accounts.map(({ name, publicKey }) => [name, publicKey]));
  return { nameOf: (publicKey) => names.get(publicKey) ?? publicKey, keyOf: (name) => keys.get(name) };
}
