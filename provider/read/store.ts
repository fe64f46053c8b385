import { eachTerm, type AccountTerms } from "../model/account/account-terms";
import { keyPath, type Diagnostic } from "../diagnostics/diagnostic";
import { Unreadable } from "../diagnostics/unreadable";
import { isTag } from "../model/form/tags";
import { emptyToUndefined, omitUndefined } from "../model/form/order";
import { getRevokedKeys } from "../model/keys/revocations";
import type { RoleTerms } from "../model/users/roles";
import { readAccount } from "./claims/account";
import { readUser, type ReadUser } from "./claims/user";
import { getAccountSigners, readOperator, type ReadOperator } from "./operator";
import { selectAccounts } from "./store-accounts";
import { toAuthorizationArgs, type StoredAuthorization } from "./store-authorization";
import { toStoredKey, type ReadEntry, type StoreContext, type StoredKey, type StoreEntry } from "./store-context";
import { selectImports, withImporters, type AcceptedImports, type StoredImport } from "./store-imports";
import { toEnforced } from "./store-validity";
import { selectUsers, toUserArgs, type StoredUser } from "./store-users";

/** A JWT of a store, and the name of its file in messages. */
export interface StoredToken {
  readonly origin: string;
  readonly jwt: string;
}

/** The JWTs and seeds of an nsc store. */
export interface StoredTokens {
  readonly operator: StoredToken;
  readonly accounts: readonly { readonly token: StoredToken; readonly users: readonly StoredToken[] }[];
  /** The seed of a public key, if the store has it. */
  readonly seedOf: (publicKey: string) => string | undefined;
}

/** An account of a store, as the arguments of a program. */
export type StoredAccount = Omit<AccountTerms, "authorization"> &
  StoredKey & {
    readonly authorization?: StoredAuthorization;
    readonly imports?: readonly StoredImport[];
    readonly users: Readonly<Record<string, StoredUser>>;
    readonly roles?: Readonly<Record<string, RoleTerms & StoredKey>>;
  };

/** Public keys of accounts, and of users by the public key of their account. */
interface OmittedKeys {
  readonly accounts: readonly string[];
  readonly users: Readonly<Record<string, readonly string[]>>;
}

/** The content of a store, as the arguments of a program. */
export interface ReadStore {
  readonly operator: ReadOperator;
  /** The seed that signs accounts: of a signing key or, if the operator's JWT permits it, of the operator itself. */
  readonly signer?: string;
  /** The accounts by name, including the system account. */
  readonly accounts: Readonly<Record<string, StoredAccount>>;
  /** The system account's name. */
  readonly systemAccount?: string;
  /** The keys of the accounts and users that are not kept. */
  readonly omitted: OmittedKeys;
  /** Everything that is not kept. */
  readonly leftOut: readonly Diagnostic[];
}

/**
 * Reads an nsc store. Users, accounts and roles keep their keys. What the operator server rejects at a time is left out:
 * a program signs everything again, which would grant it.
 *
 * @param now the time, in Unix seconds
 * @throws Unreadable when the JWT of the operator or of an account is invalid
 */
export function readStore({ operator: token, accounts: stored, seedOf }: StoredTokens, now: number): ReadStore {
  const operator = readOperator(token.jwt, token.origin);
  const leftOut: Diagnostic[] = [];
  const read = stored.map(({ token: own, users }): ReadEntry => ({
    ...readAccount(own.jwt, own.origin),
    users: users.flatMap((user) => readUserFile(user, leftOut)),
  }));
  const view = { operator, now, leftOut };
  const { accepted, rejected } = selectAccounts(read, view);
  const context: StoreContext = { ...view, entries: selectUsers(accepted, view), rejected, seedOf };
  const imports = selectImports(context);
  const accounts = context.entries.map((entry) => [entry.name, toAccountArgs(entry, context, imports)] as const);
  return omitUndefined<ReadStore>({
    operator,
    signer: getAccountSigners(operator)
      .map(seedOf)
      .find((seed) => seed !== undefined),
    accounts: Object.fromEntries(accounts),
    systemAccount: context.entries.find(({ account }) => account.publicKey === operator.systemAccount)?.name,
    omitted: findOmitted(read, context),
    leftOut,
  });
}

/** Reads the JWT of a user. The operator server does not load it, so a file that contains none is only named. */
function readUserFile({ jwt, origin }: StoredToken, leftOut: Diagnostic[]): ReadUser[] {
  try {
    return [readUser(jwt, origin)];
  } catch (error) {
    if (!(error instanceof Unreadable)) {
      throw error;
    }
    const problem = `is not the valid JWT of a user and is ignored: it ${error.problem}`;
    leftOut.push({ code: "NA3042", path: origin, problem, remedy: "Restore the JWT, or remove the file." });
    return [];
  }
}

/** Returns the keys that are not kept. A key that an account revokes is among them, even if its JWT has been deleted. */
function findOmitted(read: readonly ReadEntry[], { entries, rejected }: StoreContext): OmittedKeys {
  const kept = new Set(entries.flatMap(({ users }) => users.map(({ user }) => user.publicKey)));
  const users = new Map<string, string[]>();
  for (const { account, users: own } of read) {
    const keys = [...own.map(({ publicKey }) => publicKey), ...getRevokedKeys(account.revocations ?? {}, "U")];
    const omitted = new Set([...(users.get(account.publicKey) ?? []), ...keys.filter((key) => !kept.has(key))]);
    if (omitted.size > 0) {
      users.set(account.publicKey, [...omitted]);
    }
  }
  return { accounts: [...rejected], users: Object.fromEntries(users) };
}

function toAccountArgs(entry: StoreEntry, context: StoreContext, accepted: AcceptedImports): StoredAccount {
  const { account } = entry;
  const { publicKey, exports, limits } = account;
  const imports = accepted.byImporter.get(publicKey) ?? [];
  const roles = Object.entries(entry.roles).map(([role, { signingKey, ...own }]): [string, RoleTerms & StoredKey] => [
    role,
    { ...own, ...toStoredKey(signingKey, context) },
  ]);
  return {
    ...toStoredKey(publicKey, context),
    ...omitUndefined<Omit<StoredAccount, "seed" | "publicKey">>({
      ...(eachTerm((term) => account[term]) as AccountTerms),
      tags: emptyToUndefined((account.tags ?? []).filter(isTag)),
      limits: emptyToUndefined(toEnforced(limits)),
      ...toAuthorizationArgs(entry, keyPath("accounts", entry.name), context),
      exports: exports?.map((one) => withImporters(one, accepted)),
      imports: emptyToUndefined(imports),
      roles: emptyToUndefined(Object.fromEntries(roles)),
      users: toUserArgs(entry, context),
    }),
  };
}
