import * as pulumi from "@pulumi/pulumi";
import type { Account, AccountDeclaration } from "../../model/account/account";
import { eachTerm } from "../../model/account/account-terms";
import { ANY_ACCOUNT } from "../../model/account/authorization";
import type { GivenKey } from "../../model/cluster/cluster";
import { keyPath, shown, type Diagnostic } from "../../model/form/diagnostics";
import { defined, own } from "../../model/form/order";
import { ROLE, type Role } from "../../model/users/roles";
import { USER, type User } from "../../model/users/users";
import { keyPairFromSeed, seedProblem } from "../../nkeys/keys";
import type { KeyKind } from "../../nkeys/kinds";
import type { DeepInput } from "../../resources/inputs";
import { publicKeyDiagnostics, seedDiagnostics } from "../../resources/nkey";
import { userKeyDiagnostics } from "../../resources/user-checks";
import type { AccountReference, AccountSettings, UserArgs } from "./account-args";
import { givenRoles, roleKeyDiagnostics, rolesOf } from "./account-roles";
import { rotationFindings } from "./rotation";
import { valueIfKnown } from "../validation";

/** What of users and roles is not in the arguments, by their names. */
export interface Keys {
  readonly users: Readonly<Record<string, { [K in UserKey]: pulumi.Output<User[K]> }>>;
  readonly roles: Readonly<Record<string, { readonly signingKey: pulumi.Output<string> }>>;
  /** With which the service signs that decides about clients; undefined where there is none. */
  readonly issuer: pulumi.Output<string> | undefined;
}

type UserKey = "publicKey" | "signingKey" | "issuedAt" | "expires" | "notBefore";

/** The parts of an account, each of which may be known later. */
export type AccountParts = { [K in keyof Account]: DeepInput<Account[K]> };

/** An account as its arguments declare it: what can be checked before any key exists. */
export function declaredAccount(name: string, args: AccountSettings): pulumi.Output<AccountDeclaration> {
  const imports = args.imports?.map((entry) =>
    defined<object>({ ...entry, account: entry.account.accountName, token: undefined }),
  );
  const users = mapValues(usersOf(args), (user) => USER.each((term) => user[term]));
  const roles = mapValues(rolesOf(args), (role) => ROLE.each((term) => role[term]));
  const issuer = args.authorization?.issuer;
  const authorization = authorizationBy(({ accountName }) => accountName, args, plainText(issuer));
  const parts = { ...eachTerm((term) => args[term]), authorization, users, roles, imports };
  return pulumi
    .output(parts)
    .apply((known) => defined<AccountDeclaration>({ name, ...(known as unknown as Omit<AccountDeclaration, "name">) }));
}

/** What is wrong with the keys that an account's arguments give. */
export function keyDiagnostics(args: AccountSettings): pulumi.Output<readonly Diagnostic[]>[] {
  const account = pulumi.output(args.seed).apply((seed) => seedDiagnostics("seed", "account", seed));
  const publicKey = pulumi.output(args.publicKey).apply((key) => publicKeyDiagnostics("publicKey", "account", key));
  const users = givenUsers(args).map(([path, keys]) =>
    pulumi.output(keys).apply((known) => userKeyDiagnostics(path, defined(known))),
  );
  return [
    account,
    ...rotationFindings("users", usersOf(args)),
    ...rotationFindings("roles", rolesOf(args)),
    publicKey,
    pulumi.output(publicKeyBeside(args)),
    ...nkeyDiagnostics(args),
    ...users,
    ...roleKeyDiagnostics(args),
  ];
}

function publicKeyBeside({ publicKey, seed, key }: AccountSettings): Diagnostic[] {
  const problem = "stands beside another key of the account, which has its own public key";
  return publicKey === undefined || (seed === undefined && key === undefined)
    ? []
    : [{ path: "publicKey", problem, remedy: "Give one of them." }];
}

function nkeyDiagnostics({ key, seed }: AccountSettings): pulumi.Output<Diagnostic[]>[] {
  if (key === undefined) {
    return [];
  }
  const beside = "stands beside a key, which has a seed of its own";
  return [
    pulumi.output(key.kind).apply((kind) => {
      const problem = `is the kind of the key; an account has one of the kind "account"`;
      const remedy = "Give an `Nkey` of that kind.";
      return kind === "account" ? [] : [{ path: "key.kind", value: shown(kind), problem, remedy }];
    }),
    pulumi.output(seed === undefined ? [] : [{ path: "seed", problem: beside, remedy: "Give one of the two." }]),
  ];
}

