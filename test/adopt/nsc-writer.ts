import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The JWTs of a store, by the names of accounts and users. */
export interface WrittenStore {
  readonly operator: string;
  readonly accounts: Readonly<
    Record<string, { readonly jwt: string; readonly users?: Readonly<Record<string, string>> }>
  >;
}

/** Writes the JWTs of an operator into a folder, as nsc does. */
export function writeStore(folder: string, { operator, accounts }: WrittenStore): void {
  put(join(folder, `${basename(folder)}.jwt`), operator);
  for (const [name, { jwt, users = {} }] of Object.entries(accounts)) {
    put(join(folder, "accounts", name, `${name}.jwt`), jwt);
    for (const [user, own] of Object.entries(users)) {
      put(join(folder, "accounts", name, "users", `${user}.jwt`), own);
    }
  }
}

/** Writes seeds by public key into a keystore, as nsc does. */
export function writeKeys(keystore: string, seeds: Readonly<Record<string, string>>): void {
  for (const [key, seed] of Object.entries(seeds)) {
    put(join(keystore, "keys", key.slice(0, 1), key.slice(1, 3), `${key}.nk`), seed);
  }
}

/** Writes a file, and creates its folders. */
export function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
