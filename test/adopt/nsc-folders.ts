import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { formatCreds } from "../../provider/jwt/sign";
import { keyOf, seedOf } from "../support/keys";
import { temporaryFolder } from "../support/local-server";
import { NSC_KEYS } from "../read/nsc/keys";
import { put, writeKeys } from "./nsc-writer";

/** Stores that nsc has created. */
const STORES = join(__dirname, "../read/nsc/stores");

/** nsc stores and their keystore, while the tests of a describe block run. */
export interface NscFolders {
  /** The folder that contains all of them. */
  readonly root: string;
  /** The folder of an operator. */
  store(operator: string): string;
  readonly keystore: string;
}

/** The JWT that nsc has signed for a user of a store (`account/user`). */
export function nscJwt(operator: string, user: string): string {
  const [account = "", name = ""] = user.split("/");
  return readFileSync(join(STORES, operator, "accounts", account, "users", `${name}.jwt`), "utf8").trim();
}

/** The creds that nsc has created for a user of a store (`account/user`). */
export function nscCreds(operator: string, user: string): string {
  return formatCreds(nscJwt(operator, user), seedOf("user", `nsc ${user}`));
}

/**
 * Copies the stores that nsc has created, with a keystore of their seeds.
 *
 * @param without labels of keys without seeds in the keystore
 * @param creds users, by operator, with seeds in their creds only
 */
export function nscFolders(
  without: readonly string[] = [],
  creds: Readonly<Record<string, readonly string[]>> = {},
): NscFolders {
  // The folder is created before the tests, so that a skipped describe block leaves nothing behind.
  let folder = "";
  const elsewhere = [...without, ...Object.values(creds).flat()];
  before("an nsc store", () => {
    folder = temporaryFolder("nsc");
    cpSync(STORES, join(folder, "stores"), { recursive: true });
    const stored = NSC_KEYS.filter((key) => !elsewhere.includes(key.label));
    const seeds = stored.map(({ kind, label }) => [keyOf(kind, `nsc ${label}`), seedOf(kind, `nsc ${label}`)]);
    writeKeys(join(folder, "keystore"), Object.fromEntries(seeds) as Record<string, string>);
    for (const [operator, users] of Object.entries(creds)) {
      for (const user of users) {
        put(join(folder, "keystore/creds", operator, `${user}.creds`), nscCreds(operator, user));
      }
    }
  });
  after("the store is gone", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get root() {
      return folder;
    },
    store: (operator) => join(folder, "stores", operator),
    get keystore() {
      return join(folder, "keystore");
    },
  };
}
