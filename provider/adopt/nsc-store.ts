import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { KIND_LETTER, type KeyKind } from "../nkeys/kinds";
import { keyPairFromSeed, seedProblem } from "../nkeys/keys";
import { defined } from "../model/order";
import type { OperatorArgs } from "../components/operator-args";
import { readJwt, readSeed } from "../read/creds";
import { readStore, type StoredToken, type StoredTokens } from "../read/store";
import { Unreadable } from "../read/unreadable";
import { adopted, secretSeeds, type Adopted } from "./adopted";

/** Where an nsc store lies; `nsc env` tells both folders. */
export interface NscStoreArgs {
  /** The folder of one operator: the operator's JWT lies in it, and a folder `accounts`. */
  readonly store: string;
  /**
   * The keystore, in whose folder `keys` the seeds lie.
   *
   * @default nobody has a seed
   */
  readonly keystore?: string;
}

/**
 * Reads an nsc store: its operator, accounts, roles and users become the arguments of a program, and keep their keys.
 * Whose seed is not in the keystore is kept by its public key.
 *
 * @throws Unreadable when something in it is not what it should be
 * @example
 * ```ts
 * const { operator: args, accounts } = readNscStore({ store: "nsc/stores/KO", keystore: "nsc/keystore" });
 * const operator = new Operator("KO", args);
 * const all = Object.entries(accounts).map(([name, settings]) => new Account(name, { operator, ...settings }));
 * ```
 */
export function readNscStore({ store, keystore }: NscStoreArgs): Adopted {
  const tokens = tokensIn(store, keystore);
  const { operator, signer, accounts, systemAccount, leftOut } = readStore(tokens);
  const args = defined<OperatorArgs>({ name: operator.name, jwt: tokens.operator.jwt, ...secretSeeds({ signer }) });
  return adopted(store, args, secretSeeds(accounts), systemAccount, leftOut);
}

function tokensIn(store: string, keystore: string | undefined): StoredTokens {
  const accounts = join(store, "accounts");
  return {
    operator: tokenIn(store, basename(store)),
    accounts: namesIn(accounts).map((name) => {
      const users = join(accounts, name, "users");
      const files = namesIn(users).filter((file) => file.endsWith(".jwt"));
      return {
        token: tokenIn(join(accounts, name), name),
        users: files.map((file) => tokenIn(users, basename(file, ".jwt"))),
      };
    }),
    seedOf: (publicKey) => (keystore === undefined ? undefined : seedIn(keystore, publicKey)),
  };
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function tokenIn(folder: string, name: string): StoredToken {
  const what = join(folder, `${name}.jwt`);
  if (!existsSync(what)) {
    throw new Unreadable(what, "it is not there: this is no folder of an nsc store");
  }
  return { what, jwt: readJwt(readFileSync(what, "utf8")) };
}

/** A seed lies under the first letters of its public key: `keys/U/AB/UAB….nk`. */
function seedIn(keystore: string, publicKey: string): string | undefined {
  const what = join(keystore, "keys", publicKey.slice(0, 1), publicKey.slice(1, 3), `${publicKey}.nk`);
  if (!existsSync(what)) {
    return undefined;
  }
  const seed = readSeed(readFileSync(what, "utf8"), what);
  const kinds = Object.keys(KIND_LETTER) as KeyKind[];
  const kind = kinds.find((known) => publicKey.startsWith(KIND_LETTER[known]));
  if (
    kind === undefined ||
    seedProblem(kind, seed) !== undefined ||
    keyPairFromSeed(kind, seed).getPublicKey() !== publicKey
  ) {
    throw new Unreadable(what, "it is not the seed of the key that it is named after");
  }
  return seed;
}
