import { accountClaims } from "../../provider/jwt/claims";
import { signClaims, type Validity } from "../../provider/jwt/sign";
import { normalizeAccount, type Account } from "../../provider/model/account/account";
import { readStore, type ReadStore, type StoredToken, type StoredTokens } from "../../provider/read/store";
import { keyOf, pairOf } from "../support/keys";
import { ISSUED_AT } from "../support/world";
import { FREE, signActivation, signOperator, signUser } from "./sign";

export const KO = pairOf("operator", "KO");
export const EXPORTER = keyOf("account", "exporter");
export const IMPORTER = keyOf("account", "importer");

/** The time at which stores are read. */
export const NOW = ISSUED_AT + 1;

/** An account with a private export. */
export const exporter: Account = {
  name: "exporter",
  publicKey: EXPORTER,
  users: {},
  exports: [{ subject: "private.>", type: "stream", importers: [] }],
};

/** An account with a private import and its activation. */
export function importing(activation: string): Account {
  const entry = { account: EXPORTER, subject: "private.a", type: "stream", token: activation } as const;
  return { name: "importer", publicKey: IMPORTER, users: {}, imports: [entry] };
}

/** A JWT of a store. */
export function token(origin: string, jwt: string): StoredToken {
  return { origin, jwt };
}

/** Signs an account. */
export async function accountToken(account: Account, validity: Partial<Validity> = {}): Promise<StoredToken> {
  const claims = accountClaims(normalizeAccount(account));
  return token(account.name, await signClaims(claims, KO, { issuedAt: ISSUED_AT, ...validity }));
}

/** Signs an unrestricted user of the importing account with the account's own key, as nsc does. */
export async function userToken(validity: Partial<Validity> = {}, user = "u"): Promise<StoredToken> {
  return token("u", await signUser("u", user, "importer", FREE, validity));
}

/** Signs an activation for the importing account. */
export function activationToken(by = "exporter", validity: Partial<Validity> = {}): Promise<string> {
  const permitted = { exporter: "exporter", importer: "importer", subject: "private.a", type: "stream" } as const;
  return signActivation(permitted, by, validity);
}

/** Reads a store. */
export async function storeOf(
  accounts: StoredTokens["accounts"],
  seedOf: StoredTokens["seedOf"] = () => undefined,
): Promise<ReadStore> {
  const operator = token("KO", await signOperator({ system_account: EXPORTER }));
  return readStore({ operator, accounts, seedOf }, NOW);
}
