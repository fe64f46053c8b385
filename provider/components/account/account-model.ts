import * as pulumi from "@pulumi/pulumi";
import type { Account, AccountDeclaration } from "../../model/account/account";
import { eachTerm } from "../../model/account/account-terms";
import { ANY_ACCOUNT } from "../../model/account/authorization";
import type { SuppliedKey } from "../../model/cluster/cluster";
import { joinPath, keyPath, display, type Diagnostic } from "../../diagnostics/diagnostic";
import { emptyToUndefined, omitUndefined, getOwn } from "../../model/form/order";
import type { ImportTerms } from "../../model/shares/imports";
import { ROLE, type Role } from "../../model/users/roles";
import { usersOfSet, type SetKeys } from "../../model/users/set-keys";
import { USER, type User, type Users } from "../../model/users/users";
import { keyPairFromSeed, seedProblem } from "../../nkeys/keys";
import type { KeyKind } from "../../nkeys/key-kinds";
import type { AccountClaimsArgs } from "../../resources/account-claims";
import type { DeepInput } from "../../resources/dynamic-resource";
import { publicKeyDiagnostics, seedDiagnostics, userKeyDiagnostics } from "../../nkeys/key-checks";
import type { Token } from "./account-activations";
import type { AccountSettings, OtherAccount, UserArgs } from "./account-args";
import { importersOf } from "./account-importers";
import { sourceOf, type AccountSource } from "./account-source";
import { givenRoleKeys, roleKeyDiagnostics, rolesOf } from "./account-roles";
import { rotationsDiagnostics } from "./rotation";
import { missingValueDiagnostics, valueIfKnown } from "../validation";

/** Keys and issue times of an account's users and roles, by name: what its arguments do not contain. */
export interface AccountKeys {
  readonly users: Readonly<Record<string, { [K in UserKeyProperty]: pulumi.Output<User[K]> }>>;
  readonly roles: Readonly<Record<string, { readonly signingKey: pulumi.Output<string> }>>;
  /** Public key that the authorization service signs with; undefined if there is no such service. */
  readonly issuer: pulumi.Output<string> | undefined;
}

type UserKeyProperty = "publicKey" | "signingKey" | "issuedAt" | "expires" | "notBefore";

/** The parts of an account; each may be an output. */
export type AccountParts = { [K in keyof Account]: DeepInput<Account[K]> };

/** Returns the declaration of an account: what can be checked before any key exists. */
export function declareAccount(name: string, args: AccountSettings): pulumi.Output<AccountDeclaration> {
  const imports = args.imports?.map((entry) =>
    omitUndefined<object>({ ...entry, account: sourceOf(entry.account).accountName, token: undefined }),
  );
  const users = mapValues(usersOf(args), (user) => USER.each((term) => user[term]));
  const roles = mapValues(rolesOf(args), (role) => ROLE.each((term) => role[term]));
  const issuer = args.authorization?.issuer;
  const authorization = resolveAuthorization(({ accountName }) => accountName, args, ifPlain(issuer));
  const { exports } = importersOf(args);
  const parts = { ...eachTerm((term) => args[term]), exports, authorization, users, roles, imports };
  return pulumi
    .output(parts)
    .apply((known) =>
      omitUndefined<AccountDeclaration>({ name, ...(known as unknown as Omit<AccountDeclaration, "name">) }),
    );
}

/** Checks the key arguments of an account, its users and its roles. */
export function accountKeyDiagnostics(args: AccountSettings): pulumi.Output<readonly Diagnostic[]>[] {
  const account = pulumi.output(args.seed).apply((seed) => seedDiagnostics("seed", "account", seed));
  const publicKey = pulumi.output(args.publicKey).apply((key) => publicKeyDiagnostics("publicKey", "account", key));
  const users = givenUsers(args).map(([path, keys]) =>
    pulumi.output(keys).apply((known) => userKeyDiagnostics(path, omitUndefined(known))),
  );
  const holders = [...givenUsers(args), ...givenRoleKeys(args), ["", args] as const];
  const missing = holders.flatMap(([path, { seed, publicKey: key }]) => [
    ...missingValueDiagnostics(joinPath(path, "seed"), seed),
    ...missingValueDiagnostics(joinPath(path, "publicKey"), key),
  ]);
  return [
    account,
    ...missing,
    ...rotationsDiagnostics("users", usersOf(args)),
    ...rotationsDiagnostics("roles", rolesOf(args)),
    publicKey,
    pulumi.output(publicKeyConflicts(args)),
    ...nkeyDiagnostics(args),
    ...users,
    ...roleKeyDiagnostics(args),
  ];
}

