import { ANY_ACCOUNT, type Authorization } from "../model/account/authorization";
import { omitUndefined, emptyToUndefined } from "../model/form/order";
import type { Problem } from "../diagnostics/unreadable";
import type { StoreContext, StoreEntry } from "./store-context";
import { missingAccount } from "./store-imports";
import { userNames } from "./store-users";

/** The authorization of an account of a store: users by name, and other accounts by name and public key. */
export type StoredAuthorization = Omit<Authorization, "allowedAccounts"> & {
  readonly allowedAccounts?: "*" | readonly { readonly accountName: string; readonly publicKey: string }[];
};

/** The auth callout of an account, and the signing keys without a scope that are not the callout's. */
interface AuthorizationArgs {
  readonly authorization: StoredAuthorization | undefined;
  readonly signingKeys: readonly string[] | undefined;
}

/**
 * Converts the authorization of an account to arguments of a program. The service signs with one of the account's signing
 * keys; the JWT does not tell which, so the key is only determined when there is one.
 *
 * @param path the path of the account in messages
 */
export function toAuthorizationArgs(entry: StoreEntry, path: string, context: StoreContext): AuthorizationArgs {
  const { authorization, signingKeys = [] } = entry.account;
  if (authorization === undefined) {
    return { authorization: undefined, signingKeys: emptyToUndefined(signingKeys) };
  }
  const [only, ...more] = signingKeys;
  const issuer = more.length === 0 ? only : undefined;
  const names = userNames(entry);
  if (issuer === undefined) {
    context.leftOut.push({ ...NO_ISSUER, path: `${path}.authorization` });
  }
  return {
    authorization: omitUndefined<StoredAuthorization>({
      ...authorization,
      users: authorization.users.map((key) => names.get(key) ?? key),
      issuer,
      allowedAccounts: toAccountReferences(authorization.allowedAccounts, path, context),
    }),
    signingKeys: issuer === undefined ? emptyToUndefined(signingKeys) : undefined,
  };
}

const NO_ISSUER: Problem = {
  code: "NA3032",
  problem: "does not determine the key that the service signs with",
  remedy: "Set that key as `issuer`, and remove it from `signingKeys`.",
};

function toAccountReferences(
  allowed: Authorization["allowedAccounts"],
  path: string,
  context: StoreContext,
): StoredAuthorization["allowedAccounts"] {
  if (allowed === undefined || allowed === ANY_ACCOUNT) {
    return allowed;
  }
  return allowed.flatMap((publicKey, index) => {
    const found = context.entries.find(({ account }) => account.publicKey === publicKey);
    if (found === undefined) {
      const at = `${path}.authorization.allowedAccounts[${index}]`;
      context.leftOut.push({ ...missingAccount(publicKey, context), path: at });
    }
    return found === undefined ? [] : [{ accountName: found.name, publicKey }];
  });
}
