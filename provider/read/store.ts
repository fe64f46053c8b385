import type { AccountTerms } from "../model/account/account-terms";
import { keyPath, under, type Diagnostic } from "../model/form/diagnostics";
import { defined } from "../model/form/order";
import type { Role, RoleTerms } from "../model/users/roles";
import { readAccount } from "./claims/account";
import { readUser } from "./claims/user";
import { ending } from "./ending";
import { readOperator, type ReadOperator } from "./operator";
import { storedAuthorization, type StoredAuthorization } from "./store-authorization";
import { storedImport, withImporters, type StoredImport } from "./store-imports";
import { keyOf, type Context, type Holder, type StoredKey } from "./store-keys";
import { storedUsers, type StoredUser } from "./store-users";

/** A file of a store: a JWT, and what messages call it. */
export interface StoredToken {
  readonly what: string;
  readonly jwt: string;
}

/** An nsc store as it lies there. */
export interface StoredTokens {
  readonly operator: StoredToken;
  readonly accounts: readonly { readonly token: StoredToken; readonly users: readonly StoredToken[] }[];
  /** The seed of a public key, where somebody has it. */
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

/** What a store says, as the arguments of a program. */
export interface ReadStore {
  readonly operator: ReadOperator;
  /** The seed that can sign accounts: of a signing key, or else of the operator where its JWT lets it. */
  readonly signer?: string;
  /** The accounts by name, the system account among them. */
  readonly accounts: Readonly<Record<string, StoredAccount>>;
  /** The system account's name. */
  readonly systemAccount?: string;
  /** What is not kept: for each thing where, why, and what to do. */
  readonly leftOut: readonly Diagnostic[];
}

/**
 * Reads what an nsc store says. Users, accounts and roles keep their keys.
 *
 * @throws Unreadable when a JWT cannot be read
 */
export function readStore({ operator: token, accounts: stored, seedOf }: StoredTokens): ReadStore {
  const operator = readOperator(token.jwt, token.what);
  const read = stored.map(({ token: own, users }) => ({
    ...readAccount(own.jwt, own.what),
    users: users.map(({ jwt, what }) => readUser(jwt, what)),
  }));
  const context: Context = { read, seedOf, leftOut: [] };
  const accounts = read.map((account) => [account.account.name, storedAccount(account, context)] as const);
  const signers = [...operator.signingKeys, ...(operator.strict ? [] : [operator.publicKey])];
  return defined<ReadStore>({
    operator,
    signer: signers.map(seedOf).find((seed) => seed !== undefined),
    accounts: Object.fromEntries(accounts),
    systemAccount: read.find(({ account }) => account.publicKey === operator.systemAccount)?.account.name,
    leftOut: context.leftOut,
  });
}

function storedAccount(holder: Holder, context: Context): StoredAccount {
  const { account, leftOut } = holder;
  const { name, publicKey, roles, imports, exports, ...terms } = account;
  const path = keyPath("accounts", name);
  context.leftOut.push(...under(path, [...leftOut, ...ending("", holder, NO_END)]));
  const ofRole = ([role, { signingKey, ...said }]: [string, Role]): [string, RoleTerms & StoredKey] => [
    role,
    { ...said, ...keyOf(signingKey, context) },
  ];
  return {
    ...keyOf(publicKey, context),
    ...defined<Omit<StoredAccount, "seed" | "publicKey">>({
      ...terms,
      ...storedAuthorization(holder, path, context),
      exports: exports?.map((entry) => withImporters(entry, publicKey, context)),
      imports: imports?.flatMap((entry, at) => storedImport(entry, publicKey, `${path}.imports[${at}]`, context)),
      roles: roles && Object.fromEntries(Object.entries(roles).map(ofRole)),
      users: storedUsers(holder, path, context),
    }),
  };
}

const NO_END = "Nothing is to be done: the account's new JWT holds as long as the program has the account.";