function publicKeyConflicts({ publicKey, seed, key }: AccountSettings): Diagnostic[] {
  const other = seed === undefined ? "key" : "seed";
  const problem = `conflicts with \`${other}\`, which determines the public key`;
  return publicKey === undefined || (seed === undefined && key === undefined)
    ? []
    : [{ code: "NA4001", path: "publicKey", problem, remedy: `Remove \`${other}\` or \`publicKey\`.` }];
}

function nkeyDiagnostics({ key, seed }: AccountSettings): pulumi.Output<Diagnostic[]>[] {
  if (key === undefined) {
    return [];
  }
  const problem = "conflicts with `key`, which has its own seed";
  const conflict: Diagnostic = { code: "NA4001", path: "seed", problem, remedy: "Remove `seed` or `key`." };
  return [
    pulumi.output(key.kind).apply((kind) => (kind === "account" ? [] : [nkeyKindDiagnostic(kind)])),
    pulumi.output(seed === undefined ? [] : [conflict]),
  ];
}

function nkeyKindDiagnostic(kind: KeyKind): Diagnostic {
  const problem = 'must be "account": the key is used as an account\'s key';
  return {
    code: "NA4002",
    path: "key.kind",
    value: display(kind),
    problem,
    remedy: 'Use an `Nkey` with `kind: "account"`.',
  };
}

/** Returns the keys that an account's arguments set, as far as they are valid and known; paths start at the arguments. */
export async function findGivenKeys(args: AccountSettings): Promise<SuppliedKey[]> {
  const { seed, publicKey } = args;
  const account = pulumi
    .output({ seed, publicKey })
    .apply((known) => toGivenKey(seed === undefined ? "publicKey" : "seed", "account", omitUndefined(known)));
  const users = givenUsers(args).map(([path, keys]) =>
    pulumi.output(keys).apply((known) => toGivenKey(path, "user", omitUndefined(known))),
  );
  const roles = givenRoleKeys(args).map(([path, keys]) =>
    pulumi.output(keys).apply((known) => toGivenKey(path, "account", omitUndefined(known))),
  );
  const [nkeys, ...lists] = await Promise.all([findNkey(args), ...[account, ...users, ...roles].map(valueIfKnown)]);
  return [...nkeys, ...lists.flatMap((list) => list ?? [])];
}

/** The path of an account's own key in {@link findKnownKeys}. */
export const ACCOUNT_KEY = "key";

/** Returns the keys of an account, its users and roles, as far as they are known; paths start at the arguments. */
export async function findKnownKeys(publicKey: pulumi.Output<string>, keys: AccountKeys): Promise<SuppliedKey[]> {
  const holders = [
    [ACCOUNT_KEY, publicKey] as const,
    ...Object.entries(keys.users).map(([user, own]) => [keyPath("users", user), own.publicKey] as const),
    ...Object.entries(keys.roles).map(([role, { signingKey }]) => [keyPath("roles", role), signingKey] as const),
  ];
  // The keys of a component with problems are not created.
  const found = await Promise.allSettled(holders.map(([, key]) => valueIfKnown(key)));
  return holders.flatMap(([path], index) => {
    const result = found[index];
    return result?.status === "fulfilled" && result.value !== undefined ? [{ path, key: result.value }] : [];
  });
}

/** An `Nkey` of the program stands for itself until its public key is known. */
async function findNkey({ key }: AccountSettings): Promise<SuppliedKey[]> {
  return key === undefined ? [] : [{ path: "key", key: (await valueIfKnown(key.id)) ?? key }];
}

/** Returns the key arguments of each user that has some, with the path of the user. */
function givenUsers(args: AccountSettings): [string, Pick<UserArgs, "seed" | "publicKey">][] {
  return Object.entries(usersOf(args)).flatMap(([name, { seed, publicKey }]) =>
    seed === undefined && publicKey === undefined
      ? []
      : [[keyPath("users", name), { seed, publicKey } as Pick<UserArgs, "seed" | "publicKey">]],
  );
}

function toGivenKey(
  path: string,
  kind: KeyKind,
  { seed, publicKey }: { seed?: string; publicKey?: string },
): SuppliedKey[] {
  if (publicKey !== undefined) {
    return [{ path, key: publicKey }];
  }
  return seed === undefined || seedProblem(kind, seed) !== undefined
    ? []
    : [{ path, key: keyPairFromSeed(kind, seed).getPublicKey() }];
}

