import { basename, join, resolve } from "node:path";
import { keyPath, type Diagnostic } from "../diagnostics/diagnostic";
import { omitUndefined } from "../model/form/order";
import { revokeEveryKey, type Timestamp } from "../model/keys/revocations";
import type { AccountSettings } from "../components/account/account-args";
import { mapValues } from "../components/account/account-model";
import type { OperatorArgs } from "../components/operator/operator-args";
import { keyPairFromSeed } from "../nkeys/keys";
import type { KeyKind } from "../nkeys/key-kinds";
import type { StoredKey } from "../read/store-context";
import { readJwt } from "../read/creds";
import { getAccountSigners } from "../read/operator";
import { readStore, type ReadStore, type StoredAccount, type StoredToken, type StoredTokens } from "../read/store";
import { Unreadable, type Problem } from "../diagnostics/unreadable";
import { nowInSeconds } from "../dynamic/life-cycle/clock";
import { toAdopted, toSecretSeeds, type Adopted, type AdoptedKeys } from "./adopted";
import { isFile, listFolder, readText } from "./nsc-files";
import { createSeedLookup, keyFile, type SeedLookup } from "./nsc-keystore";
import { withoutStack } from "./run-error";
import { leftOutStreams } from "./stored-streams";

/** The folders of an nsc store, as shown by `nsc env`. */
export interface NscStoreArgs {
  /** The folder of one operator, which contains the operator's JWT and the folder `accounts`. */
  readonly store: string;
  /**
   * The keystore, which contains the folders `keys` and `creds`.
   *
   * @default every key is adopted without its seed
   */
  readonly keystore?: string | undefined;
  /**
   * Revokes the creds of nsc: all user JWTs of every account that were issued at this time or before. Choose a time before
   * the first update of the program, because later JWTs are the program's own.
   *
   * @default the creds of nsc stay valid
   * @example "2026-03-01T12:00:00Z"
   */
  readonly revokedUntil?: Timestamp | undefined;
}

/**
 * Reads an nsc store. Its operator, accounts, roles and users become the arguments of a program, and keep their keys. A key
 * without a seed in the keystore is adopted by its public key. Accounts, users and imports that an operator server rejects at
 * the moment are left out.
 *
 * @throws Unreadable when the JWT of the operator or of an account, a key file or the keystore is invalid
 * @example
 * ```ts
 * const { operator: args, accounts } = readNscStore({ store: "nsc/stores/KO", keystore: "nsc/keystore" });
 * const operator = new Operator("KO", args);
 * const all = Object.entries(accounts).map(([name, settings]) => new Account(name, { operator, ...settings }));
 * ```
 */
export function readNscStore({ store, keystore, revokedUntil }: NscStoreArgs): Adopted {
  return withoutStack(() => {
    const { tokens, ignored } = readTokens(store, keystore);
    const found = readStore(tokens, nowInSeconds());
    const { operator, signer, accounts, systemAccount, omitted, leftOut } = found;
    const args = omitUndefined<OperatorArgs>({
      name: operator.name,
      jwt: tokens.operator.jwt,
      ...toSecretSeeds({ signer }),
    });
    const revoked = revokedUntil === undefined ? accounts : revokeCreds(accounts, revokedUntil);
    const adopted = mapValues(toSecretSeeds(revoked), withKeptSeeds);
    const seeds = keystore === undefined ? [] : missingSeeds(found);
    const all = [...ignored, ...leftOut, ...seeds, ...leftOutStreams(accounts)];
    return { ...toAdopted(store, args, adopted, systemAccount, keysOf(accounts), all), omitted };
  });
}

/**
 * Lets users without a seed in the store keep the one that an earlier update has adopted: a keystore can be incomplete by
 * mistake, and their seeds may not be stored elsewhere.
 */
function withKeptSeeds(account: StoredAccount): AccountSettings {
  const users = mapValues(account.users, (user) => ("seed" in user ? user : { ...user, keepSeed: true }));
  return { ...account, users };
}

/** The part of a store that needs seeds. */
type SignedStore = Pick<ReadStore, "signer" | "accounts"> & {
  readonly operator: Parameters<typeof getAccountSigners>[0];
};

/**
 * Names the accounts and roles that are adopted without a seed, and an operator without the seed of a key that signs accounts,
 * each with the file that the keystore lacks. The state loses a seed of an account or role that an earlier update has adopted.
 */
