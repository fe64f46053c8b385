import * as pulumi from "@pulumi/pulumi";
import { areManyUsers } from "../../dynamic/state/packed-users";
import { eachTerm } from "../../model/account/account-terms";
import { emptyToUndefined } from "../../model/form/order";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import { ANY_ACCOUNT } from "../../model/account/authorization";
import { ROLE } from "../../model/users/roles";
import {
  anyValue,
  matching,
  hasShape,
  isRecord,
  listOf,
  mapOf,
  objectOf,
  optional,
  checkShape,
  stringShape,
  type Shape,
} from "../../model/form/shape";
import { USER } from "../../model/users/users";
import type {
  AccountSettings,
  AccountSigner,
  AuthorizationArgs,
  ImportArgs,
  OtherAccount,
  RoleArgs,
  UserArgs,
} from "./account-args";
import { importersOf } from "./account-importers";
import { mapValues } from "./account-model";
import { isReference, sourceOf } from "./account-source";
import { registeredArgs } from "../registered-args";

/** Arguments of an account. */
type Args = AccountSettings & { readonly operator?: AccountSigner };

const NOT_A_REFERENCE = matching(
  "an account",
  "Use an `Account` (in other languages, its name), the reference that another stack exports, or an object with `accountName` and `publicKey`.",
  () => false,
);
const NOT_A_SIGNER = matching("an operator", "Use an `Operator`.", () => false);

/** The shape of a string that may be an output. */
const text: Shape = (value, path) =>
  pulumi.Output.isInstance(value) || value instanceof Promise ? [] : stringShape(value, path);

/** The reference that another stack exports is read once its value is known. */
const REFERENCE: Shape = (value, path) => {
  if (isReference(value)) {
    return [...text(value.publicKey, `${path}.publicKey`), ...optional(text)(value.signer, `${path}.signer`)];
  }
  return isExported(value) ? [] : NOT_A_REFERENCE(value, path);
};
/** The shape of an operator. */
export const SIGNER: Shape = (value, path) =>
  hasKey(value, "signer") ? text(value.signer, `${path}.signer`) : NOT_A_SIGNER(value, path);
const KEY: Shape = matching("an Nkey", 'Use an `Nkey` with `kind: "account"`.', (value) => hasKey(value, "seed"));

/** The shape of an argument that may be an output: it is checked once its value is known. */
const later = anyValue;

const USER_ARGS: Shape = objectOf<UserArgs>({
  ...USER.each(() => later),
  role: optional(stringShape),
  seed: later,
  creds: later,
  publicKey: later,
  keepSeed: later,
  rotation: later,
});
const ROLE_ARGS: Shape = objectOf<RoleArgs>({
  ...ROLE.each(() => later),
  seed: later,
  publicKey: later,
  rotation: later,
});
const IMPORT: Shape = objectOf<ImportArgs>({
  account: REFERENCE,
  token: optional(text),
  subject: later,
  type: later,
  localSubject: later,
  name: later,
  share: later,
  allowTrace: later,
});
const AUTHORIZATION: Shape = objectOf<AuthorizationArgs>({
  users: later,
  issuer: optional(text),
  allowedAccounts: (value, path) => (value === ANY_ACCOUNT ? [] : optional(listOf(REFERENCE))(value, path)),
  xkey: later,
});
const REMOVED_SETS = listOf(stringShape);
const ARGS: Shape = objectOf<Args>({
  operator: optional(SIGNER),
  name: optional(stringShape),
  users: optional(mapOf(USER_ARGS)),
  roles: optional(mapOf(ROLE_ARGS)),
  imports: optional(listOf(IMPORT)),
  key: optional(KEY),
  seed: later,
  publicKey: later,
  ...eachTerm(() => later),
  authorization: optional(AUTHORIZATION),
  removedSets: optional(REMOVED_SETS),
});

/** Checks the shape of an account's arguments, as far as they are plain values. */
export function accountArgsDiagnostics(args: Args): Diagnostic[] {
  return checkShape("", ARGS, args, () => []);
}

