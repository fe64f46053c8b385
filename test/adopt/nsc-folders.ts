import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { credsText } from "../../provider/jwt/creds";
import { keyOf, seedOf } from "../support/keys";
import { NSC_KEYS } from "../read/nsc/keys";

/** What a real nsc wrote. */
const STORES = join(__dirname, "../read/nsc/stores");

/** An nsc store and its keystore, for as long as the tests of a describe block run. */
export interface NscFolders {
  /** The folder of an operator. */
  store(operator: string): string;
  readonly keystore: string;
}

/** The JWT that nsc signed for a user of a store (`account/user`). */
export function nscJwt(operator: string, user: string): string {
  const [account = "", name = ""] = user.split("/");
  return readFileSync(join(STORES, operator, "accounts", account, "users", `${name}.jwt`), "utf8").trim();
}

/** The creds that nsc made for a user of a store (`account/user`). */
export function nscCreds(operator: string, user: string): string {
  return credsText(nscJwt(operator, user), seedOf("user", `nsc ${user}`));
}

/**
 * The stores that a real nsc wrote, with the seeds beside them.
 *
 * @param without labels of keys whose seeds nobody has
 * @param creds users, by operator, whose seeds lie in their creds alone
 */
export function nscFolders(
  without: readonly string[] = [],
  creds: Readonly<Record<string, readonly string[]>> = {},
): NscFolders {
  // Named here and made before the tests: nothing is left of a describe block that is not run.
  const folder = join(tmpdir(), `nats-auth-nsc-${randomBytes(6).toString("hex")}`);
  const elsewhere = [...without, ...Object.values(creds).flat()];
  before("an nsc store", () => {
    cpSync(STORES, join(folder, "stores"), { recursive: true });
    for (const { kind, label } of NSC_KEYS.filter((key) => !elsewhere.includes(key.label))) {
      const key = keyOf(kind, `nsc ${label}`);
      put(join(folder, "keystore/keys", key.slice(0, 1), key.slice(1, 3), `${key}.nk`), seedOf(kind, `nsc ${label}`));
    }
    for (const [operator, users] of Object.entries(creds)) {
      for (const user of users) {
        put(join(folder, "keystore/creds", operator, `${user}.creds`), nscCreds(operator, user));
      }
    }
  });
  after("the store is gone", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return { store: (operator) => join(folder, "stores", operator), keystore: join(folder, "keystore") };
}

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