/** Returns an account as configurations contain it. Each part is an input of its own, so that a preview knows as much as possible. */
export function createParts(
  name: pulumi.Input<string>,
  publicKey: pulumi.Output<string>,
  args: AccountSettings,
  keys: AccountKeys,
  internal: Readonly<Record<string, DeepInput<Role>>>,
): AccountParts {
  const imports = importsByKey(args);
  const users = mapValues(usersOf(args), (user, key) => {
    // `expires` of the created user results from these two.
    const terms = { ...USER.each((term) => user[term]), lifetime: undefined, renewBefore: undefined };
    return { ...terms, rotation: user.rotation, ...getOwn(keys.users, key) };
  });
  const declared = mapValues(rolesOf(args), (role, key) => ({
    ...ROLE.each((term) => role[term]),
    rotation: role.rotation,
    ...getOwn(keys.roles, key),
  }));
  const roles = { ...declared, ...internal };
  const authorization = resolveAuthorization((account) => account.publicKey, args, keys.issuer);
  return {
    ...eachTerm((term) => args[term]),
    exports: importersOf(args).exports,
    authorization,
    name,
    publicKey,
    users,
    roles,
    imports,
  } as unknown as AccountParts;
}

/** A key that is an output may be created by the same program: a first preview knows nothing about it. */
function ifPlain(issuer: pulumi.Input<string> | undefined): string | undefined {
  return typeof issuer === "string" ? issuer : undefined;
}

/** Returns the authorization with an identifier in place of each other account. */
function resolveAuthorization(
  identify: (account: AccountSource) => pulumi.Input<string>,
  { authorization }: AccountSettings,
  issuer: pulumi.Input<string> | undefined,
): object | undefined {
  const allowed = authorization?.allowedAccounts;
  const allowedAccounts =
    allowed === undefined || allowed === ANY_ACCOUNT ? allowed : allowed.map((account) => identify(sourceOf(account)));
  return authorization && omitUndefined<object>({ ...authorization, issuer, allowedAccounts });
}

/**
 * Returns the imports with their activations, for the account's JWT. The static configuration needs no activations.
 *
 * @param tokens activation JWT of each import
 */
export function withTokens(args: AccountSettings, tokens: readonly Token[]): Pick<AccountParts, "imports"> {
  const imports = importsByKey(args)?.map((entry, index) => omitUndefined<object>({ ...entry, token: tokens[index] }));
  return omitUndefined<object>({ imports });
}

function importsByKey({ imports }: AccountSettings): object[] | undefined {
  return imports?.map((entry) =>
    omitUndefined<object>({ ...entry, account: sourceOf(entry.account).publicKey, token: undefined }),
  );
}

/** Returns the names of other accounts, as far as they are plain: an output may be a secret, or unknown. */
export function namedAccounts(args: AccountSettings): Pick<AccountClaimsArgs, "named"> {
  const nameOf = (account: OtherAccount) => {
    const { accountName } = sourceOf(account);
    return typeof accountName === "string" ? accountName : undefined;
  };
  const imports = args.imports?.map((entry) =>
    omitUndefined<ImportTerms>({
      ...entry,
      account: nameOf(entry.account),
      token: undefined,
    } as unknown as ImportTerms),
  );
  const allowed = args.authorization?.allowedAccounts;
  const names = allowed === undefined || allowed === ANY_ACCOUNT ? allowed : allowed.map(nameOf);
  const allowedAccounts = Array.isArray(names) && names.includes(undefined) ? undefined : (names as readonly string[]);
  const named = omitUndefined<NonNullable<AccountClaimsArgs["named"]>>({ imports, allowedAccounts });
  return omitUndefined<object>({ named: emptyToUndefined(named) });
}

/** Joins the parts of an account; the result is known once all of them are. */
export function joinParts(parts: AccountParts): pulumi.Output<Account> {
  return pulumi.output(parts).apply((account) => omitUndefined<Account>(account as unknown as Account));
}

/** Returns an account with the users of its sets. */
export function withSets(account: Account, sets: Readonly<Record<string, SetKeys>> | undefined): Account {
  const ofSets = Object.values(sets ?? {}).map((set) => usersOfSet(set));
  return sets === undefined ? account : { ...account, users: Object.assign({}, account.users, ...ofSets) as Users };
}

/** Returns the `users` argument of an account. */
export function usersOf({ users }: AccountSettings): Readonly<Record<string, UserArgs>> {
  return users ?? {};
}

/** Returns a record with each value replaced. */
export function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
