import { ACCESS, type Access } from "../model/access";
import type { AccountTerms } from "../model/account-terms";
import { keyPath, under, type Diagnostic } from "../model/diagnostics";
import type { Export } from "../model/exports";
import type { Import, ImportTerms } from "../model/imports";
import { defined } from "../model/order";
import { revokedUntil } from "../model/revocations";
import type { Role, RoleTerms } from "../model/roles";
import { covers } from "../model/subjects";
import { readAccount, type ReadAccount } from "./claims/account";
import { readUser, type ReadUser } from "./claims/user";
import { readOperator, type ReadOperator } from "./operator";

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

/** A key: its seed, or its public key where nobody has the seed. */
export type StoredKey = { readonly seed: string } | { readonly publicKey: string };

/** A user of a store, with what it may do, or the role that says so. */
export type StoredUser = Access & StoredKey & { readonly role?: string; readonly tags?: readonly string[] };

/** An import of a store: the account that exports by its name and key, and its seed where a private export needs it. */
export type StoredImport = ImportTerms & {
  readonly account: { readonly accountName: string; readonly publicKey: string; readonly signer?: string };
};

/** An account of a store, as the arguments of a program. */
export type StoredAccount = AccountTerms &
  StoredKey & {
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

type Holder = ReadAccount & { readonly users: readonly ReadUser[] };

interface Context {
  readonly read: readonly Holder[];
  readonly seedOf: (publicKey: string) => string | undefined;
  readonly leftOut: Diagnostic[];
}

function storedAccount(holder: Holder, context: Context): StoredAccount {
  const { account, users, leftOut, expires } = holder;
  const { name, publicKey, roles, imports, exports, ...terms } = account;
  const path = keyPath("accounts", name);
  context.leftOut.push(...under(path, [...leftOut, ...expiry(expires)]));
  const ofRole = ([role, { signingKey, ...said }]: [string, Role]): [string, RoleTerms & StoredKey] => [
    role,
    { ...said, ...keyOf(signingKey, context) },
  ];
  return {
    ...keyOf(publicKey, context),
    ...defined<Omit<StoredAccount, "seed" | "publicKey">>({
      ...terms,
      exports: exports?.map((entry) => withImporters(entry, publicKey, context)),
      imports: imports?.flatMap((entry, index) => storedImport(entry, `${path}.imports[${index}]`, context)),
      roles: roles && Object.fromEntries(Object.entries(roles).map(ofRole)),
      users: Object.fromEntries(users.flatMap((user) => storedUser(user, holder, path, context))),
    }),
  };
}

function keyOf(publicKey: string, { seedOf }: Context): StoredKey {
  const seed = seedOf(publicKey);
  return seed === undefined ? { publicKey } : { seed };
}

/** A token does not say who may import: whoever imports has an activation. */
function withImporters(entry: Export, exporter: string, { read }: Context): Export {
  const imports = ({ account }: Holder) =>
    (account.imports ?? []).some(
      ({ account: from, type, subject }) => from === exporter && type === entry.type && covers(entry.subject, subject),
    );
  return entry.importers === undefined
    ? entry
    : { ...entry, importers: read.filter(imports).map(({ account }) => account.name) };
}

function storedImport({ account, token, ...terms }: Import, path: string, context: Context): StoredImport[] {
  const exporter = context.read.find((holder) => holder.account.publicKey === account)?.account;
  const leaveOut = (problem: string, remedy: string): StoredImport[] => {
    context.leftOut.push({ path, problem, remedy });
    return [];
  };
  if (exporter === undefined) {
    return leaveOut(`is from ${account}, an account that is not in the store`, "Add that account to the program.");
  }
  const signer = context.seedOf(account);
  if (token !== undefined && signer === undefined) {
    return leaveOut(
      "needs an activation, which nobody can sign without the exporter's seed",
      "Give that account's seed.",
    );
  }
  const reference = defined<StoredImport["account"]>({ accountName: exporter.name, publicKey: account, signer });
  return [{ ...terms, account: reference }];
}

function storedUser(user: ReadUser, { account }: Holder, path: string, context: Context): [string, StoredUser][] {
  const name = user.name ?? user.publicKey;
  const at = keyPath(`${path}.users`, name);
  if ((revokedUntil(account.revocations ?? {}, user.publicKey) ?? -1) >= user.issuedAt) {
    context.leftOut.push({
      path: at,
      problem: "is revoked",
      remedy: "Add the user to the program to let it in again.",
    });
    return [];
  }
  context.leftOut.push(...under(at, [...user.leftOut, ...expiry(user.expires)]));
  const [role, said] =
    Object.entries(account.roles ?? {}).find(([, { signingKey }]) => signingKey === user.issuer) ?? [];
  const tags = user.tags.length === 0 ? {} : { tags: user.tags };
  const key = keyOf(user.publicKey, context);
  if (role === undefined || said === undefined) {
    return [[name, { ...user.access, ...tags, ...key }]];
  }
  const { signingKey } = said;
  const access = defined<Access>(ACCESS.each((term) => said[term]) as Access);
  // Nobody can sign for a role whose seed is elsewhere: its user says itself what the role says.
  return [[name, { ...(context.seedOf(signingKey) === undefined ? access : { role }), ...tags, ...key }]];
}

function expiry(expires: number | undefined): Diagnostic[] {
  const problem = `has a JWT that ends at ${new Date((expires ?? 0) * 1000).toISOString()}`;
  return expires === undefined ? [] : [{ path: "", problem, remedy: "Say so in the program: the new JWT has no end." }];
}