/** Removes malformed arguments, so that the constructor does not fail on them. The gate keeps them from being deployed. */
export function omitMalformed(given: Args): Args {
  const args: Partial<Args> = isRecord(given) ? given : {};
  const users = Object.entries(recordMembers<UserArgs>(args.users)).map(
    ([user, { role, ...rest }]): [string, UserArgs] => [
      user,
      { ...rest, ...(hasShape(stringShape, role) ? { role } : {}) },
    ],
  );
  const { name, key, operator, authorization, removedSets, ...rest } = args;
  return {
    ...rest,
    ...(hasShape(stringShape, name) ? { name } : {}),
    ...(hasShape(KEY, key) ? { key } : {}),
    ...(hasShape(AUTHORIZATION, authorization) ? { authorization } : {}),
    ...(hasShape(REMOVED_SETS, removedSets) ? { removedSets } : {}),
    ...(operator === undefined ? {} : { operator: hasShape(SIGNER, operator) ? operator : { signer: "" } }),
    users: Object.fromEntries(users),
    roles: recordMembers(args.roles),
    imports: importsOf(args).filter(isWellFormed),
  };
}

/** Numbers the imports in a problem differently. */
export type Renumber = (found: Diagnostic) => Diagnostic;

/**
 * Returns a function that numbers imports in problems of the arguments without malformed ones as the program does; undefined if no
 * import is malformed.
 */
export function importNumbering(given: Args): Renumber | undefined {
  const imports = importsOf(isRecord(given) ? given : {});
  if (imports.every(isWellFormed)) {
    return undefined;
  }
  const positions = imports.flatMap((entry, index) => (isWellFormed(entry) ? [index] : []));
  const renumber = (text: string) =>
    text.replace(/\bimports\[(\d+)\]/g, (whole, index: string) => {
      const position = positions[Number(index)];
      return position === undefined ? whole : `imports[${position}]`;
    });
  return (found) => ({ ...found, path: renumber(found.path), problem: renumber(found.problem) });
}

function importsOf({ imports }: Partial<Args>): readonly ImportArgs[] {
  return Array.isArray(imports) ? (imports as readonly ImportArgs[]) : [];
}

function isWellFormed(entry: ImportArgs): boolean {
  return isRecord(entry) && (isReference(entry.account) || isExported(entry.account));
}

/**
 * Returns an account's arguments as its component registers them: without seeds and activation JWTs, with other accounts
 * by name. Unknown properties are left out: they can be anything. Many users are, too: the engine would write them with each of them.
 */
export function registeredAccountArgs(given: Args): pulumi.Inputs {
  const args = omitMalformed(given);
  const { name, publicKey, users = {}, roles = {}, imports = [], authorization } = args;
  const { allowedAccounts: allowed } = authorization ?? {};
  const allowedAccounts = Array.isArray(allowed) ? allowed.map(accountName) : allowed;
  return registeredArgs({
    name,
    publicKey,
    ...eachTerm((term) => args[term]),
    exports: importersOf(args).exports,
    authorization: authorization && {
      users: authorization.users,
      issuer: authorization.issuer,
      xkey: authorization.xkey,
      allowedAccounts,
    },
    users: areManyUsers(users) ? undefined : emptyToUndefined(mapValues(users, registeredUser)),
    roles: emptyToUndefined(mapValues(roles, registeredRole)),
    imports: emptyToUndefined(imports.map(registeredImport)),
  });
}

function registeredUser({ publicKey, keepSeed, rotation, ...user }: UserArgs): object {
  return { ...USER.each((term) => user[term]), publicKey, keepSeed, rotation };
}

function registeredRole({ publicKey, rotation, ...role }: RoleArgs): object {
  return { ...ROLE.each((term) => role[term]), publicKey, rotation };
}

function registeredImport(entry: ImportArgs): object {
  const { subject, type, localSubject, name, share, allowTrace } = entry;
  return { account: accountName(entry.account), subject, type, localSubject, name, share, allowTrace };
}

function accountName(account: OtherAccount): pulumi.Input<string> {
  return sourceOf(account).accountName;
}

/** Returns the members of a record that are records. */
function recordMembers<T>(record: Readonly<Record<string, T>> | undefined): Record<string, T> {
  return Object.fromEntries(isRecord(record) ? Object.entries<T>(record).filter(([, member]) => isRecord(member)) : []);
}

/** Returns whether a value may be the reference that another stack exports: an output, or a value with a version. */
function isExported(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise || (isRecord(value) && "version" in value);
}

function hasKey<Key extends string>(value: unknown, key: Key): value is Record<Key, unknown> {
  return typeof value === "object" && value !== null && key in value;
}