export function missingSeeds({ operator, signer, accounts }: SignedStore): Diagnostic[] {
  const note = (path: string, key: StoredKey, missing: Problem): Diagnostic[] =>
    "seed" in key ? [] : [{ ...missing, path, value: keyFile(key.publicKey) }];
  const files = getAccountSigners(operator).map(keyFile).join(" or ");
  const withoutSigner: Diagnostic = { ...NO_SIGNER, path: "operator.signer", value: files };
  return [
    ...(signer === undefined ? [withoutSigner] : []),
    ...Object.entries(accounts).flatMap(([name, account]) => {
      const path = keyPath("accounts", name);
      const roles = Object.entries(account.roles ?? {});
      return [
        ...note(path, account, NO_SEED),
        ...roles.flatMap(([role, key]) => note(keyPath(`${path}.roles`, role), key, NO_ROLE_SEED)),
      ];
    }),
  ];
}

const KEEP_SEED = "To keep it, write it to this file before the update: `pulumi stack export --show-secrets` shows it.";

const NO_SEED: Problem = {
  code: "NA3050",
  problem: "is missing in the keystore, so the state loses the account's seed if an earlier update has adopted it",
  remedy: KEEP_SEED,
};

const NO_ROLE_SEED: Problem = {
  code: "NA3050",
  problem:
    "is missing in the keystore, so the state loses the role's seed if an earlier update has adopted it, and the role's users get new credentials",
  remedy: KEEP_SEED,
};

const NO_SIGNER: Problem = {
  code: "NA3050",
  problem: "is missing in the keystore, so there is no seed that signs accounts",
  remedy: "Restore the file in the keystore, or set `signer` of the operator to the seed.",
};

function keysOf(accounts: ReadStore["accounts"]): Record<string, AdoptedKeys> {
  const keys = Object.entries(accounts).map(([name, { users, ...account }]): [string, AdoptedKeys] => {
    const own = Object.entries(users).map(([user, key]) => [user, publicKeyOf("user", key)] as const);
    return [name, { account: publicKeyOf("account", account), users: Object.fromEntries(own) }];
  });
  return Object.fromEntries(keys);
}

function publicKeyOf(kind: KeyKind, key: StoredKey): string {
  return "seed" in key ? keyPairFromSeed(kind, key.seed).getPublicKey() : key.publicKey;
}

function revokeCreds(accounts: ReadStore["accounts"], moment: Timestamp): ReadStore["accounts"] {
  return mapValues(accounts, (account) => ({
    ...account,
    revocations: revokeEveryKey(account.revocations ?? {}, moment),
  }));
}

/** The JWTs of a store, and the files and folders that contain no JWT. */
interface FoundTokens {
  readonly tokens: StoredTokens;
  readonly ignored: readonly Diagnostic[];
}

function readTokens(store: string, keystore: string | undefined): FoundTokens {
  const operator = findOperator(store);
  const accounts = join(store, "accounts");
  const accountFile = (name: string) => join(accounts, name, `${name}.jwt`);
  const folders = listFolder(accounts, (name) => isFile(accountFile(name)));
  const found = folders.names.map((name) => {
    const users = join(accounts, name, "users");
    const files = listFolder(users, (file) => file.endsWith(".jwt") && isFile(join(users, file)));
    const tokens = files.names.map((file) => readToken(join(users, file)));
    return { account: { token: readToken(accountFile(name)), users: tokens }, ignored: files.ignored };
  });
  const seeds = keystore === undefined ? NO_SEEDS : createSeedLookup(keystore, operator);
  return {
    tokens: {
      operator: readToken(join(store, `${operator}.jwt`)),
      accounts: found.map(({ account }) => account),
      seedOf: seeds.seedOf,
    },
    ignored: [...folders.ignored, ...found.flatMap(({ ignored }) => ignored), ...seeds.ignored],
  };
}

/**
 * Returns the name of the operator, which nsc gives to its folder and to its JWT. A folder with another name, such as a link,
 * has one JWT at most.
 */
function findOperator(store: string): string {
  const name = basename(resolve(store));
  const found = listFolder(store, (file) => file.endsWith(JWT) && isFile(join(store, file))).names;
  const [only] = found;
  return only !== undefined && found.length === 1 && !found.includes(name + JWT) ? basename(only, JWT) : name;
}

const JWT = ".jwt";

const NO_SEEDS: SeedLookup = { seedOf: () => undefined, ignored: [] };

function readToken(origin: string): StoredToken {
  const text = isFile(origin) ? readText(origin) : undefined;
  if (text === undefined) {
    throw new Unreadable(origin, {
      code: "NA3006",
      problem: "does not exist",
      remedy: "Set `store` to the folder of one operator, as shown by `nsc env`.",
    });
  }
  return { origin, jwt: readJwt(text) };
}