/** The keys that an account's arguments give, as far as they are keys and known; paths start at the arguments. */
export async function givenKeys(args: AccountSettings): Promise<GivenKey[]> {
  const { seed, publicKey } = args;
  const account = pulumi
    .output({ seed, publicKey })
    .apply((known) => keyOf(seed === undefined ? "publicKey" : "seed", "account", defined(known)));
  const users = givenUsers(args).map(([path, keys]) =>
    pulumi.output(keys).apply((known) => keyOf(path, "user", defined(known))),
  );
  const roles = givenRoles(args).map(([path, keys]) =>
    pulumi.output(keys).apply((known) => keyOf(path, "account", defined(known))),
  );
  const [nkeys, ...lists] = await Promise.all([nkeyOf(args), ...[account, ...users, ...roles].map(valueIfKnown)]);
  return [...nkeys, ...lists.flatMap((list) => list ?? [])];
}

/** A key that is made by the same program is itself until its public key is known. */
async function nkeyOf({ key }: AccountSettings): Promise<GivenKey[]> {
  return key === undefined ? [] : [{ path: "key", key: (await valueIfKnown(key.id)) ?? key }];
}

function givenUsers(args: AccountSettings): [string, Pick<UserArgs, "seed" | "publicKey">][] {
  return Object.entries(usersOf(args)).map(([name, { seed, publicKey }]) => [
    keyPath("users", name),
    { seed, publicKey } as Pick<UserArgs, "seed" | "publicKey">,
  ]);
}

function keyOf(path: string, kind: KeyKind, { seed, publicKey }: { seed?: string; publicKey?: string }): GivenKey[] {
  if (publicKey !== undefined) {
    return [{ path, key: publicKey }];
  }
  return seed === undefined || seedProblem(kind, seed) !== undefined
    ? []
    : [{ path, key: keyPairFromSeed(kind, seed).getPublicKey() }];
}

/** An account as configurations say it, each part an input of its own: a preview knows all that it can know. */
export function accountParts(
  name: pulumi.Input<string>,
  publicKey: pulumi.Output<string>,
  args: AccountSettings,
  keys: Keys,
  internal: Readonly<Record<string, DeepInput<Role>>>,
): AccountParts {
  const imports = keyedImports(args);
  const users = mapValues(usersOf(args), (user, key) => {
    // How long credentials hold has become when they end.
    const terms = { ...USER.each((term) => user[term]), lifetime: undefined, renewBefore: undefined };
    return { ...terms, rotation: user.rotation, ...own(keys.users, key) };
  });
  const declared = mapValues(rolesOf(args), (role, key) => ({
    ...ROLE.each((term) => role[term]),
    rotation: role.rotation,
    ...own(keys.roles, key),
  }));
  const roles = { ...declared, ...internal };
  const authorization = authorizationBy((account) => account.publicKey, args, keys.issuer);
  return {
    ...eachTerm((term) => args[term]),
    authorization,
    name,
    publicKey,
    users,
    roles,
    imports,
  } as unknown as AccountParts;
}

/** A key that is no text may be made by this very program: then nothing is known of it in a first preview. */
function plainText(issuer: pulumi.Input<string> | undefined): string | undefined {
  return typeof issuer === "string" ? issuer : undefined;
}

/** The authorization with other accounts by something that they are known by. */
function authorizationBy(
  by: (account: AccountReference) => pulumi.Input<string>,
  { authorization }: AccountSettings,
  issuer: pulumi.Input<string> | undefined,
): object | undefined {
  const allowed = authorization?.allowedAccounts;
  const allowedAccounts = allowed === undefined || allowed === ANY_ACCOUNT ? allowed : allowed.map(by);
  return authorization && defined<object>({ ...authorization, issuer, allowedAccounts });
}

/**
 * The imports with the activations that they need, for the account's token; the static side needs none.
 *
 * @param tokens the activation of each
 */
export function withTokens(
  args: AccountSettings,
  tokens: readonly (pulumi.Input<string> | undefined)[],
): Pick<AccountParts, "imports"> {
  const imports = keyedImports(args)?.map((entry, index) => defined<object>({ ...entry, token: tokens[index] }));
  return defined<object>({ imports });
}

function keyedImports({ imports }: AccountSettings): object[] | undefined {
  return imports?.map((entry) => defined<object>({ ...entry, account: entry.account.publicKey, token: undefined }));
}

/** The parts joined: known as a whole once all of them are. */
export function accountModel(parts: AccountParts): pulumi.Output<Account> {
  return pulumi.output(parts).apply((account) => defined<Account>(account as unknown as Account));
}

/** The users of an account's arguments. */
export function usersOf({ users }: AccountSettings): Readonly<Record<string, UserArgs>> {
  return users ?? {};
}

/** The same record with other values. */
export function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
