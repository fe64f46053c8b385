import * as pulumi from "@pulumi/pulumi";
import type { Account, AccountDeclaration, AccountTerms, Role } from "../model/account";
import type { GivenKey } from "../model/cluster";
import { keyPath, type Diagnostic } from "../model/diagnostics";
import { defined } from "../model/order";
import type { Permissions } from "../model/permissions";
import { keyPairFromSeed, seedProblem } from "../nkeys/keys";
import type { KeyKind } from "../nkeys/kinds";
import type { DeepInput } from "../resources/inputs";
import { seedDiagnostics } from "../resources/nkey";
import { userKeyDiagnostics } from "../resources/user";
import type { AccountSettings, UserArgs } from "./account-args";

/** A user's public halves, by the user's name. */
export type UserKeys = Readonly<
  Record<string, { readonly publicKey: pulumi.Output<string>; readonly signingKey: pulumi.Output<string> }>
>;

/** The parts of an account, each of which may be known later. */
export type AccountParts = { [K in keyof Account]: DeepInput<Account[K]> };

/** An account as its arguments declare it: what can be checked before any key exists. */
export function declaredAccount(name: string, args: AccountSettings): pulumi.Output<AccountDeclaration> {
  const imports = args.imports?.map(({ account, ...terms }) => ({ ...terms, account: account.accountName }));
  const users = mapValues(usersOf(args), ({ permissions }) => ({
    permissions: permissions as pulumi.Input<Permissions>,
  }));
  return pulumi
    .all([terms(args), pulumi.output(imports), pulumi.output(users)])
    .apply(([rest, importList, permissions]) =>
      defined<AccountDeclaration>({
        name,
        ...rest,
        imports: importList,
        users: permissions,
      }),
    );
}

/** What is wrong with the keys that an account's arguments give. */
export function keyDiagnostics(args: AccountSettings): pulumi.Output<Diagnostic[]>[] {
  const account = pulumi.output(args.seed).apply((seed) => seedDiagnostics("seed", "account", seed));
  const users = Object.entries(usersOf(args)).map(([name, { seed, publicKey }]) =>
    pulumi.output({ seed, publicKey }).apply((keys) => userKeyDiagnostics(keyPath("users", name), defined(keys))),
  );
  return [account, ...users];
}

/** The keys that an account's arguments give, as far as they are keys; paths start at the arguments. */
export function givenKeys(args: AccountSettings): pulumi.Output<GivenKey[]> {
  const account = pulumi.output(args.seed).apply((seed) => keyOf("seed", "account", defined({ seed })));
  const users = Object.entries(usersOf(args)).map(([name, { seed, publicKey }]) =>
    pulumi.output({ seed, publicKey }).apply((keys) => keyOf(keyPath("users", name), "user", defined(keys))),
  );
  // Public keys of secret seeds are no secret.
  return pulumi.unsecret(pulumi.all([account, ...users])).apply((lists) => lists.flat());
}

function keyOf(path: string, kind: KeyKind, { seed, publicKey }: { seed?: string; publicKey?: string }): GivenKey[] {
  if (publicKey !== undefined) {
    return [{ path, publicKey }];
  }
  return seed === undefined || seedProblem(kind, seed) !== undefined
    ? []
    : [{ path, publicKey: keyPairFromSeed(kind, seed).getPublicKey() }];
}

/** An account as configurations say it, each part an input of its own: a preview knows all that it can know. */
export function accountParts(
  name: pulumi.Input<string>,
  publicKey: pulumi.Output<string>,
  args: AccountSettings,
  keys: UserKeys,
  roles: DeepInput<Readonly<Record<string, Role>>> | undefined,
): AccountParts {
  const { exports, limits, description } = args;
  const imports = args.imports?.map(({ account, ...importTerms }) => ({ ...importTerms, account: account.publicKey }));
  const users = mapValues(usersOf(args), ({ permissions }, user) => ({ ...keys[user], permissions }));
  return { name, publicKey, description, users, roles, exports, imports, limits } as AccountParts;
}

/** The parts joined: known as a whole once all of them are. */
export function accountModel(parts: AccountParts): pulumi.Output<Account> {
  return pulumi.output(parts).apply((account) => defined<Account>(account as unknown as Account));
}

function terms({ exports, limits, description }: AccountSettings): pulumi.Output<AccountTerms> {
  return pulumi.output({ exports, limits, description }) as unknown as pulumi.Output<AccountTerms>;
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
