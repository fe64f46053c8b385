import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatCreds } from "../../../provider/jwt/sign";
import { keyOf, seedOf } from "../../support/keys";
import { SYSTEM, type StoreDraft } from "./draft";
import { keysOf, label, type StoreTokens } from "./tokens";

/** Where the files of a store are. */
export interface StoreFolders {
  readonly store: string;
  readonly keystore: string;
}

/** Writes a store and its keystore as nsc lays them out. */
export function writeStore(folder: string, draft: StoreDraft, tokens: StoreTokens): StoreFolders {
  const [store, keystore] = [join(folder, "stores/KO"), join(folder, "keystore")];
  put(join(store, ".nsc"), JSON.stringify({ managed: false, name: "KO", kind: "operator", version: "1" }));
  put(join(store, "KO.jwt"), tokens.operator);
  for (const [name, token] of Object.entries(tokens.accounts)) {
    put(join(store, "accounts", name, `${name}.jwt`), token);
  }
  for (const [account, { users }] of Object.entries({ [SYSTEM]: draft.system, ...draft.accounts })) {
    for (const [user, { stored }] of Object.entries(users)) {
      const jwt = tokens.users[`${account}/${user}`] ?? "";
      if (stored) {
        put(join(store, "accounts", account, "users", `${user}.jwt`), jwt);
      }
      // nsc writes creds of each user, and keeps them when the seed is taken out of the keystore.
      if (stored && !draft.withoutSeeds.includes(label.user(account, user))) {
        put(
          join(keystore, "creds/KO", account, `${user}.creds`),
          formatCreds(jwt, seedOf("user", label.user(account, user))),
        );
      }
    }
  }
  for (const { kind, label: own } of keysOf(draft).filter((key) => !draft.withoutSeeds.includes(key.label))) {
    const key = keyOf(kind, own);
    put(join(keystore, "keys", key.slice(0, 1), key.slice(1, 3), `${key}.nk`), seedOf(kind, own));
  }
  return { store, keystore };
}

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
