import { ANY_ACCOUNT, type Authorization } from "../model/account/authorization";
import { under, type Diagnostic } from "../model/form/diagnostics";
import { defined, unlessEmpty } from "../model/form/order";
import type { Context, Holder } from "./store-keys";
import { namesOf } from "./store-users";

/** The authorization of a store: users by their names, and other accounts by their names and keys. */
export type StoredAuthorization = Omit<Authorization, "allowedAccounts"> & {
  readonly allowedAccounts?: "*" | readonly { readonly accountName: string; readonly publicKey: string }[];
};

/** What a store says of a service that decides about clients, and of keys that sign users elsewhere. */
interface Signers {
  readonly authorization: StoredAuthorization | undefined;
  readonly signingKeys: readonly string[] | undefined;
}

/**
 * Finds the key with which the service of an account signs, and the names of those that it has to do with. A token does not
 * say which of several signing keys is the service's.
 *
 * @param path where messages say that the account is
 */
export function storedAuthorization(holder: Holder, path: string, context: Context): Signers {
  const { authorization, signingKeys = [] } = holder.account;
  if (authorization === undefined) {
    return { authorization: undefined, signingKeys: unlessEmpty(signingKeys) };
  }
  const [only, ...more] = signingKeys;
  const issuer = more.length === 0 ? only : undefined;
  const names = namesOf(holder);
  if (issuer === undefined) {
    context.leftOut.push({ path: `${path}.authorization`, ...NO_ISSUER });
  }
  return {
    authorization: defined<StoredAuthorization>({
      users: authorization.users.map((key) => names.get(key) ?? key),
      issuer,
      allowedAccounts: allowedIn(authorization.allowedAccounts, path, context),
      xkey: authorization.xkey,
    }),
    signingKeys: issuer === undefined ? unlessEmpty(signingKeys) : undefined,
  };
}

const NO_ISSUER: Omit<Diagnostic, "path"> = {
  problem: "does not say with which key the service signs",
  remedy: "Give that key as `issuer`, and no longer among `signingKeys`.",
};

function allowedIn(
  allowed: Authorization["allowedAccounts"],
  path: string,
  { read, leftOut }: Context,
): StoredAuthorization["allowedAccounts"] {
  if (allowed === undefined || allowed === ANY_ACCOUNT) {
    return allowed;
  }
  return allowed.flatMap((publicKey, index) => {
    const found = read.find(({ account }) => account.publicKey === publicKey)?.account;
    const problem = `is ${publicKey}, an account that is not in the store`;
    const stranger = { path: `allowedAccounts[${index}]`, problem, remedy: "Add that account to the program." };
    leftOut.push(...(found === undefined ? under(`${path}.authorization`, [stranger]) : []));
    return found === undefined ? [] : [{ accountName: found.name, publicKey }];
  });
}
