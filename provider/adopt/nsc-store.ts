import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { defined } from "../model/form/order";
import { withEveryone, type Moment } from "../model/keys/revocations";
import type { OperatorArgs } from "../components/operator/operator-args";
import { readJwt } from "../read/creds";
import { readStore, type ReadStore, type StoredAccount, type StoredToken, type StoredTokens } from "../read/store";
import { Unreadable } from "../read/unreadable";
import { adopted, secretSeeds, type Adopted } from "./adopted";
import { seedsIn } from "./nsc-keystore";

/** Where an nsc store lies; `nsc env` tells both folders. */
export interface NscStoreArgs {
  /** The folder of one operator: the operator's JWT lies in it, and a folder `accounts`. */
  readonly store: string;
  /**
   * The keystore, in whose folders `keys` and `creds` the seeds lie.
   *
   * @default nobody has a seed
   */
  readonly keystore?: string | undefined;
  /**
   * Ends the creds that nsc made: those that were issued at this moment or before are revoked, of all accounts. It lies
   * before the first update of the program, which issues JWTs of its own.
   *
   * @default the creds go on working
   * @example "2026-03-01T12:00:00Z"
   */
  readonly revokedUntil?: Moment | undefined;
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
export function readNscStore({ store, keystore, revokedUntil }: NscStoreArgs): Adopted {
  const tokens = tokensIn(store, keystore);
  const { operator, signer, accounts, systemAccount, leftOut } = readStore(tokens);
  const args = defined<OperatorArgs>({ name: operator.name, jwt: tokens.operator.jwt, ...secretSeeds({ signer }) });
  const kept = revokedUntil === undefined ? accounts : withoutFormerCreds(accounts, revokedUntil);
  return adopted(store, args, secretSeeds(kept), systemAccount, leftOut);
}

function withoutFormerCreds(accounts: ReadStore["accounts"], moment: Moment): ReadStore["accounts"] {
  const revoked = Object.entries(accounts).map(([name, account]): [string, StoredAccount] => [
    name,
    { ...account, revocations: withEveryone(account.revocations ?? {}, moment) },
  ]);
  return Object.fromEntries(revoked);
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
    seedOf: keystore === undefined ? () => undefined : seedsIn(keystore, basename(store)),
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
