import type { Access } from "../access/access";
import type { ListedAccount } from "../account/account";
import { isWellFormed } from "../account/account-checks";
import { display, keyPath } from "../../diagnostics/diagnostic";

/** Returns the path of an account in the arguments of a cluster, with its name. */
export function accountPath(account: ListedAccount, index: number): string {
  return namedPath(listedPath(account, index), account.name);
}

/** Returns a path of an account with the name of the account, unless the path ends with it. */
export function namedPath(path: string, name: string): string {
  // A declaration that cannot be read has no name.
  return typeof (name as unknown) !== "string" || path === keyPath("accounts", name)
    ? path
    : `${path}(${display(name)})`;
}

/** Returns the path of an account in the arguments of a cluster. */
export function listedPath({ path }: ListedAccount, index: number): string {
  return path ?? `accounts[${index}]`;
}

/** A user or role of a cluster's account. */
interface Holder {
  /** Its path in the arguments of the cluster. */
  readonly path: string;
  readonly access: Access;
  /** The account that it belongs to. */
  readonly account: ListedAccount;
}

/** Returns the users and roles of all well-formed accounts. Users with a role have no access of their own. */
export function findHolders(accounts: readonly ListedAccount[]): Holder[] {
  return accounts.flatMap((account, index) =>
    isWellFormed(account)
      ? Object.entries({ users: account.users ?? {}, roles: account.roles ?? {} }).flatMap(
          ([kind, holders]: [string, Readonly<Record<string, Access>>]) =>
            Object.entries(holders).map(([holder, access]) => ({
              path: `${accountPath(account, index)}.${keyPath(kind, holder)}`,
              access,
              account,
            })),
        )
      : [],
  );
}
